/// The designs that were found, scored anew under another assumption than ours.
///
/// Perf of a design depends on no constant of the hardware model, and a baseline that is slower or hungrier is so for all designs of a
/// workload alike: the best of a search stays the best, and what was found need not be searched for again. Only what changes the designs'
/// own TDP, or their budgets, could lead a search elsewhere; the rows say so.
public struct Assumption: Hashable, Sendable, Codable {
    public let name: String
    /// What is taken to be otherwise, in a sentence.
    public let change: String
    /// Geometric mean over the single designs of Perf/TDP over the baseline's, by seed; nil where it cannot be told.
    public let single: Spread?
    /// The same over the workloads of the suite's design.
    public let suite: Spread?
    /// Whether a search under the assumption would find the same designs.
    public let keepsOptimum: Bool
}

/// One constant of the hardware model at the ends of its range, all else as it ships.
public struct ConstantEffect: Hashable, Sendable, Codable {
    public let constant: String
    public let unit: String
    public let value: Double
    public let low: Double
    public let high: Double
    /// Geometric mean over the single designs with the constant at its low end, and at its high end.
    public let singleAtLow: Double
    public let singleAtHigh: Double
    /// The same for the suite's design; nil where there is none.
    public let suiteAtLow: Double?
    public let suiteAtHigh: Double?
}

/// Searches under another assumption, beside those under ours.
public struct SearchedAssumption: Sendable {
    public let name: String
    public let change: String
    public let workload: String
    /// The single searches, one a seed.
    public let reference: [SearchResult]
    /// Those under the assumption.
    public let results: [SearchResult]
    /// What turns a ratio of the searches under the assumption into one to our baseline.
    public let factor: Double
}
