/// Return on investment by volume, with the volumes at which it reaches round multiples.
struct VolumeChart {
    var volumes: [Int]
    /// The return of one chip; positive.
    var ratioPerChip: Double
    /// Multiples with their volumes.
    var breakEven: [(multiple: Double, volume: Double)]

    private static let plotHeight = 320.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let left = isWide ? 76.0 : 52.0
        let top = 12.0
        let floor = top + VolumeChart.plotHeight
        let right = width - 12
        var drawing = Drawing(width: width, height: floor + 46)
        let ends = volumes.map(Double.init) + breakEven.map(\.volume)
        let domain = (ends.min() ?? 1)...(ends.max() ?? 1)
        let across = Scale(
            .logarithmic, domain: domain.lowerBound / 1.2...domain.upperBound * 1.2, from: left, to: right)
        let returns = [domain.lowerBound, domain.upperBound].map { $0 * ratioPerChip } + breakEven.map(\.multiple)
        let up = Scale(
            .logarithmic, domain: (returns.min() ?? 1) / 1.3...(returns.max() ?? 1) * 1.3, from: floor, to: top)

        for tick in up.ticks(about: 7) {
            let y = up.position(of: tick)
            drawing.line(x1: left, y1: y, x2: right, y2: y, class: "grid")
            drawing.label(tick.tickText + "×", x: left - 8, y: y + 4, anchor: .end, class: "tick")
        }
        for tick in across.ticks(about: isWide ? 8 : 3) {
            let x = across.position(of: tick)
            drawing.line(x1: x, y1: top, x2: x, y2: floor, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(tick.tickText, x: min(x, width - half), y: floor + 16, anchor: .middle, class: "tick")
        }
        drawing.label("Chips deployed", x: (left + right) / 2, y: floor + 38, anchor: .middle, class: "axis-name")
        if isWide { drawing.verticalLabel("Savings over one-off cost", x: 16, y: (top + floor) / 2) }
        drawing.line(
            x1: left, y1: up.position(of: 1), x2: right, y2: up.position(of: 1), class: "reference")
        // Returns grow in proportion, so that the curve is a line on logarithmic axes.
        let (first, last) = (domain.lowerBound, domain.upperBound)
        drawing.path(
            "M\(across.position(of: first).px) \(up.position(of: first * ratioPerChip).px)"
                + "L\(across.position(of: last).px) \(up.position(of: last * ratioPerChip).px)", class: "best-so-far")
        for (multiple, volume) in breakEven {
            let (x, y) = (across.position(of: volume), up.position(of: multiple))
            let text = "\(multiple.tickText)× from \(volume.volumeText)"
            drawing.circle(x: x, y: y, radius: 5, class: "front", tooltip: text)
            let fits = x + 10 + Drawing.width(of: text, isBold: true) < right
            drawing.label(
                text, x: fits ? x + 10 : x - 10, y: fits ? y + 14 : y - 6, anchor: fits ? .start : .end,
                class: "value halo")
        }
        return drawing
    }
}
