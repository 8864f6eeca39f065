internal import Accelerators
internal import Configuration
internal import Environments

/// What the figures mean, and how to get them again.
struct MethodSection {
    var data: ReportData

    var markup: Markup {
        .section("method", "Method, and how to reproduce it") {
            Markup.element("h3") { "The same trials again" }
            if let preparation = data.commandPreparation { Markup.paragraph(preparation) }
            Markup.element("pre") { data.command }
            Markup.paragraph(
                "The seed, the problem and the agent’s recipe decide the trials, on any number of threads of one kind of processor: "
                    + "on another one a learning agent’s sums round otherwise. Their hash is \(data.run.hash).")
            definitions
            Markup.element("h3") { "What the models assume" }
            Markup.element("ul") {
                for assumption in assumptions { Markup.element("li") { assumption } }
            }
            timings
            Markup.element("details") {
                Markup.element("summary") { "The run’s configuration" }
                Markup.element("pre") { data.run.configurationText }
            }
        }
    }

    private var definitions: Markup {
        .group([
            .element("h3") { "What the figures are" },
            .element("ul") {
                Markup.element("li") {
                    "Perf: inferences per second at steady state, the batch over the time of one pass."
                }
                Markup.element("li") {
                    "TDP: the sum of every component’s power at full activity, with leakage and clocks, in watts. DRAM’s own power "
                        + "is part of it."
                }
                Markup.element("li") {
                    "Utilisation: multiply–accumulates done over those that the arrays could have done in the time; one is two operations."
                }
                Markup.element("li") { "Objective: \(objective)" }
                Markup.element("li") {
                    "Feasible: area at most \(data.budget.areaMM2.threeDigits) mm², TDP at most \(data.budget.tdpWatts.threeDigits) W"
                        + (data.latencyLimitSeconds.map { ", a pass at most \($0.text(in: "s"))" } ?? "")
                        + ", and every workload mappable."
                }
            },
        ])
    }

    private var objective: String {
        let single: String
        switch data.objective {
        case .perfPerTDP: single = "Perf over TDP, as a ratio to the baseline’s."
        case .perf: single = "Perf, as a ratio to the baseline’s."
        case .energy: single = "inferences per joule, as a ratio to the baseline’s."
        case .perfPerTCO:
            single =
                "Perf over a chip’s total cost of ownership, with the costs in the configuration below, as a ratio to "
                + "the baseline’s."
        }
        return data.workloads.count == 1 ? single : single + " Over the workloads: the weighted geometric mean."
    }

    private var constantsFile: String {
        InstalledFiles.isPath(data.technology) ? data.technology : "environments/technologies/\(data.technology).yaml"
    }

    private var assumptions: [String] {
        [
            "Both chips are at \(data.technologyName), with the constants of \(constantsFile); every constant there names its source.",
            "The \(data.baselineName) is the design in the configuration below, simulated like any other and at the same node, so "
                + "that its figures differ from those published for the real chip at its own node.",
            "Numbers are bfloat16 with float32 accumulation.",
            "Transfers are double-buffered: a region takes as long as its busiest resource (arrays, vector unit, Global Memory, DRAM), "
                + "plus its first fill and last drain.",
            "Residency keeps activations and weights in Global Memory where they fit beside the regions’ tiles; weights that are "
                + "kept stay there from one inference to the next.",
            "Both chips are evaluated anew for this page by the program that wrote it; the trials’ objectives are as recorded.",
        ]
    }

    private var timings: Markup {
        let total = data.run.secondsByActivity.reduce(0) { $0 + $1.seconds }
        guard total > 0 else { return .group([]) }
        let parts = data.run.secondsByActivity.filter { $0.seconds > 0 }.map {
            "\($0.activity) \($0.seconds.duration) (\(($0.seconds / total).percent))"
        }
        return .paragraph("Time of the search: \(parts.listed).", class: "note")
    }
}
