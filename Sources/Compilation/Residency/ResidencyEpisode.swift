internal import Workloads

/// Decides a residency problem tensor by tensor: what an agent does where a solver would.
///
/// Tensors come in the order in which regions first touch them, weights before activations of the same region. One that doesn't fit beside those that
/// were kept before can only be given up.
public struct ResidencyEpisode: Sendable {
    public let problem: ResidencyProblem
    /// Positions among the problem's candidates, in the order in which they are decided.
    public let order: [Int]
    /// How many are decided.
    public private(set) var position = 0
    /// Cycles with nothing kept.
    public let cyclesWithoutResidency: Double
    private var kept: KeptTensors

    public init(_ problem: ResidencyProblem) {
        self.problem = problem
        let flat = problem.flat
        kept = KeptTensors(flat)
        cyclesWithoutResidency = kept.totalCycles
        order = problem.candidates.indices.sorted {
            let (a, b) = (problem.candidates[$0], problem.candidates[$1])
            return (a.uses[0].region, a.isWeight ? 0 : 1, $0) < (b.uses[0].region, b.isWeight ? 0 : 1, $1)
        }
    }

    /// Whether every tensor is decided.
    public var isComplete: Bool { position == order.count }

    /// The tensor to decide; nil at the end.
    public var candidate: ResidencyProblem.Candidate? { isComplete ? nil : problem.candidates[order[position]] }

    /// Cycles of all regions with what is kept so far.
    public var cycles: Double { kept.totalCycles }

    /// Positions among the problem's candidates of what is kept.
    public var keptCandidates: [Int] { kept.isKept.indices.filter { kept.isKept[$0] } }

    /// Whether the tensor to decide fits beside what is kept.
    public func fits() -> Bool {
        guard !isComplete else { return false }
        var kept = kept
        return kept.fits(order[position])
    }

    /// Cycles that keeping the tensor to decide would save.
    public func savedCycles() -> Double { isComplete ? 0 : kept.savedCycles(order[position]) }

    /// The share of Global Memory that is free while the tensor to decide would live, where it is fullest.
    public func freeShare() -> Double {
        guard let candidate, problem.capacityBytes > 0 else { return 0 }
        let free = candidate.live.reduce(Int.max) { min($0, kept.regions[$1].free) } - kept.weightBytes
        return max(0, Double(free) / Double(problem.capacityBytes))
    }

    /// Keeps the tensor or gives it up.
    ///
    /// - Returns: the cycles that were saved.
    /// - Precondition: a tensor is left to decide, and it fits if it is kept.
    public mutating func decide(keep: Bool) -> Double {
        precondition(!isComplete, "Every tensor is decided.")
        let index = order[position]
        position += 1
        guard keep else { return 0 }
        precondition(kept.fits(index), "A tensor that is kept fits.")
        let before = kept.totalCycles
        kept.keep(index)
        return before - kept.totalCycles
    }
}
