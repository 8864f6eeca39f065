public import Accelerators
public import Configuration
internal import Diagnostics
internal import Economics
public import Environments
public import Training

/// The designs of one run or several that no other one of them beats in every metric.
///
///     let study = try ParetoStudy(of: runs, in: [.perf, .tdp])
///     study.front.map(\.values)
public struct ParetoStudy: Sendable {
    /// Two or three.
    public let metrics: [ParetoMetric]
    public let workloads: [Problem.WeightedWorkload]
    public let technology: String
    public let baselineName: String
    /// The baseline's values, in the order of the metrics.
    public let baseline: [Double]
    /// Every feasible trial of the runs, in their order.
    public let feasible: [Candidate]
    /// The designs that aren't dominated, each once, the best in the first metric first.
    public let front: [Member]

    /// A feasible trial.
    public struct Candidate: Hashable, Sendable {
        /// The run folder as the user named it.
        public var run: String
        public var trial: Int
        /// In the order of the metrics.
        public var values: [Double]
    }

    /// A design of the front, by the first trial that found it.
    public struct Member: Hashable, Sendable {
        public var candidate: Candidate
        public var design: Design
        public var values: [Double] { candidate.values }
    }

    /// - Parameters:
    ///   - folders: runs on the same workloads at the same technology and with the same baseline; search space, objective and
    ///     budgets may differ.
    ///   - economics: the economics file for the metric `tco`; nil for the first run's.
    /// - Throws: `DiagnosticError`: `configuration` where a run is of other workloads, `badData` where one has no feasible
    ///   trial or is damaged, `missingInput` where a file is missing.
    public init(
        of folders: [RunFolder], in metrics: [ParetoMetric], economics: String? = nil,
        files: InstalledFiles = .standard
    ) throws {
        precondition(!folders.isEmpty && metrics.count >= 2, "A front needs a run and two metrics.")
        let problem = try folders[0].configuration.problem()
        for folder in folders.dropFirst() { try ParetoStudy.require(folder, toBeComparableWith: folders[0]) }
        let costs =
            try !metrics.contains(.tco)
            ? nil
            : Economics(named: economics ?? problem.economics, in: files).costModel(
                node: Technology(named: problem.technology, in: files).name)
        func values(of trial: Trial, in store: TrialStore) throws -> [Double] {
            let dram =
                try costs.map { _ in try store.design(ofTrial: trial.index).datapath.dram } ?? .gddr6(channels: 1)
            return try metrics.map {
                try $0.value(of: trial.outcome, workloads: problem.workloads, dram: dram, costs: costs)
            }
        }
        var baseline: [Double]?
        var feasible: [Candidate] = []
        var stores: [String: TrialStore] = [:]
        for folder in folders {
            let store = try TrialStore(opening: folder.trialsPath)
            stores[folder.path] = store
            let history = TrialHistory(try store.trials())
            let found = history.trials.filter(\.outcome.isFeasible)
            guard let reference = history.baseline, !found.isEmpty else {
                throw DiagnosticError(
                    .badData,
                    history.infeasibilityDiagnosis ?? "the run has made no trials yet",
                    at: SourceLocation(file: folder.path),
                    remedy: "leave the run out, or go on with it: `fast resume \(shellQuoted(folder.path))`")
            }
            baseline = try baseline ?? values(of: reference, in: store)
            for trial in found {
                try ParetoStudy.require(trial, toHave: problem.workloads, in: store)
                feasible.append(
                    Candidate(run: folder.path, trial: trial.index, values: try values(of: trial, in: store)))
            }
        }
        self.metrics = metrics
        workloads = problem.workloads
        technology = problem.technology
        baselineName = problem.baseline
        self.baseline = baseline ?? []
        self.feasible = feasible
        front = try ParetoStudy.front(of: feasible, metrics: metrics) { candidate in
            guard let store = stores[candidate.run] else { preconditionFailure("Every candidate has a store.") }
            return try store.design(ofTrial: candidate.trial)
        }
    }

    /// The candidates that aren't dominated, each design once.
    private static func front(
        of candidates: [Candidate], metrics: [ParetoMetric], design: (Candidate) throws -> Design
    ) throws -> [Member] {
        let points = candidates.map { candidate in
            zip(metrics, candidate.values).map { $0.isMoreBetter ? -$1 : $1 }
        }
        var seen: Set<Design> = []
        let members = try nonDominated(points).compactMap { index -> (point: [Double], member: Member)? in
            let design = try design(candidates[index])
            guard seen.insert(design).inserted else { return nil }
            return (points[index], Member(candidate: candidates[index], design: design))
        }
        return members.enumerated().sorted {
            $0.element.point == $1.element.point
                ? $0.offset < $1.offset : $0.element.point.lexicographicallyPrecedes($1.element.point)
        }.map(\.element.member)
    }

    private static func require(_ folder: RunFolder, toBeComparableWith first: RunFolder) throws {
        let (one, other) = (try first.configuration.problem(), try folder.configuration.problem())
        func error(_ what: String, _ expected: String, _ found: String) -> DiagnosticError {
            DiagnosticError(
                .configuration, "expected \(what) of \(first.path), \(expected), found \(found)",
                at: SourceLocation(file: folder.path), remedy: "compare runs on the same problem")
        }
        func names(_ problem: Problem) -> String {
            problem.workloads.map { $0.weight == 1 ? $0.title : "\($0.title) (weight \($0.weight.tickText))" }
                .joined(separator: ", ")
        }
        guard one.workloads == other.workloads else { throw error("the workloads", names(one), names(other)) }
        for role in ["technology", "baseline"] {
            let (mine, its) = (try first.configuration.document(role), try folder.configuration.document(role))
            guard mine.text == its.text else {
                throw error(
                    "the \(role)", mine.name, its.name == mine.name ? "another file of that name" : its.name)
            }
        }
    }

    /// A trial that was written by something else, or damaged, may have any rows.
    private static func require(
        _ trial: Trial, toHave workloads: [Problem.WeightedWorkload], in store: TrialStore
    ) throws {
        let names = trial.outcome.workloads.map(\.workload)
        let figures =
            [trial.outcome.areaMM2, trial.outcome.tdpWatts]
            + trial.outcome.workloads.flatMap { [$0.inferencesPerSecond, $0.latencySeconds, $0.energyJoules] }
        let isSound = figures.allSatisfy { $0.isFinite && $0 > 0 }
        guard names == workloads.map(\.name), isSound else {
            throw DiagnosticError(
                .badData,
                "expected positive figures of \(workloads.map(\.name).listed), found "
                    + (names.isEmpty ? "none" : names == workloads.map(\.name) ? "others" : names.listed),
                at: SourceLocation(file: store.path, field: "trial \(trial.index)"),
                remedy: "restore the file from a copy")
        }
    }
}
