/// Keeps the tensors that save the most DRAM traffic for the space and time that they take, while they fit.
///
/// Tensors are tried in the order of bytes saved over bytes × regions occupied. First those that shorten the total time are kept, until no
/// more does; then those that still fit, since what they save in DRAM energy costs nothing.
public struct GreedyResidency: ResidencySolver {
    public let name = "greedy"

    public init() {}

    public func solve(_ problem: ResidencyProblem) -> Residency {
        let flat = problem.flat
        let order = flat.byDensity
        var state = Self.keepingWhatSavesTime(flat, order)
        state.keepWhatFits(order, mustSaveTime: false)
        return Residency(problem, keeping: state.kept, lowerBoundCycles: flat.cyclesWithEverythingKept)
    }

    /// The cycles of the residency that `solve` finds.
    func cycles(_ problem: ResidencyProblem) -> Double {
        let flat = problem.flat
        return Self.keepingWhatSavesTime(flat, flat.byDensity).totalCycles
    }

    private static func keepingWhatSavesTime(_ flat: FlatResidency, _ order: [Int]) -> KeptTensors {
        var state = KeptTensors(flat)
        state.keepWhatFits(order, mustSaveTime: true)
        state.keepWhatFits(order, mustSaveTime: true)
        return state
    }
}
