internal import Accelerators
internal import Environments
internal import Reproduction
internal import Simulation

/// The tables of a study, one an experiment or two.
struct ReproductionTables {
    let results: StudyResults
    let fronts: [ParetoStudy]

    /// A search in `--full` should take no longer on 2 cores.
    static let secondsLimit = 120.0

    var all: [StudyTable] {
        [
            single, suite, scheduling, ablations, ablationsOnBest, passes, pareto, components, assumptions, constants,
            searchedAssumptions, paperDesign, searches,
        ].filter { !$0.rows.isEmpty }
    }

    private var single: StudyTable {
        var table = StudyTable(
            "single",
            [
                "workload", "seed", "perfPerTdpRatio", "perfRatio", "tdpRatio", "areaRatio", "inferencesPerSecond",
                "latencySeconds",
                "utilization", "tdpWatts", "areaMM2", "trial", "design", "run",
            ])
        for searches in results.singles {
            for result in searches.results {
                let metrics = result.best?.outcome.workloads.first
                table.append(
                    .text(searches.workload), .integer(Int(result.search.seed)), .init(result.best?.ratio),
                    .init(result.perfRatio), .init(result.tdpRatio), .init(result.areaRatio),
                    .init(metrics?.inferencesPerSecond), .init(metrics?.latencySeconds), .init(metrics?.utilization),
                    .init(result.best?.outcome.tdpWatts), .init(result.best?.outcome.areaMM2),
                    result.best.map { .integer($0.trial) } ?? .none,
                    result.best.map { .text($0.design.summary) } ?? .none,
                    .text(result.run))
            }
        }
        return table
    }

    private var suite: StudyTable {
        var table = StudyTable(
            "suite",
            [
                "seed", "workload", "perfPerTdpRatio", "inferencesPerSecond", "singlePerfPerTdpRatio", "tdpRatio",
                "areaRatio", "trial",
                "design", "run",
            ])
        for result in results.suite {
            guard let best = result.best else { continue }
            func single(_ name: String) -> Double? {
                results.singles.first { $0.workload == name }?.ratio?.median
            }
            let tail: [StudyTable.Cell] = [
                .init(result.tdpRatio), .init(result.areaRatio), .integer(best.trial), .text(best.design.summary),
                .text(result.run),
            ]
            for metrics in best.outcome.workloads {
                table.append(
                    [
                        .integer(Int(result.search.seed)), .text(metrics.workload), .number(metrics.objectiveRatio),
                        .number(metrics.inferencesPerSecond), .init(single(metrics.workload)),
                    ] + tail)
            }
            table.append(
                [
                    .integer(Int(result.search.seed)), "geometric mean", .number(best.ratio), .none,
                    .init(results.singleMeanOfSuite?.median),
                ] + tail)
        }
        return table
    }

    private var scheduling: StudyTable {
        var table = StudyTable(
            "scheduling",
            [
                "workload", "compiler", "speedup", "speedupOverPrevious", "inferencesPerSecond", "batch", "fusion",
                "padding", "softmax",
                "dataflow", "order",
            ])
        for ladder in results.scheduling {
            var previous: Double?
            for level in ladder.levels {
                table.append(
                    .text(ladder.workload), .text(level.name), .init(ladder.gain(of: level.name)),
                    .init(previous.map { level.inferencesPerSecond / $0 }), .number(level.inferencesPerSecond),
                    .integer(level.batch), .text(level.compiler.fusion.rawValue),
                    .text(level.compiler.padding.rawValue),
                    .text(level.compiler.softmax.rawValue), .text(level.compiler.dataflow.rawValue),
                    .text(level.compiler.order.rawValue))
                previous = level.inferencesPerSecond
            }
        }
        return table
    }

    private var ablations: StudyTable {
        var table = StudyTable(
            "ablations", ["workload", "rung", "adds", "seed", "perfPerTdpRatio", "tdpRatio", "design", "run"])
        for ablation in results.ablations {
            for (rung, searches) in zip(results.ladder, ablation.rungs) {
                for result in searches.results {
                    table.append(
                        .text(ablation.workload), .text(rung.name), .text(rung.summary),
                        .integer(Int(result.search.seed)), .init(result.best?.ratio), .init(result.tdpRatio),
                        result.best.map { .text($0.design.summary) } ?? .none, .text(result.run))
                }
            }
        }
        return table
    }

    private var ablationsOnBest: StudyTable {
        var table = StudyTable(
            "ablations-best-design",
            ["workload", "compiler", "perfPerTdpRatio", "fusion", "padding", "softmax", "dataflow", "order", "design"])
        for ablation in results.ablations {
            for level in ablation.onBestDesign.levels where level.name != LadderEvaluation.anyBatch {
                table.append(
                    .text(ablation.workload), .text(level.name), .init(ablation.ratio(of: level.name)),
                    .text(level.compiler.fusion.rawValue), .text(level.compiler.padding.rawValue),
                    .text(level.compiler.softmax.rawValue), .text(level.compiler.dataflow.rawValue),
                    .text(level.compiler.order.rawValue), .text(ablation.onBestDesign.design.summary))
            }
        }
        return table
    }

