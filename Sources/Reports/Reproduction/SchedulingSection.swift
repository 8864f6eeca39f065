internal import Accelerators
internal import Reproduction
internal import Simulation

/// The baseline's own datapath with our compiler.
struct SchedulingSection {
    let results: StudyResults

    private var baselineName: String { DisplayName.baseline(results.baseline.name) }

    /// From the compiler that the baseline has to ours: what each step is worth, as the geometric mean.
    private var steps: [(name: String, level: String, gain: Double)] {
        var steps: [(name: String, level: String, gain: Double)] = []
        var previous = LadderEvaluation.own
        for level in [LadderEvaluation.anyBatch] + results.ladder.dropFirst().map(\.name) {
            guard let gain = results.schedulingGain(of: level, over: previous) else { continue }
            steps.append((SchedulingSection.title(level), level, gain))
            previous = level
        }
        return steps
    }

    static func title(_ level: String) -> String {
        switch level {
        case LadderEvaluation.own: "as it is"
        case LadderEvaluation.anyBatch: "+ best batch"
        case "datapath": "datapath only"
        case "beyond": "+ beyond the paper"
        default: "+ \(level)"
        }
    }

    var markup: Markup {
        guard !results.scheduling.isEmpty else { return .group([]) }
        return .section("scheduling", "The \(baselineName) itself, better scheduled") {
            Markup.paragraph(
                "An earlier version of the paper reports a potential 1.8× speed-up of the TPU-v3 itself by better scheduling. Here is the baseline’s "
                    + "datapath with every combination of our compiler’s options at every batch from 1 to 256: exactly the best, no search. Each step "
                    + "admits all that the one before admits. The baseline’s own compiler fuses regions, pads to the array, goes three times over a "
                    + "softmax and is weight-stationary; its tiles and loop orders are the best that our mapper finds, as for any design, so that only "
                    + "what a step names is gained. (scheduling.csv)")
            factors
            table
            if let gain = results.schedulingGainOverArrays(of: "residency") {
                Markup.paragraph(
                    "Over a baseline whose compiler ran depthwise convolutions on the arrays alone, the paper’s stack would make "
                        + "\(gain.ratio): what a scheduler can gain depends on what the one before left.", class: "note"
                )
            }
        }
    }

    private var factors: Markup {
        let rows =
            steps.map { FactorChart.Row(name: $0.name.capitalizedFirst, ratio: $0.gain, isProduct: false) }
            + [FactorChart.Row(name: "All", ratio: steps.reduce(1) { $0 * $1.gain }, isProduct: true)]
        return Figure(
            id: "scheduling-chart",
            title:
                "What each step multiplies the \(baselineName)’s Perf by, geometric mean over \(results.scheduling.count) workloads (logarithmic)",
            description: rows.map { "\($0.name) \($0.ratio.ratio)" }.joined(separator: ", ") + ".",
            legend: [
                LegendEntry(mark: "factor-gain", name: "a step"),
                LegendEntry(mark: "factor-product", name: "the product"),
            ]
        ).markup { FactorChart(rows: rows).drawing(width: $0) }
    }

    private var table: Markup {
        func cells(_ gain: (String) -> Double?) -> [Markup] {
            steps.map { .text(gain($0.level)?.ratio ?? "–") }
        }
        let mean = Table.Row(
            cells: ["Geometric mean"] + cells { results.schedulingGain(of: $0) } + [""], isSum: true)
        return Table(
            caption:
                "Perf over the \(baselineName) with its own compiler and batch; each column includes those before it. Published: 1.8×",
            columns: [Table.Column(title: "Workload", isNumber: false)]
                + steps.map { Table.Column(title: $0.name.capitalizedFirst) } + [
                    Table.Column(title: "Batch", isNumber: true)
                ],
            rows: results.scheduling.map { ladder in
                Table.Row(
                    cells: [.text(DisplayName.workload(ladder.workload))] + cells { ladder.gain(of: $0) } + [
                        .text("\(ladder.levels.last?.batch ?? 0)")
                    ])
            } + [mean], spacing: .dense
        ).markup
    }
}

/// Searches that are given more and more of the stack, and the best design taken apart.
struct AblationSection {
    let results: StudyResults

