public import Accelerators
public import Configuration
internal import Diagnostics
public import Economics
public import Environments
internal import Simulation
public import Training

/// Whether a design pays on some workloads, against the baseline that would serve them otherwise.
///
///     let study = try InvestmentStudy(of: design, named: "my-chip.yaml", on: problem)
///     study.investment.breakEvenVolume(1)
public struct InvestmentStudy: Sendable {
    public let designName: String
    public let baselineName: String
    public let technology: String
    /// The economics file, by name.
    public let economicsName: String
    public let workloads: [Workload]
    public let investment: ReturnOnInvestment
    /// The volumes that are shown, ascending.
    public let volumes: [Int]

    /// One workload on both chips.
    public struct Workload: Hashable, Sendable {
        public var name: String
        /// Extents of its input's axes that the problem gives.
        public var dimensions: [String: Int]
        /// The share of the baseline chips that serve it.
        public var share: Double
        /// Inferences a second over the baseline's.
        public var perfRatio: Double
    }

    /// The volumes that are shown where none are given.
    public static let defaultVolumes = [
        100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
    ]

    /// The study of any design, whether or not it keeps to the problem's constraints.
    ///
    /// - Throws: `DiagnosticError` where a file is missing or wrong, where the design can't run a workload, or where a chip
    ///   can't be costed.
    public init(
        of design: Design, named name: String, on problem: Problem, economics: String? = nil,
        volumes: [Int] = defaultVolumes, files: InstalledFiles = .standard
    ) throws {
        var free = problem
        free.objective = .perf
        free.constraints = Problem.Constraints(areaMM2: .value(1e6), tdpWatts: .value(1e6))
        let evaluator = try ProblemEvaluator(free, files: files)
        try self.init(
            of: design, named: name, evaluator: evaluator, economics: economics ?? problem.economics,
            costs: nil, volumes: volumes, files: files)
    }

    /// The study of a run's best design on the run's workloads.
    ///
    /// - Throws: `DiagnosticError`: `badData` where the run has no feasible trial or is damaged; else as the other.
    public init(
        run folder: RunFolder, economics: String? = nil, volumes: [Int] = defaultVolumes,
        files: InstalledFiles = .standard
    ) throws {
        let evaluator = try folder.configuration.makeEvaluator(files: files)
        try self.init(
            of: InvestmentStudy.bestDesign(of: folder), named: folder.path, evaluator: evaluator,
            economics: economics ?? evaluator.problem.economics,
            // What the run reckoned with, if it did, whatever has become of the file.
            costs: economics == nil ? evaluator.costs : nil, volumes: volumes, files: files)
    }

    /// The best design of a run.
    ///
    /// - Throws: `DiagnosticError`, `badData`, where there is none.
    public static func bestDesign(of folder: RunFolder) throws -> Design {
        let store = try TrialStore(opening: folder.trialsPath)
        let history = TrialHistory(try store.trials())
        guard let best = history.best else {
            throw DiagnosticError(
                .badData, history.infeasibilityDiagnosis ?? "the run has made no trials yet",
                at: SourceLocation(file: folder.path),
                remedy: "go on with it: `fast resume \(shellQuoted(folder.path))`")
        }
        return try store.design(ofTrial: best.index)
    }

    private init(
        of design: Design, named name: String, evaluator: ProblemEvaluator, economics: String, costs: CostModel?,
        volumes: [Int], files: InstalledFiles
    ) throws {
        let problem = evaluator.problem
        let outcome = try evaluator.outcome(of: design)
        guard outcome.isFeasible else {
            throw DiagnosticError(
                .configuration,
                "the design cannot serve the workloads: "
                    + (outcome.infeasibility?.reason.title.lowercased() ?? ""),
                at: SourceLocation(file: name), remedy: "choose a design that every workload fits")
        }
        let weight = problem.workloads.reduce(0) { $0 + $1.weight }
        let costs =
            try costs
            ?? Economics(named: economics, in: files).costModel(
                node: Technology(named: problem.technology, in: files).name)
        designName = name
        baselineName = problem.baseline
        technology = problem.technology
        economicsName = economics
        self.volumes = volumes.sorted()
        let reference = evaluator.baselineEvaluations
        let workloads = zip(zip(problem.workloads, outcome.workloads), reference).map { pair, baseline in
            Workload(
                name: pair.0.name, dimensions: pair.0.dimensions, share: pair.0.weight / weight,
                perfRatio: pair.1.inferencesPerSecond / baseline.inferencesPerSecond)
        }
        self.workloads = workloads
        investment = try ReturnOnInvestment(
            design: ChipProfile(
                areaMM2: outcome.areaMM2, tdpWatts: outcome.tdpWatts, dram: design.datapath.dram),
            replacing: ChipProfile(
                areaMM2: evaluator.baselineTotals.areaMM2, tdpWatts: evaluator.baselineTotals.tdpWatts,
                dram: evaluator.baseline.datapath.dram),
            replaced: InvestmentStudy.chipsReplaced(workloads),
            costs: costs)
    }

    /// Baseline chips that one chip stands for: n of them, of which the share sᵢ serves workload i, do what n Σ sᵢ / rᵢ chips do
    /// that are rᵢ times as fast on it. The weighted harmonic mean of the ratios.
    static func chipsReplaced(_ workloads: [Workload]) -> Double {
        1 / workloads.reduce(0) { $0 + $1.share / $1.perfRatio }
    }
}
