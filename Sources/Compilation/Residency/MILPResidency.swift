public import MILP

/// Decides residency to proven optimality with HiGHS, starting from the answer of `ResidencySearch`.
///
///     let residency = try MILPResidency(timeLimitSeconds: 10).solve(problem)
///     print(residency.isProvenOptimal, residency.gap, residency.warning ?? "")
///
/// When time runs out, the best answer known is given, with its gap and a warning.
public struct MILPResidency: ResidencySolver {
    public let name = "milp"
    public var solver: HighsSolver
    /// Whether HiGHS is given the answer of `ResidencySearch`, and not asked where that is proven optimal.
    public var startsFromSearch = true

    /// - Throws: `libraryMissing` or `libraryUnusable` where HiGHS can't be loaded.
    public init(timeLimitSeconds: Double = 60) throws(MILPError) {
        solver = try HighsSolver()
        solver.options.timeLimitSeconds = timeLimitSeconds
    }

    public func solve(_ problem: ResidencyProblem) -> Residency {
        let start =
            startsFromSearch
            ? ResidencySearch().solve(problem)
            : Residency(problem, keeping: [], lowerBoundCycles: problem.flat.cyclesWithEverythingKept)
        guard !startsFromSearch || !start.isProvenOptimal else { return start }
        let solution: MixedIntegerSolution
        do throws(MILPError) {
            solution = try solver.solve(problem.program(), startingFrom: problem.assignment(keeping: start.kept))
        } catch {
            return start.warning("the MILP solver failed, this is the fast solver's answer: \(error)")
        }
        let bound = max(start.lowerBoundCycles, solution.bestBound)
        var best = start
        best.lowerBoundCycles = min(bound, best.objectiveCycles)
        if !solution.values.isEmpty {
            let flat = problem.flat
            var state = KeptTensors(flat)
            // HiGHS keeps capacities up to rounding only.
            for (index, variable) in problem.variables where solution.values[variable.index] > 0.5 {
                if state.fits(index) { state.keep(index) }
            }
            state.settle(flat.byDensity)
            let found = Residency(problem, keeping: state.kept, lowerBoundCycles: bound)
            if found.objectiveCycles < best.objectiveCycles { best = found }
        }
        guard !best.isProvenOptimal else { return best }
        let limit = solver.options.timeLimitSeconds
        return best.warning(
            "the MILP solver stopped at its time limit of \(limit) s: the best residency found takes up to "
                + "\((1e6 * best.gap).rounded(.up) / 1e4)% longer than the optimum")
    }
}

extension Residency {
    fileprivate func warning(_ text: String) -> Residency {
        var copy = self
        copy.warning = text
        return copy
    }
}
