/// One design evaluated: what was decided, and what came of it.
public struct Trial: Hashable, Sendable, Codable {
    /// Position in the run: 0 is the baseline, the agent's own begin at 1.
    public var index: Int
    /// The choice's index for each parameter of the search space, in its order; nil where the parameter doesn't apply (an L2
    /// size with L2 disabled). Empty for the baseline, which need not lie in the space.
    public var decisions: [Int?]
    public var outcome: Outcome

    public init(index: Int, decisions: [Int?], outcome: Outcome) {
        self.index = index
        self.decisions = decisions
        self.outcome = outcome
    }
}

/// What came of evaluating a design on a problem.
public struct Outcome: Hashable, Sendable, Codable {
    /// The objective as a ratio to the baseline's (for a suite, the geometric mean over its workloads); nil when infeasible.
    public var objective: Double?
    /// log(objective) when feasible; when infeasible a bounded value below every feasible one, lower the further the design is
    /// from the constraint it breaks.
    public var reward: Double
    /// Why the design is infeasible; nil when it is feasible.
    public var infeasibility: Infeasibility?
    public var areaMM2: Double
    public var tdpWatts: Double
    /// A row a workload of the problem, in its order; empty where the design broke a constraint that needs no simulation.
    public var workloads: [WorkloadMetrics]

    public init(
        objective: Double?, reward: Double, infeasibility: Infeasibility?, areaMM2: Double, tdpWatts: Double,
        workloads: [WorkloadMetrics]
    ) {
        self.objective = objective
        self.reward = reward
        self.infeasibility = infeasibility
        self.areaMM2 = areaMM2
        self.tdpWatts = tdpWatts
        self.workloads = workloads
    }

    public var isFeasible: Bool { infeasibility == nil }
}

/// The constraint that a design breaks, and by how much.
public struct Infeasibility: Hashable, Sendable, Codable {
    public enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        case area, tdp, latency, notMappable
    }

    public var reason: Reason
    /// The value found over the value allowed; above 1.
    public var excess: Double

    public init(reason: Reason, excess: Double) {
        self.reason = reason
        self.excess = excess
    }
}

/// What one workload does in a trial.
public struct WorkloadMetrics: Hashable, Sendable, Codable {
    public var workload: String
    public var inferencesPerSecond: Double
    public var latencySeconds: Double
    public var energyJoules: Double
    public var utilization: Double
    /// Its own objective as a ratio to the baseline's.
    public var objectiveRatio: Double

    public init(
        workload: String, inferencesPerSecond: Double, latencySeconds: Double, energyJoules: Double,
        utilization: Double, objectiveRatio: Double
    ) {
        self.workload = workload
        self.inferencesPerSecond = inferencesPerSecond
        self.latencySeconds = latencySeconds
        self.energyJoules = energyJoules
        self.utilization = utilization
        self.objectiveRatio = objectiveRatio
    }
}
