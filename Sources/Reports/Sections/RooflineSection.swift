internal import Accelerators
internal import Simulation

/// How near its regions come to the roofs: one chart a chip, on the same axes.
struct RooflineSection {
    var data: ReportData
    var comparison: ReportData.WorkloadComparison
    /// What its anchors begin with.
    var prefix: String

    var markup: Markup {
        .section(
            "\(prefix)-roofline",
            (data.workloads.count == 1 ? "" : "\(comparison.displayName): ") + "Roofline"
        ) {
            Markup.paragraph(
                "Each circle is a region with multiply–accumulates, its area the share of the time. It can’t lie above its chip’s roof: "
                    + "the slope is DRAM bandwidth, the flat part is peak arithmetic. Residency moves regions to the right, away from "
                    + "DRAM. A region below the flat part leaves its arrays idle: wrong shape for them, or bound by another resource."
            )
            if let best = comparison.best {
                chart(
                    "best", "Best design: \(regionCount(best)) regions", best, isBest: true,
                    legend: [
                        LegendEntry(mark: "point", isCircle: true, name: "region, after residency"),
                        LegendEntry(mark: "point-before", isCircle: true, name: "the same before"),
                    ])
            }
            chart(
                "baseline", "\(data.baselineName): \(regionCount(comparison.baseline)) regions", comparison.baseline,
                isBest: false, legend: [LegendEntry(mark: "point", isCircle: true, name: "region")])
        }
    }

    private func regionCount(_ evaluation: Evaluation) -> Int { evaluation.regions.count { $0.macs > 0 } }

    private var roofs: [RooflineChart.Roof] {
        func roof(_ chip: ReportData.Chip, _ name: String, _ mark: String) -> RooflineChart.Roof {
            RooflineChart.Roof(
                name: name, peakTFLOPS: chip.design.datapath.peakTFLOPS,
                gigabytesPerSecond: chip.design.datapath.dram.gigabytesPerSecond, mark: mark)
        }
        return (data.best.map { [roof($0.chip, "best design", "roof-best")] } ?? [])
            + [roof(data.baseline, data.baselineName, "roof-baseline")]
    }

    private func chart(
        _ id: String, _ title: String, _ evaluation: Evaluation, isBest: Bool, legend: [LegendEntry]
    ) -> Markup {
        let chart = RooflineChart(
            roofs: roofs, points: points(of: evaluation, isBest: isBest), intensities: intensities, tflops: tflops)
        let roofLegend = roofs.map { roof in
            LegendEntry(
                mark: roof.mark, isLine: true,
                name:
                    "roof of the \(roof.name): \(roof.peakTFLOPS.threeDigits) TFLOPS, \(roof.gigabytesPerSecond.threeDigits) GB/s"
            )
        }
        let description =
            roofLegend.map(\.name).joined(separator: "; ")
            + ". Together the regions do \(achieved(evaluation).threeDigits) TFLOPS."
        return Figure(
            id: "\(prefix)-roofline-\(id)", title: title, description: description, legend: legend + roofLegend
        ).markup { chart.drawing(width: $0) }
    }

    private func achieved(_ evaluation: Evaluation) -> Double {
        let macs = evaluation.regions.reduce(0) { $0 + $1.macs }
        return 2e-12 * Double(macs) / evaluation.latencySeconds
    }

    private func points(of evaluation: Evaluation, isBest: Bool) -> [RooflineChart.Point] {
        let total = evaluation.regions.reduce(0) { $0 + $1.seconds }
        return evaluation.regions.filter { $0.macs > 0 && $0.seconds > 0 }.map { region in
            let before = RooflineChart.Point.Before(
                intensity: intensity(region.macs, region.dramBytesBeforeResidency),
                tflops: 2e-12 * Double(region.macs) / region.secondsBeforeResidency)
            return RooflineChart.Point(
                name: region.name, intensity: intensity(region.macs, region.dramBytes),
                tflops: 2e-12 * Double(region.macs) / region.seconds, before: isBest ? before : nil,
                share: region.seconds / total)
        }
    }

    private func intensity(_ macs: Int, _ bytes: Int) -> Double? { bytes > 0 ? Double(macs) / Double(bytes) : nil }

    private var allPoints: [RooflineChart.Point] {
        (comparison.best.map { points(of: $0, isBest: true) } ?? []) + points(of: comparison.baseline, isBest: false)
    }

    /// Decades around all points and the roofs' ridges.
    private var intensities: ClosedRange<Double> {
        range(
            of: allPoints.flatMap { [$0.intensity, $0.before?.intensity ?? nil] }.compactMap { $0 } + roofs.map(\.ridge)
        )
    }

    private var tflops: ClosedRange<Double> {
        let values = allPoints.flatMap { [$0.tflops, $0.before?.tflops ?? $0.tflops] } + roofs.map(\.peakTFLOPS)
        // Regions far below the roof are few; they stand at the lower edge.
        let highest = values.max() ?? 1
        return range(of: values.map { max($0, highest / 1e5) })
    }

    private func range(of values: [Double]) -> ClosedRange<Double> {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        return (positive.min() ?? 1) / 1.6...(positive.max() ?? 1) * 1.6
    }
}
