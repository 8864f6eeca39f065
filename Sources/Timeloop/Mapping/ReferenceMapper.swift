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

    /// The best mapping found in so many steps of simulated annealing, and a descent after it.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where no tile fits.
    public func bestMapping(
        for objective: Objective, steps: Int = 10_000, using generator: inout some RandomNumberGenerator
    ) throws -> Result {
        var search = try ReferenceSearch(space, model, objective, from: ReferenceTiling(in: space))
        search.anneal(steps: steps, using: &generator)
        search.descend()
        return Result(
            mapping: search.best.tiling.mapping(in: space), evaluation: search.best.evaluation,
            evaluated: search.evaluated)
    }
}