    var markup: Markup {
        guard !results.ablations.isEmpty else { return .group([]) }
        return .section("ablations", "What each part of the stack is worth") {
            Markup.paragraph(
                "The paper’s claim is that searching the whole stack beats searching the datapath alone. Each bar is a search of its own with the "
                    + "same budget and seeds; the first may decide the datapath and the batch, with the baseline’s compiler, and each next one "
                    + "more: " + results.ladder.dropFirst().map { "\($0.name): \($0.summary)" }.joined(separator: "; ")
                    + ". The last bar, beyond the paper, stands by itself: its passes are not the paper’s. (ablations.csv)"
            )
            Markup.paragraph(
                "A larger space at the same budget can come out worse: that is the search’s noise, which the spread over seeds shows. "
                    + "The ticks are free of it: the datapath of the best design of all, with the best options that each rung allows, "
                    + "tried one and all. Where a bar lies above its tick, the search found a datapath that suits the smaller compiler better; where it "
                    + "lies below, it did not find this one. (ablations-best-design.csv)")
            for ablation in results.ablations {
                Markup.element("h3") { DisplayName.workload(ablation.workload) }
                chart(ablation)
                words(ablation)
                passes(ablation)
            }
        }
    }

    private func chart(_ ablation: StudyResults.Ablation) -> Markup {
        let rows = zip(results.ladder, ablation.rungs).compactMap { rung, searches in
            searches.ratio.map { ratio in
                RatioBars.Row(
                    name: SchedulingSection.title(rung.name).capitalizedFirst, value: ratio.median, spread: ratio.range,
                    mark: rung.name == results.ladder.last?.name ? "factor-gain" : "factor-product",
                    other: ablation.ratio(of: rung.name == "datapath" ? LadderEvaluation.own : rung.name))
            }
        }
        return Figure(
            id: "ablation-\(ablation.workload)",
            title: "Perf/TDP of \(DisplayName.workload(ablation.workload)) by what is searched",
            description: rows.map { "\($0.name) \($0.value.ratio)" }.joined(separator: ", ") + ".",
            legend: [
                LegendEntry(mark: "factor-product", name: "search, the paper’s stack"),
                LegendEntry(mark: "factor-gain", name: "search, with passes beyond it"),
                LegendEntry(mark: "roof-best", isLine: true, name: "the best design’s datapath with this compiler"),
            ]
        ).markup { RatioBars(rows: rows, references: [(1, "baseline")]).drawing(width: $0) }
    }

    private func words(_ ablation: StudyResults.Ablation) -> Markup {
        var text = ""
        if let first = ablation.rungs.first?.ratio?.median, let last = ablation.rungs.last?.ratio?.median {
            text = "By searches, the whole stack makes \((last / first).ratio) of the datapath alone. "
        }
        if let own = ablation.ratio(of: LadderEvaluation.own), let residency = ablation.ratio(of: "residency"),
            let beyond = ablation.ratio(of: "beyond")
        {
            text +=
                "On the best design’s datapath the paper’s stack makes \((residency / own).ratio) of the baseline’s compiler, and the passes "
                + "beyond it \((beyond / residency).ratio) on top: the two differ where a search without those passes settles on another datapath."
        }
        return .paragraph(text)
    }

    private func passes(_ ablation: StudyResults.Ablation) -> Markup {
        guard !ablation.passEffects.isEmpty else { return .group([]) }
        return .element("details") {
            Markup.element("summary") { "The best design without each pass in turn (ablations-passes.csv)" }
            Table(
                caption: "\(ablation.best.best?.design.summary ?? ""): \(ablation.bestRatio.ratio) with all passes",
                columns: [
                    Table.Column(title: "Without", isNumber: false), Table.Column(title: "which …", isNumber: false),
                    Table.Column(title: "Time"), Table.Column(title: "Perf/TDP"),
                ],
                rows: ablation.passEffects.map { effect in
                    Table.Row(cells: [
                        .text(effect.name), .text(effect.summary), .text(effect.secondsWithout.text(in: "s")),
                        .text((ablation.bestRatio * ablation.secondsOfBest / effect.secondsWithout).ratio),
                    ])
                }, spacing: .wrapping
            ).markup
        }
    }
}
