import Accelerators
import Configuration
import Diagnostics
import Environments
import Foundation
import Reports
import Simulation
import TestSupport
import Testing
import Training

/// Reports of run folders, with the real simulator on a small space.
@Suite struct ReportRunTests {
    static let problemText = """
        name: small
        workloads: [efficientnet-b0, bert-base-128]
        objective: perf-per-tdp
        technology: 7nm
        baseline: tpu-v3
        """

    private let folderPath = FileManager.default.temporaryDirectory.path + "/fast-report-\(UUID().uuidString)"

    private static func design(globalMemoryMiB: Int) -> Design {
        .sample(side: 32, batch: 4, globalMemoryMiB: globalMemoryMiB, channels: 8)
    }

    private func evaluator() throws -> ProblemEvaluator {
        try ProblemEvaluator(Problem(yaml: ReportRunTests.problemText, file: "small.yaml"), files: Repository.files)
    }

    /// A run of designs that are tried in turn.
    private func makeRun(_ designs: [Design], alter: (inout Trial) -> Void = { _ in }) throws -> RunFolder {
        let problem = try Problem(yaml: ReportRunTests.problemText, file: "small.yaml")
        func text(_ path: String) throws -> String {
            try readTextFile(Repository.files.roots[0] + "/environments/" + path)
        }
        let configuration = RunConfiguration(
            seed: 3, trials: designs.count, threads: 1,
            documents: [
                RunConfiguration.Document(role: "problem", name: "small", text: problem.yamlText),
                RunConfiguration.Document(role: "agent", name: "random", text: "agent: random\n"),
                RunConfiguration.Document(role: "baseline", name: "tpu-v3", text: try text("baselines/tpu-v3.yaml")),
                RunConfiguration.Document(role: "technology", name: "7nm", text: try text("technologies/7nm.yaml")),
            ])
        let folder = try RunFolder.create(at: folderPath, configuration: configuration)
        let store = try TrialStore(creating: folder.trialsPath, identityText: configuration.identityText)
        let evaluator = try evaluator()
        var trials = [
            (
                trial: Trial(index: 0, decisions: [], outcome: try evaluator.baselineOutcome()),
                design: evaluator.baseline
            )
        ]
        for (position, design) in designs.enumerated() {
            var trial = Trial(index: position + 1, decisions: [position], outcome: try evaluator.outcome(of: design))
            alter(&trial)
            trials.append((trial, design))
        }
        try store.record(trials)
        return folder
    }

