internal import Accelerators
internal import Diagnostics
internal import Scheduling

/// Maps a problem on an architecture of the reference's shape, costed by `TimeloopModel` alone.
///
///     let mapper = try ReferenceMapper(architecture, problem)
///     let found = try mapper.bestMapping(for: .latency, using: &generator)
///     print(found.evaluation.cycles, found.mapping.yaml(on: architecture, of: problem))
///
/// Nothing is proven: what is found depends on the generator's seed.
public struct ReferenceMapper: Sendable {
    /// What is made small.
    public enum Objective: String, Sendable, CaseIterable {
        /// Cycles, and of equals energy.
        case latency
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

    /// How many steps of simulated annealing a search takes unless told otherwise.
    public static let defaultSteps = 20_000

    private let space: ReferenceSpace
    private let model: TimeloopModel

    /// Instances that no mapping found will use, a sentence each; none where the architecture is of the reference's shape.
    public var notes: [String] { space.notes }

    /// - Throws: `DiagnosticError` (`badData`) where the architecture or the problem isn't of the reference's shape.
    public init(_ architecture: TimeloopArchitecture, _ problem: TimeloopProblem) throws {
        space = try ReferenceSpace(architecture, problem)
        model = TimeloopModel(architecture, problem)
    }

    /// The best mapping found next to the branch-and-bound mapper's, and in so many steps of simulated annealing from there.
    ///
    /// - Parameter steps: of annealing; a step costs some 10 µs. What comes before and after takes as long as about 10,000.
    /// - Throws: `DiagnosticError` (`badData`) where no tile fits.
    public func bestMapping(
        for objective: Objective, steps: Int = defaultSteps, using generator: inout some RandomNumberGenerator
    ) throws -> Result {
        let seeds = [ReferenceTiling(in: space)] + seeds(objective)
        guard var search = ReferenceSearch(space, model, objective, from: seeds) else { throw nothingFits }
        // What annealing ends in may be worse than what is next to the seeds.
        search.descend()
        search.anneal(steps: steps, using: &generator)
        search.descend()
        return Result(
            mapping: search.best.tiling.mapping(in: space), evaluation: search.best.evaluation,
            evaluated: search.evaluated)
    }

    /// The branch-and-bound mapper's mapping under the reference's assumptions, with each order of the dimensions down the array's rows.
    ///
    /// None where it finds none: it wants a whole filter in a PE, and counts in whole numbers that huge problems overflow.
    private func seeds(_ objective: Objective) -> [ReferenceTiling] {
        guard space.isModest else { return [] }
        let constraints = MappingConstraints(
            dataflow: .weightStationary, objective: objective == .latency ? .latency : .edp,
            energies: space.mappingEnergies)
        guard
            let mapped = try? BranchAndBoundMapper().bestMapping(
                of: space.loopNest, on: space.schedulingView, under: constraints)
        else { return [] }
        return ReferenceTiling.tilings(of: mapped.mapping, in: space)
    }

    /// What is wrong with the smallest tiles.
    private var nothingFits: DiagnosticError {
        var fault = DiagnosticError(
            .badData, "expected an architecture that some mapping fits, found none", at: model.architecture.location,
            remedy: "make buffers larger, lower min_utilization, or raise bandwidths")
        do {
            _ = try model.evaluate(ReferenceTiling(in: space).mapping(in: space))
        } catch let error as DiagnosticError {
            fault.message += "; with the smallest tiles: " + error.message
        } catch {}
        return fault
    }
}
