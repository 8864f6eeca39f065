public import Accelerators
public import Configuration
internal import Diagnostics
public import Environments
internal import Foundation
internal import Training

/// How a finished search of a study ended.
public struct SearchResult: Sendable {
    public let search: StudySearch
    /// Its run folder as the user would name it.
    public let run: String
    /// Trials made, and those of them that were infeasible.
    public let trials: Int
    public let infeasible: Int
    /// The time of all its sessions: proposing, evaluating, learning, saving.
    public let seconds: Double
    /// nil where no trial was feasible.
    public let best: Best?
    /// The baseline's own trial.
    public let baseline: Outcome

    /// The best design of a search.
    public struct Best: Sendable {
        public let trial: Int
        public let design: Design
        public let outcome: Outcome
        /// The objective over the baseline's.
        public let ratio: Double
    }

    /// The figure of one workload of the best design; nil where there is none.
    public func ratio(of workload: String) -> Double? {
        best?.outcome.workloads.first { $0.workload == workload }?.objectiveRatio
    }

    /// TDP of the best design over the baseline's.
    public var tdpRatio: Double? { best.map { $0.outcome.tdpWatts / baseline.tdpWatts } }

    /// Area of the best design over the baseline's.
    public var areaRatio: Double? { best.map { $0.outcome.areaMM2 / baseline.areaMM2 } }

    /// Geometric mean over the workloads of the best design's Perf over the baseline's.
    public var perfRatio: Double? {
        best.flatMap { best in
            geometricMean(
                zip(best.outcome.workloads, baseline.workloads).map { $0.inferencesPerSecond / $1.inferencesPerSecond })
        }
    }
}

extension StudyFolder {
    /// Whether a search was begun.
    func hasRun(of search: StudySearch) -> Bool {
        FileManager.default.fileExists(atPath: "\(runPath(of: search))/configuration.yaml")
    }

    /// The trials of a search; nil where it isn't finished.
    private func finished(_ search: StudySearch, files: InstalledFiles) throws -> (run: RunFolder, store: TrialStore)? {
        guard hasRun(of: search) else { return nil }
        let run = try RunFolder(reading: runPath(of: search))
        try require(run, toBeOf: search, files: files)
        guard try !TrialStore.isVacant(run.trialsPath) else { return nil }
        let store = try TrialStore(opening: run.trialsPath)
        return try store.trialCount() > settings.trials ? (run, store) : nil
    }

    /// Whether a search has all its trials.
    ///
    /// - Throws: `DiagnosticError` where its run is damaged, or belongs to another search.
    func isFinished(_ search: StudySearch, files: InstalledFiles) throws -> Bool {
        try finished(search, files: files) != nil
    }

    /// How a search ended; nil where it isn't finished.
    ///
    /// - Throws: `DiagnosticError` where its run is damaged, or belongs to another search.
    public func result(of search: StudySearch, files: InstalledFiles = .standard) throws -> SearchResult? {
        guard let (run, store) = try finished(search, files: files) else { return nil }
        let history = TrialHistory(try store.trials())
        guard let baseline = history.baseline else { return nil }
        return SearchResult(
            search: search, run: run.path, trials: history.trials.count, infeasible: history.infeasibleCount,
            seconds: try store.secondsByActivity().reduce(0) { $0 + $1.seconds },
            best: try history.best.flatMap { trial in
                try trial.outcome.objective.map { ratio in
                    SearchResult.Best(
                        trial: trial.index, design: try store.design(ofTrial: trial.index), outcome: trial.outcome,
                        ratio: ratio)
                }
            }, baseline: baseline.outcome)
    }

    /// The configuration of a search's run.
    func configuration(of search: StudySearch, threads: Int, files: InstalledFiles) throws -> RunConfiguration {
        try RunConfiguration(
            problem: search.problem, recipe: settings.recipe(files: files), seed: search.seed, trials: settings.trials,
            threads: threads, files: files)
    }

    /// Refuses a run that was made for something else than a search asks for.
    func require(_ run: RunFolder, toBeOf search: StudySearch, files: InstalledFiles) throws {
        let expected = try configuration(of: search, threads: 1, files: files)
        guard let difference = expected.firstDifference(from: run.configuration.identityText) else { return }
        throw DiagnosticError(
            .configuration, "the run is not the one that the study asks for: \(difference)",
            at: SourceLocation(file: run.path),
            remedy: "undo the change of the problem file, or begin another study in another folder with --output")
    }
}
