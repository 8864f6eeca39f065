internal import Simulation

/// Regions in execution order along the time of an inference, each in the lane of what limits it.
struct Timeline {
    struct Strip {
        var name: String
        var total: String
        var blocks: [Block]
    }

    struct Block {
        var name: String
        var seconds: Double
        var bound: RegionEvaluation.Bound
    }

    var strips: [Strip]

    private static let laneHeight = 13.0
    private static let headHeight = 24.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let lanes = RegionEvaluation.Bound.inOrder
        let stripHeight = Timeline.headHeight + Double(lanes.count) * Timeline.laneHeight + 14
        let bottom = Double(strips.count) * stripHeight
        var drawing = Drawing(width: width, height: bottom + 40)
        let left = (lanes.map { Drawing.width(of: $0.title) }.max() ?? 0) + 6
        let longest = strips.map { $0.blocks.reduce(0) { $0 + $1.seconds } }.max() ?? 0
        let unit = TimeUnit(for: longest)
        let scale = Scale(
            .linear, domain: 0...max(longest, .leastNormalMagnitude), from: left, to: width - (isWide ? 20 : 8))

        for tick in Scale(.linear, domain: 0...max(longest / unit.seconds, .leastNormalMagnitude), from: 0, to: 1)
            .ticks(about: isWide ? 10 : 4)
        {
            let x = scale.position(of: tick * unit.seconds)
            drawing.line(x1: x, y1: 0, x2: x, y2: bottom, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(tick.tickText, x: min(x, width - half), y: bottom + 16, anchor: .middle, class: "tick")
        }
        drawing.label(
            "\(unit.name) of an inference", x: (left + width) / 2, y: bottom + 34, anchor: .middle, class: "axis-name")

        for (index, strip) in strips.enumerated() {
            let top = Double(index) * stripHeight
            drawing.label("\(strip.name): \(strip.total)", x: 0, y: top + 16, class: "value")
            for (position, lane) in lanes.enumerated() {
                let y = top + Timeline.headHeight + Double(position) * Timeline.laneHeight
                drawing.label(lane.title, x: left - 6, y: y + 10, anchor: .end, class: "tick")
                drawing.line(
                    x1: left, y1: y + Timeline.laneHeight, x2: width - (isWide ? 20 : 8), y2: y + Timeline.laneHeight,
                    class: "grid")
            }
            draw(strip.blocks, of: lanes, top: top + Timeline.headHeight, on: scale, isWide, into: &drawing)
        }
        return drawing
    }

    /// A rectangle with a tooltip a region where there may be a pointer, else one path a lane.
    private func draw(
        _ blocks: [Block], of lanes: [RegionEvaluation.Bound], top: Double, on scale: Scale, _ isWide: Bool,
        into drawing: inout Drawing
    ) {
        var paths = [String](repeating: "", count: lanes.count)
        var start = 0.0
        for block in blocks {
            let x = scale.position(of: start)
            start += block.seconds
            let width = max(0.3, scale.position(of: start) - x)
            guard let lane = lanes.firstIndex(of: block.bound) else { continue }
            let y = top + Double(lane) * Timeline.laneHeight + 1
            let height = Timeline.laneHeight - 2
            if isWide {
                drawing.rectangle(
                    x: x, y: y, width: width, height: height, class: block.bound.mark + " block",
                    tooltip: "\(block.name): \(block.seconds.text(in: "s")), \(block.bound.title)")
            } else {
                paths[lane] += "M\(x.px) \(y.px)h\(width.px)v\(height.px)h\((-width).px)z"
            }
        }
        for (lane, path) in zip(lanes, paths) { drawing.path(path, class: lane.mark + " block") }
    }
}

/// The unit in which a span of time is best read.
struct TimeUnit {
    var name: String
    var seconds: Double

    init(for span: Double) {
        (name, seconds) = span >= 1 ? ("Seconds", 1) : span >= 1e-3 ? ("Milliseconds", 1e-3) : ("Microseconds", 1e-6)
    }
}
