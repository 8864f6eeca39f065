/// Feasible designs by two metrics, and those of them that aren't dominated, joined by a staircase where these two metrics
/// are the only ones.
struct ParetoChart {
    struct Point {
        var x: Double
        var y: Double
        /// What a pointing device shows.
        var tooltip: String
    }

    var horizontal: ParetoMetric
    var vertical: ParetoMetric
    /// All feasible designs.
    var cloud: [(x: Double, y: Double)]
    /// In ascending order of x.
    var front: [Point]
    var baseline: (x: Double, y: Double)
    var baselineName: String
    var hasStaircase: Bool

    private static let plotHeight = 380.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let left = isWide ? 84.0 : 56.0
        let top = isWide ? 12.0 : 28.0
        let floor = top + ParetoChart.plotHeight
        var drawing = Drawing(width: width, height: floor + 46)
        let across = Scale(.logarithmic, domain: domain(cloud.map(\.x) + [baseline.x]), from: left, to: width - 12)
        let up = Scale(.logarithmic, domain: domain(cloud.map(\.y) + [baseline.y]), from: floor, to: top)

        for tick in up.ticks(about: 7) {
            let y = up.position(of: tick)
            drawing.line(x1: left, y1: y, x2: width - 12, y2: y, class: "grid")
            drawing.label(tick.tickText, x: left - 8, y: y + 4, anchor: .end, class: "tick")
        }
        for tick in across.ticks(about: isWide ? 9 : 4) {
            let x = across.position(of: tick)
            drawing.line(x1: x, y1: top, x2: x, y2: floor, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(
                tick.tickText, x: min(x, width - half), y: floor + 16, anchor: .middle, class: "tick")
        }
        drawing.label(
            horizontal.title, x: (left + width - 12) / 2, y: floor + 38, anchor: .middle, class: "axis-name")
        if isWide {
            drawing.verticalLabel(vertical.title, x: 16, y: (top + floor) / 2)
        } else {
            drawing.label(vertical.title, x: 0, y: 14, class: "axis-name")
        }

        var dots = ""
        for (x, y) in cloud { dots += "M\(across.position(of: x).px) \(up.position(of: y).px)h0" }
        drawing.path(dots, class: "trial-feasible")
        if hasStaircase { drawing.path(staircase(across, up), class: "best-so-far") }
        for point in front {
            drawing.circle(
                x: across.position(of: point.x), y: up.position(of: point.y), radius: 5, class: "front",
                tooltip: point.tooltip)
        }
        let (x, y) = (across.position(of: baseline.x), up.position(of: baseline.y))
        drawing.circle(x: x, y: y, radius: 6, class: "point-before", tooltip: baselineName)
        let isFarRight = x + 10 + Drawing.width(of: baselineName) > width
        drawing.label(
            baselineName, x: isFarRight ? x - 10 : x + 10, y: y + 4, anchor: isFarRight ? .end : .start,
            class: "value halo")
        return drawing
    }

    /// From point to point through what both of them dominate, never through what neither does.
    private func staircase(_ across: Scale, _ up: Scale) -> String {
        var line = ""
        for point in front {
            let (x, y) = (across.position(of: point.x).px, up.position(of: point.y).px)
            if line.isEmpty {
                line = "M\(x) \(y)"
            } else {
                // Going right is for the worse where less is better: the better point holds until the next is reached.
                line += horizontal.isMoreBetter ? "V\(y)H\(x)" : "H\(x)V\(y)"
            }
        }
        return line
    }

    private func domain(_ values: [Double]) -> ClosedRange<Double> {
        let (low, high) = (values.min() ?? 1, values.max() ?? 1)
        return low / 1.12...high * 1.12
    }
}
