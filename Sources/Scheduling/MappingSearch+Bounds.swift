import Accelerators
import Workloads

/// What no mapping of a branch can beat.
extension MappingSearch {
    /// Elements K·C of a matrix above which capacity isn't looked at.
    private static let largeMatrix = 1e8

    mutating func raiseBound(of index: Int, to score: Score) {
        let bound = branches[index].bound
        guard bound < score else { return }
        branches[index].bound = score
        // The least score need not be that of the fewest cycles.
        if !comparesCycles { branches[index].bound.cycles = bound.cycles }
    }

    /// Bounds a branch by how finely its PEs' buffers cut any tiling.
    mutating func boundByCapacity(_ index: Int) {
        branches[index].tightness = .capacity
        capacityBounds += 1
        // About 4·√(K·C) depths make a difference: of matrices that large the simple bound has to do.
        guard Double(whole[.outputChannels]) * Double(whole[.inputChannels]) < MappingSearch.largeMatrix else { return }
        let branch = branches[index]
        let pes = view.peGrid
        // What is no better than the best so far need not be known to the last.
        let limit = best?.score ?? .none
        var least = leastByCapacity(branch, sharedBy: pes, staging: view.stagingBytes, below: limit)
        // Where Global Memory makes no difference, fewer PEs gain nothing by it.
        if view.stagingBytes != nil,
            leastByCapacity(branch, sharedBy: pes, staging: nil, below: least?.score ?? limit) != nil
        {
            least = leastWithFewerPEs(branch, below: least?.score ?? limit) ?? least
        }
        guard let least else {
            // No tile fits, or none is better.
            raiseBound(of: index, to: limit)
            branches[index].isExplored = true
            return
        }
        branches[index].depth = least.depth
        raiseBound(of: index, to: least.score)
    }

    /// With half of the PEs along an axis, or fewer, more of Global Memory is left to each.
    mutating func leastWithFewerPEs(_ branch: Branch, below limit: Score = .none)
        -> (score: Score, depth: CapacityBound.Depth)?
    {
        let pes = view.peGrid
        var least: (score: Score, depth: CapacityBound.Depth)?
        let halves = [Extent2D(x: pes.x / 2, y: pes.y), Extent2D(x: pes.x, y: pes.y / 2)]
        for (half, dimension) in zip(halves, [branch.x, branch.y]) where dimension != nil {
            least = leastByCapacity(branch, sharedBy: half, staging: nil, below: least?.score ?? limit) ?? least
        }
        return least
    }

    private mutating func leastByCapacity(
        _ branch: Branch, sharedBy pes: Extent2D, staging: Int?, below limit: Score
    ) -> (score: Score, depth: CapacityBound.Depth)? {
        let factors = factors(of: branch, pes)
        let l2Bytes = view.l2 == nil ? nil : gridBytes(factors)
        return CapacityScoring(
            unit: units[branch.unit], share: whole.tiles(of: factors), factors: factors,
            operandBytes: operandBytes, gridBytes: l2Bytes, reductionCycles: branch.reductionCycles, scoring: scoring,
            staging: staging
        ).least(analysis, below: limit)
    }

    /// The least bytes between the level above and the L2s of PEs that share the nest.
    private mutating func gridBytes(_ factors: Extents) -> Double {
        if let known = l2Bytes[factors] { return known }
        var least = Double.infinity
        if let l2 = view.l2 {
            let (analysis, operandBytes, outputs) = (analysis, operandBytes, scoring.gridOutputBytes)
            CapacityBound(analysis, factors: factors, in: l2, staging: nil).forEachDepth(
                where: { analysis.leastBytes(cutInto: $0, operandBytes, outputs: outputs) < least }
            ) { tiles in
                least = min(least, analysis.leastBytes(cutInto: tiles, operandBytes, outputs: outputs))
            }
        }
        l2Bytes[factors] = least
        return least
    }

    /// Bounds a branch by the least traffic of any of its tiles.
    mutating func boundByTiles(_ index: Int) {
        branches[index].tightness = .tiles
        let optimum = gridOptimum(branches[index])
        guard optimum.isExact else { return }
        let least = scoring.bound(
            computeCycles: branches[index].computeCycles, startCycles: units[branches[index].unit].startCycles,
            gridBytes: optimum.bytes)
        raiseBound(of: index, to: least)
    }

    func factors(of branch: Branch, _ pes: Extent2D) -> Extents {
        var factors = Extents()
        if let x = branch.x { factors[x] &*= max(1, pes.x) }
        if let y = branch.y { factors[y] &*= max(1, pes.y) }
        return factors.clamped(to: whole)
    }

    mutating func gridOptimum(_ branch: Branch) -> TrafficOptimum {
        let factors = factors(of: branch, view.peGrid)
        if let known = gridOptima[factors] { return known }
        let optimum = TrafficOptimum(
            analysis, factors: factors, capacity: .buffers(view.l2 ?? view.l1), outputBytes: scoring.gridOutputBytes,
            budget: MappingSearch.tileBudget - tilesTried)
        tilesTried += optimum.tried
        gridOptima[factors] = optimum
        return optimum
    }
}
