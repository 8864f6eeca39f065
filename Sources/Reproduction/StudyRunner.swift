internal import Accelerators
public import Configuration
internal import Diagnostics
internal import Environments
internal import Foundation
internal import Simulation
public import Training

/// How far a study is.
public struct StudyProgress: Sendable {
    /// The step under way, from 1 on, and how many there are.
    public let position: Int
    public let count: Int
    /// What the step does, e.g. `single/efficientnet-b7-ppo-1`.
    public let name: String
    /// How far its search is; nil for steps that aren't searches.
    public let training: TrainingProgress?
    /// The best of the step where it is done.
    public let outcome: String?
    /// Seconds until the study is done, by the mean of the steps made so far; nil before the first.
    public let secondsLeft: Double?
}

/// Makes what the experiments of a study need: each search in a run folder of its own, by the ordinary trainer, so that each can be stopped at
/// any moment; what is finished is not made again.
public struct StudyRunner: Sendable {
    private let folder: StudyFolder
    private let plan: StudyPlan
    private let threads: Int
    private let files: InstalledFiles

    /// A piece of work.
    private enum Step {
        case search(StudySearch)
        case scheduling(String)
    }

    public init(_ plan: StudyPlan, in folder: StudyFolder, threads: Int, files: InstalledFiles = .standard) {
        self.plan = plan
        self.folder = folder
        self.threads = threads
        self.files = files
    }

    /// Makes what is missing.
    ///
    /// - Returns: whether all is there; false after a stop.
    /// - Throws: `DiagnosticError` where a run is damaged or belongs to something else, or where nothing can be written.
    public func run(
        stop: StopSignal = StopSignal(), report: (StudyProgress) -> Void = { _ in },
        warn: @escaping (String) -> Void = { _ in }
    ) throws -> Bool {
        let steps = plan.searches.map(Step.search) + plan.scheduledWorkloads.map(Step.scheduling)
        let start = ContinuousClock.now
        var done = 0
        for (index, step) in steps.enumerated() {
            if stop.isRequested { return false }
            func secondsLeft(_ remaining: Int) -> Double? {
                done == 0 ? nil : (ContinuousClock.now - start) / .seconds(1) / Double(done) * Double(remaining)
            }
            func show(_ name: String, _ training: TrainingProgress? = nil, _ outcome: String? = nil) {
                report(
                    StudyProgress(
                        position: index + 1, count: steps.count, name: name, training: training, outcome: outcome,
                        secondsLeft: secondsLeft(steps.count - index - (outcome == nil ? 0 : 1))))
            }
            switch step {
            case .search(let search):
                guard try !folder.isFinished(search, files: files) else { continue }
                let summary = try run(search, stop: stop, report: { show(search.name, $0) }, warn: warn)
                guard summary.isFinished else { return false }
                done += 1
                let best =
                    summary.history.best?.outcome.objective.map { "best \($0.ratioText)x" } ?? "no feasible design"
                show(
                    search.name, nil,
                    "\(best), \(summary.history.trials.count.groupedText) trials, \(summary.seconds.durationText)")
            case .scheduling(let workload):
                guard try folder.ladder(of: workload) == nil else { continue }
                let name = "scheduling/\(workload)"
                show(name)
                guard let ladder = try evaluateLadder(of: workload, stop: stop) else { return false }
                try folder.write(ladder, of: workload)
                done += 1
                let gain = ladder.gain(of: ladder.levels[ladder.levels.count - 1].name) ?? 1
                show(
                    name, nil,
                    "\(gain.ratioText)x, \(ladder.compilations.groupedText) compilations, \(ladder.seconds.durationText)"
                )
            }
        }
        return true
    }

    private func run(
        _ search: StudySearch, stop: StopSignal, report: (TrainingProgress) -> Void, warn: @escaping (String) -> Void
    ) throws -> TrainingSummary {
        let path = folder.runPath(of: search)
        let run: RunFolder
        if folder.hasRun(of: search) {
            run = try RunFolder(resuming: path)
            try folder.require(run, toBeOf: search, files: files)
        } else {
            do {
                run = try RunFolder.create(
                    at: path, configuration: folder.configuration(of: search, threads: threads, files: files))
            } catch var error as DiagnosticError where error.kind == .cannotCreate && error.location.file == path {
                error.remedy = "delete this folder, and give the command again: its search is made anew"
                throw error
            }
        }
        let evaluator = try run.configuration.makeEvaluator(files: files)
        var trainer = try Trainer(
            folder: run, evaluator: evaluator, agent: try run.configuration.makeAgent(for: evaluator),
            trials: folder.settings.trials, threads: threads, warn: { warn("\(search.name): \($0)") })
        return try trainer.run(stop: stop, report: report)
    }

    private func evaluateLadder(of workload: String, stop: StopSignal) throws -> LadderEvaluation? {
        try LadderEvaluation(
            of: workload, on: Design(named: folder.settings.baseline, in: files),
            batches: SearchSpace.full[.batch].codes, simulator: folder.makeSimulator(files: files), threads: threads,
            stop: stop)
    }
}

extension StudyFolder {
    /// A simulator of the study's technology that remembers nothing yet.
    func makeSimulator(files: InstalledFiles) throws -> ZooSimulator {
        ZooSimulator(
            Simulator(hardware: HardwareModel(technology: try Technology(named: settings.technology, in: files))))
    }

    private static func ladderName(_ workload: String) -> String { "evaluations/scheduling-\(workload).json" }

    /// What the baseline's datapath does for a workload with our compiler; nil where it was not worked out yet.
    ///
    /// - Throws: `DiagnosticError`, `badData`, where the file is damaged.
    func ladder(of workload: String) throws -> LadderEvaluation? {
        let path = path(of: StudyFolder.ladderName(workload))
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try readTextFile(path)
        guard let ladder = try? JSONDecoder().decode(LadderEvaluation.self, from: Data(text.utf8)),
            ladder.workload == workload, !ladder.levels.isEmpty
        else {
            throw DiagnosticError(
                .badData, "expected what the baseline does for \(workload), in JSON, found something else",
                at: SourceLocation(file: path), remedy: "delete the file: it is worked out anew")
        }
        return ladder
    }

    func write(_ ladder: LadderEvaluation, of workload: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try write(
            String(decoding: encoder.encode(ladder), as: UTF8.self) + "\n", to: StudyFolder.ladderName(workload))
    }
}
