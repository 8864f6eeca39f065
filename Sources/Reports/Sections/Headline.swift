internal import Accelerators
internal import Environments
internal import Simulation
internal import Training

/// The top of the page: what was found, and the numbers that matter, each beside the baseline's.
struct Headline {
    var data: ReportData

    var markup: Markup {
        .element("header", ["class": "masthead"]) {
            Markup.paragraph("FAST report · \(data.run.path)", class: "eyebrow")
            Markup.element("h1") { title }
            if let best = data.best {
                if data.workloads.count == 1 { Markup.paragraph(explanation, class: "lede") }
                if data.workloads.count > 1 {
                    Markup.paragraph(
                        "The ratio is the \(isWeighted ? "weighted " : "")geometric mean over \(data.workloads.map(\.displayName).listed).",
                        class: "lede")
                }
                if best.hasDrifted { drift(best) }
                tiles
                if data.workloads.count > 1 { workloadTable }
            } else {
                Markup.paragraph(emptiness, class: "lede")
            }
            facts
            if data.history.trials.count < data.run.budget, data.best != nil {
                Markup.paragraph(
                    "The run has made \(data.history.trials.count.grouped) of its \(data.run.budget.grouped) trials: "
                        + "`fast resume \(shellQuoted(data.run.path))` goes on with it.", class: "note")
            }
        }
    }

    private var isWeighted: Bool { data.workloads.contains { $0.weight != data.workloads[0].weight } }

    /// The headline as text.
    var text: String { sentence.before + (sentence.ratio ?? "") + sentence.after }

    private var title: Markup {
        .group([
            .text(sentence.before), sentence.ratio.map { ratio in .element("strong") { ratio } } ?? .group([]),
            .text(sentence.after),
        ])
    }

    private var sentence: (before: String, ratio: String?, after: String) {
        guard let best = data.best else {
            if data.history.trials.isEmpty {
                return ("For \(data.workloadsText) no design has been tried yet", nil, "")
            }
            return ("For \(data.workloadsText) no feasible design was found in \(data.trialsText)", nil, "")
        }
        return (
            "For \(data.workloadsText) the search found a design with ", best.objectiveRatio.ratio,
            " the \(data.baselineName)’s \(data.objectiveText)"
        )
    }

    /// Why, in a sentence.
    private var explanation: String {
        guard let comparison = data.workloads.first, let best = comparison.best,
            let factors = data.factors(of: comparison)
        else { return "" }
        if data.objective == .energy {
            return "An inference takes \(best.energyJoules.text(in: "J")) instead of "
                + "\(comparison.baseline.energyJoules.text(in: "J")), and moves "
                + "\(best.dramBytesPerInference.text(in: "B")) from and to DRAM instead of "
                + "\(comparison.baseline.dramBytesPerInference.text(in: "B"))."
        }
        let speed =
            factors.perf >= 1
            ? "It serves \(factors.perf.ratio) the inferences per second"
            : "It serves \(factors.perf.percent) of the inferences per second"
        let power =
            if let own = data.best?.chip.ownershipUSD, let other = data.baseline.ownershipUSD {
                "at \((own / other).percent) of the total cost of ownership"
            } else {
                "at \((1 / factors.inverseTDP).percent) of the TDP"
            }
        guard factors.explainPerf else { return "\(speed) \(power)." }
        return "\(speed) \(power): its peak is \(factors.peak.ratio) the \(data.baselineName)’s, "
            + "and it keeps its arrays \(factors.utilization.ratio) as busy."
    }

    private var emptiness: String {
        guard !data.history.trials.isEmpty else {
            return "The run has made no trials yet: `fast resume \(shellQuoted(data.run.path))` makes them. "
                + "Until then this page shows the baseline alone."
        }
        return (data.history.infeasibilityDiagnosis ?? "")
            + ". The page shows the baseline alone. Wider budgets, another search space, or more trials may help."
    }

    private func drift(_ best: ReportData.BestDesign) -> Markup {
        .paragraph(
            "When the trial was made its ratio was recorded as \(best.recordedObjectiveRatio.ratio) "
                + "(\(best.recordedObjectiveRatio)); evaluated for this report it is \(best.objectiveRatio). The program or the "
                + "technology file has changed since the run; figures by region are of the present version.",
            class: "warning")
    }

    // MARK: Tiles

