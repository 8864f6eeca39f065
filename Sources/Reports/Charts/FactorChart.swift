/// Ratios that multiply to another, as steps on a logarithmic axis: each begins where the one before ended, so that lengths add up.
struct FactorChart {
    struct Row {
        var name: String
        var ratio: Double
        /// Whether it is the product of the rows before, drawn from 1 on.
        var isProduct: Bool
    }

    var rows: [Row]

    private static let rowHeight = 38.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        var steps: [(row: Row, from: Double, to: Double)] = []
        var reached = 1.0
        for row in rows {
            let from = row.isProduct ? 1 : reached
            reached = from * row.ratio
            steps.append((row, from, reached))
        }
        let ends = steps.flatMap { [$0.from, $0.to] }
        let domain = (ends.min() ?? 1) / 1.25...(ends.max() ?? 1) * 1.25
        let rowHeight = FactorChart.rowHeight + (isWide ? 0 : 14)
        let bottom = Double(rows.count) * rowHeight
        var drawing = Drawing(width: width, height: bottom + 28)
        let left = isWide ? (rows.map { Drawing.width(of: $0.name) }.max() ?? 0) + 24 : 4
        let scale = Scale(.logarithmic, domain: domain, from: left, to: width - 64)

        for tick in scale.ticks(about: isWide ? 8 : 4) {
            let x = scale.position(of: tick)
            drawing.line(x1: x, y1: 0, x2: x, y2: bottom, class: "grid")
            let text = tick.tickText + "×"
            let half = Drawing.width(of: text) / 2
            drawing.label(text, x: max(x, half), y: bottom + 18, anchor: .middle, class: "tick")
        }
        let one = scale.position(of: 1)
        drawing.line(x1: one, y1: 0, x2: one, y2: bottom, class: "reference")
        for (index, step) in steps.enumerated() {
            let y = Double(index) * rowHeight + (isWide ? 6 : 20)
            let x = (from: scale.position(of: step.from), to: scale.position(of: step.to))
            if isWide {
                drawing.label(
                    step.row.name, x: left - 16, y: y + 18, anchor: .end, class: step.row.isProduct ? "value" : "label")
            } else {
                drawing.label(step.row.name, x: 0, y: y - 5, class: step.row.isProduct ? "value halo" : "label halo")
            }
            let mark = step.row.isProduct ? "factor-product" : step.row.ratio >= 1 ? "factor-gain" : "factor-loss"
            drawing.rectangle(
                x: min(x.from, x.to), y: y, width: max(1.5, abs(x.to - x.from)), height: 26, class: mark,
                tooltip: "\(step.row.name): \(step.row.ratio.ratio)")
            if index + 1 < steps.count, !steps[index + 1].row.isProduct {
                drawing.line(x1: x.to, y1: y + 26, x2: x.to, y2: y + rowHeight, class: "connector")
            }
            drawing.label(
                (step.row.isProduct ? "= " : "× ") + step.row.ratio.threeDigits, x: max(x.from, x.to) + 8, y: y + 18,
                class: "value halo")
        }
        return drawing
    }
}

extension Double {
    /// A round value without digits that don't count: 0.5, 20, 1,000.
    var tickText: String {
        if self >= 1000 { return threeDigits }
        let text = threeDigits
        guard text.contains("."), !text.contains("e") else { return text }
        var digits = text[...]
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.hasSuffix(".") { digits.removeLast() }
        return String(digits)
    }
}
