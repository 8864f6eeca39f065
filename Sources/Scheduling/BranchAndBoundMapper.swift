public import Workloads

/// The mapper: branch and bound over units, spatial unrollings, tiles and loop orders.
///
/// Branches are the unit and the pair of dimensions that the PE grid shares out; the cycles of a branch are bounded by its compute
/// cycles, were each PE's share one tile, and by the compulsory bytes at every level. They are taken in the order of their bounds until the
/// best mapping found reaches the next one's.
public struct BranchAndBoundMapper: Mapper {
    public init() {}

    public func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        var search = MappingSearch(nest, on: view, under: constraints)
        search.run()
        guard let fastest = search.best else {
            throw UnmappableOperator(nest, on: view)
        }
        var (best, mappingsCosted, isLeastEnergy) = (fastest, search.mappingsCosted, false)
        if constraints.objective == .latencyThenEnergy {
            var saving = MappingSearch(nest, on: view, under: constraints, asFastAs: fastest)
            saving.run()
            best = saving.best ?? fastest
            mappingsCosted += saving.mappingsCosted
            isLeastEnergy = search.isProven && saving.isProven
        }
        return MappedOperator(
            nest: nest, mapping: best.mapping, cost: search.analysis.cost(of: best.mapping), cycles: best.cycles,
            lowerBoundCycles: search.lowerBoundCycles, idealCycles: search.idealCycles, provenOptimal: search.isProven,
            provenLeastEnergy: isLeastEnergy, mappingsCosted: mappingsCosted)
    }
}
