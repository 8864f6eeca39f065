public import Accelerators
public import Environments
public import Simulation
public import Training

/// Everything that a report shows; rendering it needs no file and no simulator.
public struct ReportData: Sendable {
    public var run: RunDescription
    public var objective: Objective
    /// The technology node that area, power and energy are of.
    public var technology: String
    /// What designs must keep to.
    public var budget: Budget
    /// The longest time of a pass that is allowed; nil for any.
    public var latencyLimitSeconds: Double?
    public var baseline: Chip
    /// The best feasible design; nil where no trial was feasible.
    public var best: BestDesign?
    /// A comparison a workload, in the problem's order.
    public var workloads: [WorkloadComparison]
    public var history: TrialHistory

    public init(
        run: RunDescription, objective: Objective, technology: String, budget: Budget,
        latencyLimitSeconds: Double? = nil, baseline: Chip, best: BestDesign?, workloads: [WorkloadComparison],
        history: TrialHistory
    ) {
        self.run = run
        self.objective = objective
        self.technology = technology
        self.budget = budget
        self.latencyLimitSeconds = latencyLimitSeconds
        self.baseline = baseline
        self.best = best
        self.workloads = workloads
        self.history = history
    }

    /// A design by name, with what it takes.
    public struct Chip: Sendable {
        public var name: String
        public var design: Design
        public var cost: HardwareCost
        /// Total cost of ownership; nil where the objective doesn't ask for it.
        public var ownershipUSD: Double?

        public init(name: String, design: Design, cost: HardwareCost, ownershipUSD: Double? = nil) {
            self.name = name
            self.design = design
            self.cost = cost
            self.ownershipUSD = ownershipUSD
        }
    }

    /// The design that the search found.
    public struct BestDesign: Sendable {
        public var chip: Chip
        /// The trial that found it.
        public var trial: Int
        /// The objective over the baseline's, as evaluated for the report.
        public var objectiveRatio: Double
        /// The same as it was recorded when the trial was made.
        public var recordedObjectiveRatio: Double

        public init(chip: Chip, trial: Int, objectiveRatio: Double, recordedObjectiveRatio: Double) {
            self.chip = chip
            self.trial = trial
            self.objectiveRatio = objectiveRatio
            self.recordedObjectiveRatio = recordedObjectiveRatio
        }

        /// Whether the simulator gives another result than when the trial was made.
        public var hasDrifted: Bool {
            !(abs(objectiveRatio - recordedObjectiveRatio) <= 1e-9 * abs(recordedObjectiveRatio))
        }
    }

    /// One workload on both chips.
    public struct WorkloadComparison: Sendable {
        public var name: String
        /// Extents of its input's axes that the problem gives.
        public var dimensions: [String: Int]
        /// Its weight in the geometric mean.
        public var weight: Double
        public var baseline: Evaluation
        /// nil where no trial was feasible.
        public var best: Evaluation?
        /// What each of the compiler's passes is worth on the best design.
        public var passEffects: [PassEffect]

        public init(
            name: String, dimensions: [String: Int] = [:], weight: Double = 1, baseline: Evaluation, best: Evaluation?,
            passEffects: [PassEffect] = []
        ) {
            self.name = name
            self.dimensions = dimensions
            self.weight = weight
            self.baseline = baseline
            self.best = best
            self.passEffects = passEffects
        }
    }
}

/// How a run was made, for a report.
public struct RunDescription: Sendable {
    /// The run folder as the user named it.
    public var path: String
    /// The problem and the agent, as they were named when the run was started.
    public var problem: String
    public var agent: String
    /// What names them to make the run again: see `RunConfiguration.arguments(files:)`.
    public var arguments: (problem: String, agent: String)
    public var seed: UInt64
    /// How many trials the run may have.
    public var budget: Int
    /// The hash of what decides the trials.
    public var hash: String
    /// The run's configuration file.
    public var configurationText: String
    /// Seconds spent on each activity.
    public var secondsByActivity: [(activity: String, seconds: Double)]

    public init(
        path: String, problem: String, agent: String, arguments: (problem: String, agent: String), seed: UInt64,
        budget: Int, hash: String, configurationText: String, secondsByActivity: [(activity: String, seconds: Double)]
    ) {
        self.path = path
        self.problem = problem
        self.agent = agent
        self.arguments = arguments
        self.seed = seed
        self.budget = budget
        self.hash = hash
        self.configurationText = configurationText
        self.secondsByActivity = secondsByActivity
    }
}

extension ReportData {
    /// What makes the best design differ from the baseline on a workload; nil where there is none.
    public func factors(of comparison: WorkloadComparison) -> PerfFactors? {
        guard let best, let evaluation = comparison.best else { return nil }
        return PerfFactors(
            of: evaluation, on: best.chip.design.datapath, over: comparison.baseline, on: baseline.design.datapath)
    }
}
