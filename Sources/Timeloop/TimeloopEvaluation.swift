/// What a mapping costs, in Timeloop's terms.
public struct TimeloopEvaluation: Hashable, Sendable, Codable {
    /// What a storage level does for a tensor, summed over the level's instances.
    public struct Tensor: Hashable, Sendable, Codable {
        public var name: String
        /// Words that the level reads: for the levels within and, of a tensor that is added to, the partial sums that come back.
        public var reads: Double
        /// Words that come back from the levels within: finished and partial sums.
        public var updates: Double
        /// Words that come in from the level outside.
        public var fills: Double
        /// Words of the largest tile in one instance.
        public var tileWords: Double
        /// Energy of all accesses, pJ.
        public var energyPJ: Double
    }

    /// A storage level.
    public struct Level: Hashable, Sendable, Codable {
        public var name: String
        /// Instances that have work.
        public var instances: Double
        /// Cycles that the level's bandwidth allows.
        public var cycles: Double
        /// The tensors that the level holds.
        public var tensors: [Tensor]
    }

    /// The largest of the levels' cycles and of `computeCycles`.
    public var cycles: Double
    /// Steps of the busiest MAC.
    public var computeCycles: Double
    /// Multiply–accumulates.
    public var computes: Double
    /// Multiply–accumulates over cycles and MACs.
    public var utilization: Double
    /// Energy of all MACs and accesses, pJ.
    public var energyPJ: Double
    /// Energy times delay, J · cycles.
    public var edp: Double
    /// Storage levels, innermost first.
    public var levels: [Level]
}
