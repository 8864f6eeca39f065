/// What a solver found out about a mixed-integer program.
public struct MixedIntegerSolution: Hashable, Sendable {
    public enum Status: Hashable, Sendable, CaseIterable {
        /// No assignment is better by more than the relative gap asked for.
        case optimal
        /// The assignment keeps all constraints; time ran out before it was proven the best.
        case feasible
        /// No assignment keeps all constraints.
        case infeasible
        /// Assignments keep all constraints and make the objective as small as one likes.
        case unbounded
        /// Time ran out before an assignment was found or excluded.
        case unsolved
    }

    public var status: Status
    /// The objective of `values`, offset included; nil where there are none.
    public var objective: Double?
    /// No assignment has a smaller objective: -infinity where nothing is known, infinity where there is none at all.
    public var bestBound: Double
    /// The values of the program's variables in their order, those of integer variables whole; empty where the status is neither
    /// `optimal` nor `feasible`.
    public var values: [Double]
    /// By how much `values` break the rule of the program that they break most: rounding, as a rule below 1e-6.
    public var largestViolation: Double
    /// What solving took, in seconds of wall-clock time.
    public var seconds: Double

    public init(
        status: Status, objective: Double? = nil, bestBound: Double, values: [Double] = [],
        largestViolation: Double = 0, seconds: Double
    ) {
        self.status = status
        self.objective = objective
        self.bestBound = bestBound
        self.values = values
        self.largestViolation = largestViolation
        self.seconds = seconds
    }

    /// By how much the best assignment could be better, as a part of the objective's magnitude: 0 where this one is the best,
    /// infinity where the objective is 0 and may be less, nil where there is no assignment.
    public var relativeGap: Double? {
        guard let objective else { return nil }
        return objective <= bestBound ? 0 : (objective - bestBound) / abs(objective)
    }
}
