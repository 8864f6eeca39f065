/// How far a volume moves when each input goes over its range: a bar an input, from the volume at one end to that at the other.
struct TornadoChart {
    struct Row {
        var name: String
        /// The ends of the input's range, with the volumes there; nil is never.
        var low: (text: String, volume: Double?)
        var high: (text: String, volume: Double?)
    }

    var rows: [Row]
    /// The volume with every input at its value; nil is never.
    var volume: Double?

    private static let barHeight = 20.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let rowHeight = TornadoChart.barHeight + (isWide ? 10 : 26)
        let bottom = Double(rows.count) * rowHeight
        var drawing = Drawing(width: width, height: bottom + 44)
        let left = isWide ? (rows.map { Drawing.width(of: $0.name) }.max() ?? 0) + 16 : 4
        let volumes = rows.flatMap { [$0.low.volume, $0.high.volume] }.compactMap { $0 } + (volume.map { [$0] } ?? [])
        let domain = (volumes.min() ?? 1) / 1.1...(volumes.max() ?? 1) * 1.1
        // Bars that end with "never" run on to the edge.
        let right = width - (isWide ? 70 : 30)
        let scale = Scale(.logarithmic, domain: domain, from: left, to: right)
        for tick in scale.ticks(about: isWide ? 5 : 3) {
            let x = scale.position(of: tick)
            drawing.line(x1: x, y1: 0, x2: x, y2: bottom, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(tick.tickText, x: max(x, half), y: bottom + 16, anchor: .middle, class: "tick")
        }
        drawing.label(
            "Chips to break even (1×)", x: (left + right) / 2, y: bottom + 36, anchor: .middle, class: "axis-name")
        // Below the names, which a narrow drawing has in its way.
        if let volume {
            let x = scale.position(of: volume)
            drawing.line(x1: x, y1: 0, x2: x, y2: bottom, class: "reference")
        }
        for (index, row) in rows.enumerated() {
            let y = Double(index) * rowHeight + (isWide ? 5 : 21)
            if isWide {
                drawing.label(row.name, x: left - 10, y: y + 15, anchor: .end)
            } else {
                drawing.label(row.name, x: 0, y: y - 5, class: "label halo")
            }
            let middle = volume.map(scale.position) ?? width
            for (end, mark) in [(row.low, "swing-low"), (row.high, "swing-high")] {
                let x = end.volume.map(scale.position) ?? width
                drawing.rectangle(
                    x: min(x, middle), y: y, width: abs(x - middle), height: TornadoChart.barHeight,
                    class: end.volume == nil ? "never" : mark,
                    tooltip: "\(row.name) \(end.text): \(end.volume.volumeText)")
            }
        }
        return drawing
    }
}
