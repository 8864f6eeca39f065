/// Regions by operational intensity and achieved arithmetic, under the roofs of the chips.
///
/// A roof is min(peak, 2 · intensity · bandwidth): 2 operations a multiply–accumulate.
struct RooflineChart {
    struct Roof {
        var name: String
        var peakTFLOPS: Double
        var gigabytesPerSecond: Double
        var mark: String

        /// The most arithmetic at an intensity in MACs a byte, TFLOPS.
        func tflops(at intensity: Double) -> Double {
            min(peakTFLOPS, 2 * intensity * gigabytesPerSecond / 1000)
        }

        /// The intensity from which on the peak limits.
        var ridge: Double { peakTFLOPS * 1000 / (2 * gigabytesPerSecond) }
    }

    struct Point {
        var name: String
        /// MACs a DRAM byte; nil where nothing comes from DRAM.
        var intensity: Double?
        var tflops: Double
        /// The same before residency; nil where it is not shown.
        var before: Before?
        /// Its share of the time, which gives its size.
        var share: Double

        struct Before {
            var intensity: Double?
            var tflops: Double
        }
    }

    var roofs: [Roof]
    var points: [Point]
    var intensities: ClosedRange<Double>
    var tflops: ClosedRange<Double>

    private static let plotHeight = 330.0

    func drawing(width: Double) -> Drawing {
        let isWide = width > 600
        let left = isWide ? 76.0 : 48.0
        let top = isWide ? 14.0 : 24.0
        let floor = top + RooflineChart.plotHeight
        // Points without DRAM traffic stand beyond the axis, in a strip of their own.
        let needsStrip = points.contains { $0.intensity == nil || $0.before.map { $0.intensity == nil } ?? false }
        let strip = needsStrip ? (isWide ? 90.0 : 54.0) : 0
        let right = width - strip - 8
        var drawing = Drawing(width: width, height: floor + 46)
        let across = Scale(.logarithmic, domain: intensities, from: left, to: right)
        let up = Scale(.logarithmic, domain: tflops, from: floor, to: top)

        for tick in up.ticks(about: 7) {
            let y = up.position(of: tick)
            drawing.line(x1: left, y1: y, x2: width - 8, y2: y, class: "grid")
            drawing.label(tick.tickText, x: left - 8, y: y + 4, anchor: .end, class: "tick")
        }
        for tick in across.ticks(about: isWide ? 8 : 4) {
            let x = across.position(of: tick)
            drawing.line(x1: x, y1: top, x2: x, y2: floor, class: "grid")
            let half = Drawing.width(of: tick.tickText) / 2
            drawing.label(tick.tickText, x: min(x, width - half), y: floor + 17, anchor: .middle, class: "tick")
        }
        if needsStrip {
            drawing.rectangle(x: right + 6, y: top, width: strip - 4, height: floor - top, class: "aside")
            drawing.label(
                isWide ? "no DRAM" : "none", x: right + 4 + strip / 2, y: floor + 17, anchor: .middle, class: "tick")
        }
        drawing.label("MACs per DRAM byte", x: (left + right) / 2, y: floor + 38, anchor: .middle, class: "axis-name")
        if isWide {
            drawing.verticalLabel("TFLOPS achieved", x: 16, y: (top + floor) / 2)
        } else {
            drawing.label("TFLOPS", x: 0, y: 12, class: "axis-name")
        }

        for roof in roofs { draw(roof, across, up, to: width - 8, into: &drawing) }
        let aside = right + 4 + strip / 2
        func place(_ intensity: Double?, _ tflops: Double) -> (x: Double, y: Double) {
            (intensity.map(across.position) ?? aside, up.position(of: tflops))
        }
        var moves = ""
        for point in points {
            guard let before = point.before, before.intensity != point.intensity else { continue }
            let (from, to) = (place(before.intensity, before.tflops), place(point.intensity, point.tflops))
            moves += "M\(from.x.px) \(from.y.px)L\(to.x.px) \(to.y.px)"
        }
        drawing.path(moves, class: "move")
        for point in points {
            guard let before = point.before else { continue }
            let place = place(before.intensity, before.tflops)
            drawing.circle(x: place.x, y: place.y, radius: 2.2, class: "point-before")
        }
        // The longest first, so that small marks aren't hidden below large ones.
        for point in points.sorted(by: { $0.share > $1.share }) {
            let place = place(point.intensity, point.tflops)
            drawing.circle(
                x: place.x, y: place.y, radius: 2.5 + 26 * point.share.squareRoot(), class: "point",
                tooltip: isWide ? tooltip(of: point) : nil)
        }
        return drawing
    }

    private func tooltip(of point: Point) -> String {
        let intensity = point.intensity.map { "\($0.threeDigits) MACs/byte" } ?? "no DRAM traffic"
        return "\(point.name): \(intensity), \(point.tflops.threeDigits) TFLOPS, \(point.share.percent) of the time"
    }

    private func draw(_ roof: Roof, _ across: Scale, _ up: Scale, to end: Double, into drawing: inout Drawing) {
        let lowest = across.domain.lowerBound
        // Where the slope leaves the plot at its lower edge.
        let start = max(lowest, up.domain.lowerBound * 1000 / (2 * roof.gigabytesPerSecond))
        let peak = up.position(of: roof.peakTFLOPS)
        drawing.path(
            "M\(across.position(of: start).px) \(up.position(of: roof.tflops(at: start)).px)"
                + "L\(across.position(of: roof.ridge).px) \(up.position(of: roof.tflops(at: roof.ridge)).px)H\(end.px)V\(peak.px)",
            class: roof.mark)
    }
}
