internal import Simulation

/// Bytes of Global Memory in use along the time of a pass, under its capacity.
struct OccupancyChart {
    struct Step {
        var seconds: Double
        var bytes: Double
    }

    var steps: [Step]
    var capacityBytes: Double

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let (left, right, top, bottom) = (isWide ? 64.0 : 52.0, width - (isWide ? 20 : 8), 14.0, isWide ? 196.0 : 150.0)
        var drawing = Drawing(width: width, height: bottom + 44)
        let span = steps.reduce(0) { $0 + $1.seconds }
        let unit = TimeUnit(for: span)
        let mebibytes = capacityBytes / 1_048_576
        let x = Scale(.linear, domain: 0...max(span, .leastNormalMagnitude), from: left, to: right)
        let y = Scale(.linear, domain: 0...max(1.08 * capacityBytes, 1), from: bottom, to: top)

        for tick in Scale(.linear, domain: 0...max(span / unit.seconds, .leastNormalMagnitude), from: 0, to: 1)
            .ticks(about: isWide ? 10 : 4)
        {
            let position = x.position(of: tick * unit.seconds)
            drawing.line(x1: position, y1: top, x2: position, y2: bottom, class: "grid")
            drawing.label(
                tick.tickText, x: min(position, width - Drawing.width(of: tick.tickText) / 2), y: bottom + 16,
                anchor: .middle, class: "tick")
        }
        for tick in Scale(.linear, domain: 0...max(1.08 * mebibytes, 1e-6), from: 0, to: 1).ticks(about: 4) {
            let position = y.position(of: tick * 1_048_576)
            drawing.line(x1: left, y1: position, x2: right, y2: position, class: "grid")
            drawing.label(tick.tickText, x: left - 6, y: position + 4, anchor: .end, class: "tick")
        }
        drawing.label(
            "\(unit.name) of a pass", x: (left + right) / 2, y: bottom + 36, anchor: .middle, class: "axis-name")
        drawing.verticalLabel("MiB", x: 12, y: (top + bottom) / 2)

        var path = "M\(left.px) \(bottom.px)"
        var time = 0.0
        for step in steps {
            let height = y.position(of: min(step.bytes, capacityBytes))
            path += "L\(x.position(of: time).px) \(height.px)"
            time += step.seconds
            path += "L\(x.position(of: time).px) \(height.px)"
        }
        drawing.path(path + "L\(x.position(of: time).px) \(bottom.px)Z", class: "occupied")
        let full = y.position(of: capacityBytes)
        drawing.line(x1: left, y1: full, x2: right, y2: full, class: "reference")
        return drawing
    }
}
