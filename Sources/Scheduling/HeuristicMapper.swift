internal import Accelerators
public import Workloads

/// A mapper that costs a few hundred well-chosen mappings of every unit, dataflow and spatial unrolling exactly, and takes the best.
///
/// Units and unrollings are tried in the order of their compute cycles with tiles as large as a PE's share, which no smaller tile
/// beats; the search ends where that bound reaches the best mapping found.
public struct HeuristicMapper: Mapper {
    public init() {}

    public func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        let paddings: [CompilerOptions.Padding] =
            constraints.padding == .searched ? [.array, .none] : [constraints.padding]
        var searches: [TileSearch] = []
        for padding in paddings {
            for unit in SpatialUnrolling.units(for: nest, on: view, dataflow: constraints.dataflow) {
                let unitView = padding == .none ? view.withExactDivisors(of: nest, unit: unit) : view
                searches.append(
                    TileSearch(
                        nest: nest, view: unitView, originalView: view, unit: unit, objective: constraints.objective))
            }
        }
        var choices: [(bound: Double, search: Int, unrolling: SpatialUnrolling)] = []
        for (index, search) in searches.enumerated() {
            for (bound, unrolling) in search.unrollings() { choices.append((bound, index, unrolling)) }
        }
        choices.sort { ($0.bound, $0.search) < ($1.bound, $1.search) }

        var best: Candidate?
        var globalTiles: [Extents: GlobalTile] = [:]
        for choice in choices {
            let search = searches[choice.search]
            guard search.canImprove(best, computeCycles: choice.bound) else { break }
            search.improve(&best, with: choice.unrolling, bound: choice.bound, globalTiles: &globalTiles)
        }
        guard let best else {
            throw UnmappableOperator(nest, on: view, gridFactors: choices.map(\.unrolling.gridFactors))
        }
        return MappedOperator(
            nest: nest, mapping: best.mapping, cost: best.cost, cycles: best.cycles,
            lowerBoundCycles: MappedOperator.lowerBoundCycles(of: nest, on: view))
    }
}

/// A mapping under consideration, with what mappings are compared by.
struct Candidate {
    var mapping: Mapping
    var cost: MappingCost
    /// Cycles in all.
    var cycles: Double
    /// Cycles of the busiest resource.
    var busyCycles: Double
    /// Cycles of the busiest resource on the chip.
    var onChipCycles: Double
    /// What the objective makes small, without the start that no resource is busy in.
    var busyScore: Double
    var score: Double
    var movement: Double

    init(_ mapping: Mapping, _ cost: MappingCost, on view: SchedulingView, objective: MappingConstraints.Objective) {
        self.mapping = mapping
        self.cost = cost
        onChipCycles = max(cost.arrayCycles, cost.vectorCycles, cost.l2Cycles, cost.globalMemoryCycles(on: view))
        busyCycles = max(onChipCycles, cost.dram.total / view.dramBytesPerCycle)
        cycles = busyCycles + cost.startCycles(on: view)
        busyScore = objective.score(cycles: busyCycles, onChipCycles: onChipCycles)
        score = objective.score(cycles: cycles, onChipCycles: onChipCycles)
        movement = cost.movement
    }

    func isBetter(than other: Candidate) -> Bool {
        if score != other.score { return score < other.score }
        if onChipCycles != other.onChipCycles { return onChipCycles < other.onChipCycles }
        if movement != other.movement { return movement < other.movement }
        return cost.globalMemoryTileBytes < other.cost.globalMemoryTileBytes
    }
}

extension MappingConstraints.Objective {
    func score(cycles: Double, onChipCycles: Double) -> Double {
        switch self {
        case .latency: cycles
        case .residency: cycles + onChipCycles
        }
    }
}

extension SchedulingView {
    /// The same with an array as small as the largest divisors of what a unit lays on it: nothing is padded.
    func withExactDivisors(of nest: LoopNest, unit: ComputeUnit) -> SchedulingView {
        let reduction = nest.inputChannels * nest.filterHeight * nest.filterWidth
        let rows = nest.batch * nest.outputHeight * nest.outputWidth
        let (onRows, onColumns) =
            switch unit {
            case .array(.weightStationary), .arrayBlockDiagonal, .vector: (reduction, nest.outputChannels)
            case .array(.outputStationary): (rows, nest.outputChannels)
            case .array(.inputStationary): (reduction, rows)
            }
        var view = self
        view.array.rows = largestDivisor(of: onRows, upTo: array.rows)
        view.array.columns = largestDivisor(of: onColumns, upTo: array.columns)
        return view
    }
}

private func largestDivisor(of number: Int, upTo limit: Int) -> Int {
    var divisor = min(number, limit)
    while number % divisor != 0 { divisor -= 1 }
    return divisor
}
