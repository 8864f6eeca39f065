import Accelerators
import Configuration
import Diagnostics
import Economics
import Environments
import Foundation
import Reports
import TestSupport
import Testing
import Training

/// Fronts of run folders whose trials are written by hand.
@Suite final class ParetoStudyTests {
    private let folderPath = FileManager.default.temporaryDirectory.path + "/fast-pareto-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: folderPath) }

    /// Perf of two workloads, TDP and area of a trial; infeasible without Perf.
    private struct Row {
        var perf: (Double, Double)?
        var tdp: Double
        var area = 100.0
        var side = 8
    }

    private func makeRun(
        _ name: String, _ rows: [Row], workloads: String = "[efficientnet-b0, {name: bert-base-128, weight: 3}]",
        baseline: String = "tpu-v3"
    ) throws -> RunFolder {
        try FileManager.default.createDirectory(atPath: folderPath, withIntermediateDirectories: true)
        let problem = try Problem(yaml: "name: small\nworkloads: \(workloads)\nbaseline: \(baseline)\n", file: "p.yaml")
        func text(_ path: String) throws -> String {
            try readTextFile(Repository.files.roots[0] + "/environments/" + path)
        }
        let configuration = RunConfiguration(
            seed: 3, trials: rows.count, threads: 1,
            documents: [
                RunConfiguration.Document(role: "problem", name: "small", text: problem.yamlText),
                RunConfiguration.Document(role: "agent", name: "random", text: "agent: random\n"),
                RunConfiguration.Document(
                    role: "baseline", name: baseline, text: try text("baselines/\(baseline).yaml")),
                RunConfiguration.Document(role: "technology", name: "7nm", text: try text("technologies/7nm.yaml")),
            ])
        let folder = try RunFolder.create(at: "\(folderPath)/\(name)", configuration: configuration)
        let store = try TrialStore(creating: folder.trialsPath, identityText: configuration.identityText)
        let trials = try ([Row(perf: (100, 100), tdp: 200)] + rows).enumerated().map { index, row in
            let metrics = row.perf.map { perf in
                zip(problem.workloads, [perf.0, perf.1]).map { workload, perf in
                    WorkloadMetrics(
                        workload: workload.name, inferencesPerSecond: perf, latencySeconds: 1 / perf,
                        energyJoules: row.tdp / perf, utilization: 0.5, objectiveRatio: perf / 100)
                }
            }
            return (
                trial: Trial(
                    index: index, decisions: [index],
                    outcome: Outcome(
                        objective: row.perf.map { $0.0 / 100 }, reward: row.perf == nil ? -9 : 0,
                        infeasibility: row.perf == nil ? Infeasibility(reason: .tdp, excess: 2) : nil,
                        areaMM2: row.area, tdpWatts: row.tdp, workloads: metrics ?? [])),
                design: try index == 0
                    ? Design(named: baseline, in: Repository.files) : .sample(side: row.side, batch: 4)
            )
        }
        try store.record(trials)
        return folder
    }

    private func study(_ runs: [RunFolder], _ metrics: [ParetoMetric]) throws -> ParetoStudy {
        try ParetoStudy(of: runs, in: metrics, files: Repository.files)
    }

    @Test func frontsSpanRunsAndNameEachDesignOnce() throws {
        let one = try makeRun(
            "one",
            [
                Row(perf: (10, 10), tdp: 10, side: 8), Row(perf: nil, tdp: 1), Row(perf: (40, 40), tdp: 50, side: 16),
                // Dominated by the first of the other run.
                Row(perf: (19, 19), tdp: 20, side: 32),
            ])
        let two = try makeRun(
            "two",
            [
                Row(perf: (20, 20), tdp: 20, side: 64), Row(perf: (10, 10), tdp: 10, side: 8),
                // The same figures by another design.
                Row(perf: (40, 40), tdp: 50, side: 128),
            ])
        let study = try study([one, two], [.perf, .tdp])
        #expect(study.feasible.count == 6)
        let found = study.front.map { "\($0.candidate.run.suffix(3)) \($0.candidate.trial)" }
        #expect(found == ["one 3", "two 3", "two 1", "one 1"])
        #expect(study.front[2].design == .sample(side: 64, batch: 4))
        #expect(study.csvText.split(separator: "\n").count == 5)
        #expect(study.csvText.hasPrefix("run,trial,inferencesPerSecond,tdpWatts\n"))
        _ = try PageElement.parse(ParetoPage(study).html)
        let figures = ParetoFigures(study)
        #expect(figures.metrics == ["perf", "tdp"] && figures.designs.count == 4 && figures.feasibleTrials == 6)
        #expect(figures.baseline.values["tdpWatts"] == 200)
    }

