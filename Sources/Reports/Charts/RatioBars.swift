/// Ratios as horizontal bars from 0, each with the spread of its seeds, beside figures that they are compared with.
struct RatioBars {
    struct Row {
        var name: String
        var value: Double
        /// The least and the greatest of several seeds.
        var spread: ClosedRange<Double>?
        var mark = "factor-product"
        /// A second figure of the row, shown as a tick across the bar.
        var other: Double?
    }

    var rows: [Row]
    /// Lines across all rows.
    var references: [(value: Double, name: String)]

    private static let barHeight = 20.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let left = isWide ? (rows.map { Drawing.width(of: $0.name) }.max() ?? 0) + 20 : 0
        let rowHeight = RatioBars.barHeight + (isWide ? 8 : 24)
        let top = 22.0
        let bottom = top + Double(rows.count) * rowHeight
        var drawing = Drawing(width: width, height: bottom + 28)
        let values = rows.flatMap { [$0.value, $0.spread?.upperBound ?? 0, $0.other ?? 0] } + references.map(\.value)
        let scale = Scale(.linear, domain: 0...max(1, values.max() ?? 1) * 1.04, from: left, to: width - 60)

        for tick in scale.ticks(about: isWide ? 8 : 5) {
            let x = scale.position(of: tick)
            drawing.line(x1: x, y1: top, x2: x, y2: bottom, class: "grid")
            let text = tick.tickText + "×"
            drawing.label(
                text, x: max(x, Drawing.width(of: text) / 2), y: bottom + 18, anchor: .middle, class: "tick")
        }
        for (index, row) in rows.enumerated() {
            let y = top + Double(index) * rowHeight + (isWide ? 4 : 18)
            if isWide {
                drawing.label(row.name, x: left - 12, y: y + 15, anchor: .end)
            } else {
                drawing.label(row.name, x: 0, y: y - 4, class: "label halo")
            }
            let x = scale.position(of: row.value)
            drawing.rectangle(
                x: scale.position(of: 0), y: y, width: x - scale.position(of: 0), height: RatioBars.barHeight,
                class: row.mark,
                tooltip: "\(row.name): \(row.value.ratio)")
            var end = x
            if let spread = row.spread, spread.upperBound > spread.lowerBound {
                let (low, high) = (scale.position(of: spread.lowerBound), scale.position(of: spread.upperBound))
                let middle = y + RatioBars.barHeight / 2
                drawing.line(x1: low, y1: middle, x2: high, y2: middle, class: "best-so-far")
                for tip in [low, high] {
                    drawing.line(x1: tip, y1: middle - 5, x2: tip, y2: middle + 5, class: "best-so-far")
                }
                end = max(end, high)
            }
            if let other = row.other {
                let x = scale.position(of: other)
                drawing.line(x1: x, y1: y - 2, x2: x, y2: y + RatioBars.barHeight + 2, class: "roof-best")
                end = max(end, x)
            }
            drawing.label(row.value.ratio, x: end + 8, y: y + 15, class: "value halo")
        }
        // Names of references keep clear of one another.
        var taken = -Double.infinity
        for reference in references.sorted(by: { $0.value < $1.value }) {
            let x = scale.position(of: reference.value)
            drawing.line(x1: x, y1: top - 4, x2: x, y2: bottom, class: "reference")
            let half = Drawing.width(of: reference.name) / 2
            let middle = max(min(max(x, half), width - half), taken + half)
            taken = middle + half + 10
            drawing.label(reference.name, x: middle, y: 12, anchor: .middle, class: "tick halo")
        }
        return drawing
    }
}
