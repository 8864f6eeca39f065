internal import Accelerators
internal import Simulation

/// One workload: why the design is better on it, where the time goes, and how near the roofs its regions come.
struct WorkloadSection {
    var data: ReportData
    var comparison: ReportData.WorkloadComparison

    static func anchor(_ name: String) -> String { "workload-\(name)" }

    private var anchor: String { WorkloadSection.anchor(comparison.name) }
    private var isAlone: Bool { data.workloads.count == 1 }

    /// Everything about the workload under its name.
    var markup: Markup {
        .group([
            .element("section", ["id": anchor]) {
                Markup.element("h2") { comparison.displayName }
                summary
            },
            why, time, compiler, roofline,
        ])
    }

    var why: Markup { data.factors(of: comparison).map(factors) ?? .group([]) }
    var time: Markup { TimeSection(data: data, comparison: comparison, prefix: anchor).markup }
    var compiler: Markup { CompilerSection(data: data, comparison: comparison, prefix: anchor).markup }
    var roofline: Markup { RooflineSection(data: data, comparison: comparison, prefix: anchor).markup }

    private var heading: String { isAlone ? "" : "\(comparison.displayName): " }

    private var summary: Markup {
        guard let best = comparison.best, let factors = data.factors(of: comparison) else {
            return .paragraph("Shown on the baseline alone.")
        }
        return .paragraph(
            "\(best.inferencesPerSecond.threeDigits) inferences per second at batch \(best.batch), \(factors.perf.ratio) the "
                + "\(data.baselineName)’s; Perf/TDP \(factors.perfPerTDP.ratio). One pass takes "
                + "\(best.latencySeconds.text(in: "s")).")
    }

    // MARK: Factors

    private func factors(_ factors: PerfFactors) -> Markup {
        .section("\(anchor)-why", heading + (isAlone ? "Why: the factors of the ratio" : "the factors of the ratio")) {
            Markup.paragraph(
                factors.explainPerf
                    ? "Perf/TDP is Perf times the inverse of TDP, and Perf is peak arithmetic times utilisation, over "
                        + "operations per inference, which are the same on both chips. So three ratios multiply to the whole: "
                        + "\(factors.peak.threeDigits) × \(factors.utilization.threeDigits) × "
                        + "\(factors.inverseTDP.threeDigits) = \(factors.perfPerTDP.threeDigits)."
                    : "Perf/TDP is Perf times the inverse of TDP. The workload has no multiply–accumulates, so that "
                        + "utilisation doesn’t explain its Perf.")
            figure(factors)
            table(factors)
        }
    }

    private func rows(_ factors: PerfFactors) -> [FactorChart.Row] {
        let perf =
            factors.explainPerf
            ? [
                FactorChart.Row(name: "Peak arithmetic", ratio: factors.peak, isProduct: false),
                FactorChart.Row(name: "Utilisation", ratio: factors.utilization, isProduct: false),
                FactorChart.Row(name: "Perf", ratio: factors.perf, isProduct: true),
            ] : [FactorChart.Row(name: "Perf", ratio: factors.perf, isProduct: false)]
        return perf + [
            FactorChart.Row(name: "1 / TDP", ratio: factors.inverseTDP, isProduct: false),
            FactorChart.Row(name: "Perf/TDP", ratio: factors.perfPerTDP, isProduct: true),
        ]
    }

    private func figure(_ factors: PerfFactors) -> Markup {
        let rows = rows(factors)
        guard rows.allSatisfy({ $0.ratio.isFinite && $0.ratio > 0 }) else { return .group([]) }
        return Figure(
            id: "\(anchor)-factors", title: "Best design over \(data.baselineName), factor by factor (logarithmic)",
            description: rows.map { "\($0.name) \($0.ratio.ratio)" }.joined(separator: ", ") + ".",
            legend: [
                LegendEntry(mark: "factor-gain", name: "in the design’s favour"),
                LegendEntry(mark: "factor-loss", name: "against it"),
                LegendEntry(mark: "factor-product", name: "product of the factors above"),
            ]
        ).markup { FactorChart(rows: rows).drawing(width: $0) }
    }

    private func table(_ factors: PerfFactors) -> Markup {
        guard let best = comparison.best, let design = data.best?.chip.design else { return .group([]) }
        let baseline = comparison.baseline
        func row(_ name: String, _ best: String, _ baseline: String, _ ratio: Double?, isMoreBetter: Bool) -> Table.Row
        {
            Table.Row(cells: [
                .text(name), .text(best), .text(baseline),
                ratio.map { .verdict($0, isMoreBetter: isMoreBetter) } ?? "–",
            ])
        }
        let isKept = best.dramBytesPerInferenceBeforeResidency > best.dramBytesPerInference
        var rows = [
            row(
                "Peak, TFLOPS", design.datapath.peakTFLOPS.threeDigits,
                data.baseline.design.datapath.peakTFLOPS.threeDigits, factors.peak, isMoreBetter: true),
            row(
                "Utilisation", best.utilization.percent, baseline.utilization.percent, factors.utilization,
                isMoreBetter: true),
            row(
                "Perf, inferences/s", best.inferencesPerSecond.threeDigits, baseline.inferencesPerSecond.threeDigits,
                factors.perf, isMoreBetter: true),
            row(
                "TDP, W", best.tdpWatts.threeDigits, baseline.tdpWatts.threeDigits, 1 / factors.inverseTDP,
                isMoreBetter: false),
            row(
                "Perf/TDP, inferences/s/W", best.perfPerTdp.threeDigits, baseline.perfPerTdp.threeDigits,
                factors.perfPerTDP, isMoreBetter: true),
            row(
                "DRAM bytes per inference", best.dramBytesPerInference.text(in: "B"),
                baseline.dramBytesPerInference.text(in: "B"), factors.dramBytes, isMoreBetter: false),
        ]
        if isKept {
            rows.append(
                Table.Row(cells: [
                    "… before residency", .text(best.dramBytesPerInferenceBeforeResidency.text(in: "B")), "–", "",
                ]))
        }
        rows += [
            row(
                "Energy per inference", best.energyJoules.text(in: "J"), baseline.energyJoules.text(in: "J"),
                factors.energy, isMoreBetter: false),
            row(
                "Latency of a pass, batch \(best.batch) and \(baseline.batch)", best.latencySeconds.text(in: "s"),
                baseline.latencySeconds.text(in: "s"), factors.latency, isMoreBetter: false),
        ]
        return Table(
            caption: "What the ratios are made of",
            columns: [
                Table.Column(title: "Quantity", isNumber: false), Table.Column(title: "Best design"),
                Table.Column(title: data.baselineName), Table.Column(title: "Ratio"),
            ], rows: rows, spacing: .wrapping
        ).markup
    }
}