    /// Weights 1 and 3: perf is (16 · 81³)^¼ = 54, energy (50/16 · (50/81)³)^¼ = 50 / 54, latency 1 / 16.
    @Test func metricsOverWorkloadsAreWeighted() throws {
        let run = try makeRun("one", [Row(perf: (16, 81), tdp: 50, area: 120)])
        func value(_ metric: ParetoMetric) throws -> Double {
            try study([run], [metric, metric == .area ? .perf : .area]).front[0].values[0]
        }
        #expect(try abs(value(.perf) - 54) < 1e-9 && abs(value(.perfPerTdp) - 54.0 / 50) < 1e-9)
        #expect(try value(.tdp) == 50 && value(.area) == 120)
        #expect(try abs(value(.energy) - 50.0 / 54) < 1e-9 && abs(value(.latency) - 1.0 / 16) < 1e-12)
        let costs = try Economics(named: "datacenter", in: Repository.files).costModel(node: "7nm")
        let chip = ChipProfile(areaMM2: 120, tdpWatts: 50, dram: .gddr6(channels: 4))
        #expect(try value(.tco) == costs.ownership(of: chip).totalUSD)
    }

    @Test func threeMetricsAreDrawnInPairs() throws {
        let run = try makeRun(
            "one", [Row(perf: (16, 81), tdp: 50, side: 8), Row(perf: (5, 5), tdp: 60, area: 20, side: 16)])
        let study = try study([run], [.perf, .tdp, .area])
        #expect(study.front.count == 2)
        let html = ParetoPage(study).html
        for id in ["pareto-perf-tdp-wide", "pareto-perf-area-wide", "pareto-tdp-area-wide"] {
            let isShown = html.contains(id)
            #expect(isShown, "\(id)")
        }
        _ = try PageElement.parse(html)
    }

    @Test func runsThatCannotBeComparedAreNamed() throws {
        let one = try makeRun("one", [Row(perf: (10, 10), tdp: 10)])
        func error(_ run: RunFolder) throws -> DiagnosticError {
            try #require(throws: DiagnosticError.self) { try self.study([one, run], [.perf, .tdp]) }
        }
        let other = try error(makeRun("other", [Row(perf: (10, 10), tdp: 10)], workloads: "[efficientnet-b0, vit-b16]"))
        #expect(other.kind == .configuration && other.message.contains("found efficientnet-b0, vit-b16"))
        #expect(other.location.file?.hasSuffix("other") == true)
        let baseline = try error(makeRun("baseline", [Row(perf: (10, 10), tdp: 10)], baseline: "tpu-v4i"))
        #expect(baseline.kind == .configuration && baseline.message.contains("the baseline"))
        let infeasible = try error(makeRun("infeasible", [Row(perf: nil, tdp: 10)]))
        #expect(infeasible.kind == .badData && infeasible.message.contains("0 feasible designs after 1 trial"))
        #expect(try error(makeRun("empty", [])).message.contains("no trials yet"))
        let damaged = try makeRun("damaged", [Row(perf: (10, 10), tdp: 10)])
        let data = try Data(contentsOf: URL(fileURLWithPath: damaged.trialsPath))
        try data.prefix(data.count / 3).write(to: URL(fileURLWithPath: damaged.trialsPath))
        #expect(try error(damaged).kind == .badData)
        #expect(try error(makeRun("nonsense", [Row(perf: (-1, 10), tdp: 10)])).message.contains("positive figures"))
    }
}
