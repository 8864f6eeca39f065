internal import Accelerators
internal import Scheduling

/// Maps a problem on an architecture of the reference's shape, costed by `TimeloopModel` alone.
public struct ReferenceMapper: Sendable {
    /// What is made small.
    public enum Objective: String, Sendable, CaseIterable {
        /// Cycles, and of equals energy.
        case delay
        /// Energy times cycles.
        case edp
    }

    /// A mapping found.
    public struct Result: Sendable {
        public var mapping: TimeloopMapping
        public var evaluation: TimeloopEvaluation
        /// How many mappings were evaluated to find it.
        public var evaluated: Int
    }

    private let space: ReferenceSpace
    private let model: TimeloopModel

    /// - Throws: `DiagnosticError` (`badData`) where the architecture or the problem isn't of the reference's shape.
    public init(_ architecture: TimeloopArchitecture, _ problem: TimeloopProblem) throws {
        space = try ReferenceSpace(architecture, problem)
        model = TimeloopModel(architecture, problem)
    }

    /// The branch-and-bound mapper's mapping under the reference's assumptions, with each order of the dimensions down the array's rows.
    private func seeds(_ objective: Objective) throws -> [ReferenceTiling] {
        let constraints = MappingConstraints(
            dataflow: .weightStationary, objective: objective == .delay ? .latency : .edp,
            energies: space.mappingEnergies)
        let mapped = try BranchAndBoundMapper().bestMapping(
            of: space.loopNest, on: space.schedulingView, under: constraints)
        return ReferenceTiling.tilings(of: mapped.mapping, in: space)
    }

    /// The best mapping found next to the branch-and-bound mapper's, and in so many steps of simulated annealing from there.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where no tile fits.
    public func bestMapping(
        for objective: Objective, steps: Int = 20_000, using generator: inout some RandomNumberGenerator
    ) throws -> Result {
        var search = try ReferenceSearch(space, model, objective, from: ReferenceTiling(in: space))
        for tiling in try seeds(objective) { search.consider(tiling) }
        // What annealing ends in may be worse than what is next to the seeds.
        search.descend()
        search.anneal(steps: steps, using: &generator)
        search.descend()
        return Result(
            mapping: search.best.tiling.mapping(in: space), evaluation: search.best.evaluation,
            evaluated: search.evaluated)
    }
}