    @Test func figuresAreThoseOfTheEvaluator() throws {
        let designs = [32, 8].map(ReportRunTests.design)
        let folder = try makeRun(designs)
        defer { try? FileManager.default.removeItem(atPath: folderPath) }
        let report = try Report(run: RunFolder(reading: folder.path), files: Repository.files)
        let outcomes = try designs.map { try evaluator().outcome(of: $0) }
        let best = try #require(outcomes.max { ($0.objective ?? 0) < ($1.objective ?? 0) })
        let figures = report.figures
        #expect(figures.objectiveRatio == best.objective)
        #expect(figures.trials == 2 && figures.feasibleTrials == 2)
        #expect(figures.areaMM2 == best.areaMM2 && figures.tdpWatts == best.tdpWatts)
        #expect(report.data.best?.hasDrifted == false)
        for (workload, metrics) in zip(figures.workloads, best.workloads) {
            #expect(workload.best?.inferencesPerSecond == metrics.inferencesPerSecond)
            #expect(workload.best?.utilization == metrics.utilization)
            let ratios = try #require(workload.ratios)
            #expect(abs(ratios.perfPerTdp / metrics.objectiveRatio - 1) < 1e-12)
        }
        // The geometric mean.
        let product = figures.workloads.reduce(1.0) { $0 * ($1.ratios?.perfPerTdp ?? .nan) }
        #expect(abs(product.squareRoot() / (figures.objectiveRatio ?? .nan) - 1) < 1e-12)
        let html = report.html
        let shown =
            [try #require(figures.objectiveRatio).ratio]
            + report.data.baseline.cost.components.map(\.tdpWatts.threeDigits)
        for text in shown {
            let isShown = html.contains(text)
            #expect(isShown, "\(text)")
        }
    }

    /// peak × utilisation = Perf, and × 1/TDP = Perf/TDP, on what the simulator says.
    @Test func factorsMultiplyToTheRatio() throws {
        let folder = try makeRun([ReportRunTests.design(globalMemoryMiB: 32)])
        defer { try? FileManager.default.removeItem(atPath: folderPath) }
        let data = try ReportData(run: folder, files: Repository.files)
        for comparison in data.workloads {
            let factors = try #require(data.factors(of: comparison))
            #expect(factors.explainPerf)
            #expect(abs(factors.peak * factors.utilization / factors.perf - 1) < 1e-9)
            #expect(abs(factors.peak * factors.utilization * factors.inverseTDP / factors.perfPerTDP - 1) < 1e-9)
            let best = try #require(comparison.best)
            for evaluation in [best, comparison.baseline] {
                let seconds = evaluation.regions.reduce(0) { $0 + $1.seconds }
                #expect(abs(seconds / evaluation.latencySeconds - 1) < 1e-9)
                #expect(evaluation.regions.allSatisfy { $0.secondsBeforeResidency >= $0.seconds })
            }
            #expect(best.hasResidency && !comparison.baseline.hasResidency)
            // The same work on both chips.
            for (mine, reference) in zip(RegionTotals.byKind(best), RegionTotals.byKind(comparison.baseline)) {
                #expect(abs(mine.totals.macs - reference.totals.macs) <= 1e-9 * reference.totals.macs)
            }
        }
    }

    @Test func pagesOfRealRunsAreSoundAndStable() throws {
        let folder = try makeRun([ReportRunTests.design(globalMemoryMiB: 32)])
        defer { try? FileManager.default.removeItem(atPath: folderPath) }
        let report = try Report(run: folder, files: Repository.files)
        _ = try PageElement.parse(report.html)
        try report.write(to: folder.reportPath)
        try report.write(to: folder.reportPath)
        let (written, again) = (
            try readTextFile(folder.reportPath), try Report(run: folder, files: Repository.files).html
        )
        #expect((written == report.html) && (again == report.html))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["checkpoints", "configuration.yaml", "lock", "report.html", "trials.sqlite"])
    }

    @Test func anOutcomeThatWasRecordedOtherwiseIsADrift() throws {
        let folder = try makeRun([ReportRunTests.design(globalMemoryMiB: 32)]) { $0.outcome.objective = 7 }
        defer { try? FileManager.default.removeItem(atPath: folderPath) }
        let data = try ReportData(run: folder, files: Repository.files)
        #expect(data.best?.hasDrifted == true && data.best?.recordedObjectiveRatio == 7)
    }

    @Test func faultsAreTold() throws {
        func kind(_ body: () throws -> Void) -> DiagnosticError.Kind? {
            do {
                try body()
                return nil
            } catch { return (error as? DiagnosticError)?.kind }
        }
        #expect(kind { _ = try Report(run: RunFolder(reading: folderPath), files: Repository.files) } == .missingInput)
        let folder = try makeRun([ReportRunTests.design(globalMemoryMiB: 32)])
        defer { try? FileManager.default.removeItem(atPath: folderPath) }
        let report = try Report(run: folder, files: Repository.files)
        #expect(kind { try report.write(to: folder.path) } == .cannotCreate)
        #expect(kind { try report.write(to: folder.path + "/no/such/folder/report.html") } == .cannotCreate)

        let trials = try Data(contentsOf: URL(fileURLWithPath: folder.trialsPath))
        try trials.prefix(trials.count / 3).write(to: URL(fileURLWithPath: folder.trialsPath))
        #expect(kind { _ = try Report(run: folder, files: Repository.files) } == .badData)
        try FileManager.default.removeItem(atPath: folder.trialsPath)
        #expect(kind { _ = try Report(run: folder, files: Repository.files) } == .missingInput)
        try FileManager.default.removeItem(atPath: folder.path + "/configuration.yaml")
        #expect(kind { _ = try Report(run: RunFolder(reading: folder.path), files: Repository.files) } == .missingInput)
    }
}
