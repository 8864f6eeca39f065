/// The objective of every trial, the best so far, and below them the trials that broke a constraint, a lane a reason.
struct TrialsChart {
    /// A value a trial from 1 on; nil where it was infeasible.
    var objectives: [Double?]
    /// The greatest up to each trial; nil until one is feasible.
    var bestSoFar: [Double?]
    /// Reasons with the trials that they are of.
    var infeasible: [(name: String, trials: [Int])]
    var objectiveName: String
    var baselineName: String

    private static let plotHeight = 300.0
    private static let laneHeight = 18.0

    /// The axis goes no further below the baseline or the best than this; trials below it are drawn at its lower end.
    static let depth = 100.0

    /// The values that the vertical axis shows.
    var domain: ClosedRange<Double> {
        let feasible = objectives.compactMap { $0 }.filter { $0 > 0 && $0.isFinite }
        let highest = max(feasible.max() ?? 1, 1)
        let lowest = max(min(feasible.min() ?? 1, 1), min(feasible.max() ?? 1, 1) / TrialsChart.depth)
        return lowest / 1.15...highest * 1.15
    }

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let left = isWide ? 76.0 : 56.0
        let right = width - 8
        let top = 12.0
        let floor = top + TrialsChart.plotHeight
        let bottom = floor + 10 + Double(infeasible.count) * TrialsChart.laneHeight
        var drawing = Drawing(width: width, height: bottom + 42)
        let count = max(1, objectives.count)
        let across = Scale(.linear, domain: 0...Double(count), from: left, to: right)
        let up = Scale(.logarithmic, domain: domain, from: floor, to: top)

        for tick in up.ticks(about: 6) {
            let y = up.position(of: tick)
            drawing.line(x1: left, y1: y, x2: right, y2: y, class: "grid")
            drawing.label(tick.tickText + "×", x: left - 8, y: y + 4, anchor: .end, class: "tick")
        }
        for tick in across.ticks(about: isWide ? 8 : 4) where tick == tick.rounded() {
            let x = across.position(of: tick)
            drawing.line(x1: x, y1: top, x2: x, y2: bottom, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(
                tick.tickText, x: min(x, width - half), y: bottom + 16, anchor: .middle, class: "tick")
        }
        drawing.label("Trial", x: (left + right) / 2, y: bottom + 36, anchor: .middle, class: "axis-name")
        if isWide {
            drawing.verticalLabel("\(objectiveName), × \(baselineName)", x: 16, y: (top + floor) / 2)
        }

        let one = up.position(of: 1)
        drawing.line(x1: left, y1: one, x2: right, y2: one, class: "reference")
        drawPoints(across, up, into: &drawing)
        for (lane, reason) in infeasible.enumerated() {
            let y = floor + 10 + (Double(lane) + 0.5) * TrialsChart.laneHeight
            var ticks = ""
            for trial in reason.trials { ticks += "M\(across.position(of: Double(trial)).px) \((y - 4).px)v8" }
            drawing.path(ticks, class: "trial-infeasible")
            drawing.label(reason.name, x: left - 6, y: y + 4, anchor: .end, class: "tick")
        }
        drawBest(across, up, into: &drawing)
        return drawing
    }

    private func drawPoints(_ across: Scale, _ up: Scale, into drawing: inout Drawing) {
        var points = ""
        for (index, objective) in objectives.enumerated() {
            guard let objective, objective.isFinite else { continue }
            points += "M\(across.position(of: Double(index + 1)).px) \(up.position(of: objective).px)h0"
        }
        drawing.path(points, class: "trial-feasible")
    }

    /// The staircase of the best so far, with its last value.
    private func drawBest(_ across: Scale, _ up: Scale, into drawing: inout Drawing) {
        var line = ""
        var last: Double?
        for (index, best) in bestSoFar.enumerated() {
            guard let best, best != last else { continue }
            let x = across.position(of: Double(index + 1)).px
            line += line.isEmpty ? "M\(x) \(up.position(of: best).px)" : "H\(x)V\(up.position(of: best).px)"
            last = best
        }
        guard let last else { return }
        line += "H\(across.end.px)"
        drawing.path(line, class: "best-so-far")
        drawing.label(
            "best \(last.ratio)", x: across.end - 4, y: up.position(of: last) - 8, anchor: .end, class: "value halo")
    }
}