    private var tiles: Markup {
        .element("dl", ["class": "tiles"]) {
            if let ownershipTile { ownershipTile.markup(data.baselineName) }
            if data.workloads.count == 1, let comparison = data.workloads.first, let best = comparison.best {
                let baseline = comparison.baseline
                if ownershipTile == nil {
                    Tile(
                        name: "Perf/TDP", value: best.perfPerTdp, baseline: baseline.perfPerTdp,
                        text: { "\($0.threeDigits) inf/s/W" }, isMoreBetter: true
                    ).markup(data.baselineName)
                }
                Tile(
                    name: "Perf", value: best.inferencesPerSecond, baseline: baseline.inferencesPerSecond,
                    text: { "\($0.threeDigits) inf/s" }, isMoreBetter: true
                ).markup(data.baselineName)
                Tile(
                    name: "Latency, batch \(best.batch) (baseline \(baseline.batch))", value: best.latencySeconds,
                    baseline: baseline.latencySeconds, text: { $0.text(in: "s") }, isMoreBetter: false
                ).markup(data.baselineName)
            }
            if let cost = data.best?.chip.cost {
                Tile(
                    name: "TDP", value: cost.tdpWatts, baseline: data.baseline.cost.tdpWatts,
                    text: { "\($0.threeDigits) W" }, isMoreBetter: false
                ).markup(data.baselineName)
                Tile(
                    name: "Area, \(data.technologyName)", value: cost.areaMM2, baseline: data.baseline.cost.areaMM2,
                    text: { "\($0.threeDigits) mm²" }, isMoreBetter: false
                ).markup(data.baselineName)
            }
            if data.workloads.count == 1, let comparison = data.workloads.first, let best = comparison.best {
                Tile(
                    name: "Energy per inference", value: best.energyJoules, baseline: comparison.baseline.energyJoules,
                    text: { $0.text(in: "J") }, isMoreBetter: false
                ).markup(data.baselineName)
            } else if let best = data.best {
                Tile(
                    name: "Peak", value: best.chip.design.datapath.peakTFLOPS,
                    baseline: data.baseline.design.datapath.peakTFLOPS, text: { "\($0.threeDigits) TFLOPS" },
                    isMoreBetter: true
                ).markup(data.baselineName)
            }
        }
    }

    /// In place of Perf/TDP where costs are the objective.
    private var ownershipTile: Tile? {
        guard let own = data.best?.chip.ownershipUSD, let other = data.baseline.ownershipUSD else { return nil }
        return Tile(
            name: "Total cost of ownership of a chip", value: own, baseline: other,
            text: { "\($0.threeDigits) USD" }, isMoreBetter: false)
    }

    private struct Tile {
        var name: String
        var value: Double
        var baseline: Double
        var text: (Double) -> String
        var isMoreBetter: Bool

        func markup(_ baselineName: String) -> Markup {
            .element("div", ["class": "tile"]) {
                Markup.element("dt") { name }
                Markup.element("dd", ["class": "figure"]) { text(value) }
                Markup.element("dd", ["class": "against"]) {
                    "\(baselineName) \(text(baseline))\u{2002}"
                    Markup.verdict(value / baseline, isMoreBetter: isMoreBetter)
                }
            }
        }
    }

    private var workloadTable: Markup {
        Table(
            caption: "Each workload, best design beside the \(data.baselineName)",
            columns: [Table.Column(title: "Workload", isNumber: false)]
                + ["Perf/TDP", "Perf", "Best, inf/s", "\(data.baselineName), inf/s", "Latency", "Energy", "DRAM bytes"]
                .map { Table.Column(title: $0) },
            rows: data.workloads.compactMap { comparison in
                guard let best = comparison.best, let factors = data.factors(of: comparison) else { return nil }
                return Table.Row(cells: [
                    .element("a", ["href": "#\(WorkloadSection.anchor(comparison.name))"]) {
                        comparison.displayName
                            + (comparison.weight == 1 ? "" : " (weight \(comparison.weight.tickText))")
                    },
                    .verdict(factors.perfPerTDP, isMoreBetter: true), .verdict(factors.perf, isMoreBetter: true),
                    .text(best.inferencesPerSecond.threeDigits),
                    .text(comparison.baseline.inferencesPerSecond.threeDigits),
                    .verdict(factors.latency, isMoreBetter: false), .verdict(factors.energy, isMoreBetter: false),
                    factors.dramBytes.map { .verdict($0, isMoreBetter: false) } ?? "–",
                ])
            }
        ).markup
    }

    private var facts: Markup {
        let trials = data.history.trials.count
        let share = trials > 0 ? Double(data.feasibleCount) / Double(trials) : 0
        var facts = [
            ("Seed", "\(data.run.seed)"), ("Agent", data.run.agent),
            ("Trials", trials.grouped), ("Feasible", trials > 0 ? share.percent : "–"),
        ]
        if let best = data.best { facts.append(("Found at trial", best.trial.grouped)) }
        let seconds = data.run.secondsByActivity.reduce(0) { $0 + $1.seconds }
        if seconds > 0 { facts.append(("Search took", seconds.duration)) }
        return .element("ul", ["class": "facts"]) {
            for (name, value) in facts {
                Markup.element("li") {
                    name + " "
                    Markup.element("b") { value }
                }
            }
        }
    }
}

extension Markup {
    /// A ratio to the baseline, marked as better or worse by sign, colour and for screen readers by word.
    static func verdict(_ ratio: Double, isMoreBetter: Bool) -> Markup {
        guard ratio.isFinite else { return "–" }
        if ratio.threeDigits == "1.00" { return .element("span", ["class": "same"]) { "1.00×" } }
        let isBetter = (ratio > 1) == isMoreBetter
        return .element("span", ["class": isBetter ? "better" : "worse", "title": isBetter ? "better" : "worse"]) {
            "\(ratio.ratio) \(isBetter ? "✓" : "✗")"
        }
    }
}

extension [String] {
    /// `a`, `a and b`, `a, b and c`.
    var listed: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