    private var passes: StudyTable {
        var table = StudyTable(
            "ablations-passes",
            ["workload", "without", "perfPerTdpRatio", "seconds", "dramBytes", "joulesPerInference"])
        for ablation in results.ablations {
            for effect in ablation.passEffects {
                table.append(
                    .text(ablation.workload), .text(effect.name),
                    .init(ablation.bestRatio * ablation.secondsOfBest / effect.secondsWithout),
                    .number(effect.secondsWithout), .integer(effect.dramBytesWithout),
                    .number(effect.energyJoulesWithout))
            }
        }
        return table
    }

    private var pareto: StudyTable {
        var table = StudyTable(
            "pareto",
            ["workload", "run", "trial", "inferencesPerSecond", "tdpWatts", "perfRatio", "tdpRatio", "design"])
        for front in fronts {
            let name = front.workloads.map(\.name).joined(separator: "+")
            for member in front.front {
                table.append(
                    .text(name), .text(member.candidate.run), .integer(member.candidate.trial),
                    .number(member.values[0]),
                    .number(member.values[1]), .number(member.values[0] / front.baseline[0]),
                    .number(member.values[1] / front.baseline[1]), .text(member.design.summary))
            }
        }
        return table
    }

    private var components: StudyTable {
        var table = StudyTable("components", ["design", "component", "areaMM2", "tdpWatts", "areaShare", "tdpShare"])
        for chip in results.chips {
            for part in chip.cost.components {
                table.append(
                    .text(chip.name), .text(part.name.rawValue), .number(part.areaMM2), .number(part.tdpWatts),
                    .number(part.areaMM2 / chip.cost.areaMM2), .number(part.tdpWatts / chip.cost.tdpWatts))
            }
        }
        return table
    }

    private var assumptions: StudyTable {
        var table = StudyTable(
            "assumptions",
            [
                "assumption", "change", "single", "singleLeast", "singleGreatest", "suite", "suiteLeast",
                "suiteGreatest",
                "searchWouldFindTheSame",
            ])
        for row in results.assumptions {
            table.append(
                .text(row.name), .text(row.change), .init(row.single?.median), .init(row.single?.least),
                .init(row.single?.greatest), .init(row.suite?.median), .init(row.suite?.least),
                .init(row.suite?.greatest),
                .flag(row.keepsOptimum))
        }
        return table
    }

    private var constants: StudyTable {
        var table = StudyTable(
            "constants",
            ["constant", "unit", "value", "low", "high", "singleAtLow", "singleAtHigh", "suiteAtLow", "suiteAtHigh"])
        for row in results.constants {
            table.append(
                .text(row.constant), .text(row.unit), .number(row.value), .number(row.low), .number(row.high),
                .number(row.singleAtLow), .number(row.singleAtHigh), .init(row.suiteAtLow), .init(row.suiteAtHigh))
        }
        return table
    }

    private var searchedAssumptions: StudyTable {
        var table = StudyTable(
            "assumptions-searched",
            [
                "assumption", "change", "workload", "seed", "perfPerTdpRatio", "sameDesignOverOurBaseline",
                "searchUnderOurs", "run",
            ])
        for row in results.searchedAssumptions {
            for (result, reference) in zip(row.results, row.reference) {
                table.append(
                    .text(row.name), .text(row.change), .text(row.workload), .integer(Int(result.search.seed)),
                    .init(result.best?.ratio), .init(result.best.map { $0.ratio * row.factor }),
                    .init(reference.best?.ratio),
                    .text(result.run))
            }
        }
        return table
    }

    private var paperDesign: StudyTable {
        var table = StudyTable(
            "paper-design", ["workload", "batch", "perfRatio", "perfPerTdpRatio", "tdpWatts", "areaMM2", "design"])
        guard let paper = results.paperDesign else { return table }
        for row in paper.rows {
            table.append(
                .text(row.workload), .integer(row.batch), .number(row.perfRatio), .number(row.perfPerTdpRatio),
                .number(paper.chip.cost.tdpWatts), .number(paper.chip.cost.areaMM2), .text(paper.chip.design.summary))
        }
        return table
    }

    private var searches: StudyTable {
        var table = StudyTable(
            "searches",
            [
                "search", "experiment", "seed", "trials", "infeasible", "seconds", "withinTwoMinutes", "objectiveRatio",
                "run",
            ])
        for result in results.searches {
            table.append(
                .text(result.search.name), .text(result.search.experiment.rawValue), .integer(Int(result.search.seed)),
                .integer(result.trials), .integer(result.infeasible), .number(result.seconds),
                .flag(result.seconds <= ReproductionTables.secondsLimit), .init(result.best?.ratio), .text(result.run))
        }
        return table
    }
}
