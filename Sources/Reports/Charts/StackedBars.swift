/// Horizontal bars made of parts, one below the other on a common scale.
struct StackedBars {
    struct Bar {
        var name: String
        /// What stands behind the bar, e.g. its total.
        var total: String
        var parts: [Part]
    }

    struct Part {
        var name: String
        var value: Double
        /// Its value with unit, for the tooltip.
        var text: String
        var mark: String
    }

    var bars: [Bar]
    /// Where the scale ends.
    var largest: Double
    /// What a tick says.
    var tickText: (Double) -> String

    private static let barHeight = 30.0
    private static let axisHeight = 28.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let names = bars.map { Drawing.width(of: $0.name) }.max() ?? 0
        let totals = (bars.map { Drawing.width(of: $0.total, isBold: true) }.max() ?? 0) + 12
        // Names stand before the bars where there is room, and above them where there isn't.
        let left = isWide ? names + 16 : 0
        let rowHeight = StackedBars.barHeight + (isWide ? 14 : 28)
        var drawing = Drawing(width: width, height: Double(bars.count) * rowHeight + StackedBars.axisHeight)
        let bottom = Double(bars.count) * rowHeight
        let scale = Scale(
            .linear, domain: 0...max(largest, .leastNormalMagnitude), from: left, to: width - (isWide ? totals : 8))

        for tick in scale.ticks(about: isWide ? 8 : 4) {
            let x = scale.position(of: tick)
            drawing.line(x1: x, y1: 0, x2: x, y2: bottom, class: "grid")
            let text = tickText(tick)
            // The first and last mark stay within the drawing.
            let half = Drawing.width(of: text) / 2
            drawing.label(
                text, x: min(max(x, half), width - half), y: bottom + 18, anchor: .middle, class: "tick")
        }
        for (row, bar) in bars.enumerated() {
            let y = Double(row) * rowHeight + (isWide ? 7 : 22)
            if isWide {
                drawing.label(bar.name, x: left - 12, y: y + 19, anchor: .end)
            } else {
                drawing.label(bar.total.isEmpty ? bar.name : "\(bar.name): \(bar.total)", x: 0, y: y - 6)
            }
            var sum = 0.0
            for part in bar.parts where part.value > 0 {
                let x = scale.position(of: sum)
                sum += part.value
                let end = scale.position(of: sum)
                drawing.rectangle(
                    x: x, y: y, width: max(0.3, end - x - (end - x > 3 ? 1 : 0)), height: StackedBars.barHeight,
                    class: part.mark, tooltip: "\(bar.name), \(part.name): \(part.text)")
                if let label = [part.name + " " + part.text, part.name, part.text].first(where: {
                    Drawing.width(of: $0) + 10 < end - x
                }) {
                    drawing.label(label, x: (x + end - 1) / 2, y: y + 19, anchor: .middle, class: "on-mark")
                }
            }
            if isWide { drawing.label(bar.total, x: scale.position(of: sum) + 8, y: y + 19, class: "value") }
        }
        return drawing
    }
}
