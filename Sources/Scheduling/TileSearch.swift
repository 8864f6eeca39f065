import Accelerators
import Workloads

/// The search for tiles and loop orders once the unit is chosen.
struct TileSearch {
    let nest: LoopNest
    let view: SchedulingView
    let analysis: NestAnalysis
    let unit: MappingSearch.Unit
    let criterion: Criterion
    let constraint: TileConstraint
    let compulsoryBytes: Double
    /// The tile of Global Memory that moves the fewest bytes from and to DRAM; nil where there is no Global Memory.
    let dramOptimum: TrafficOptimum?

    var whole: Extents { analysis.whole }

    /// Replaces the best mapping so far where an unrolling has a better one.
    ///
    /// A PE's tile for which the level above moves the fewest bytes is tried first, if it is known, then tiles from the largest on; the search
    /// ends with the first mapping that reaches the bound, and once there is a mapping after so many tiles.
    func improve(
        _ best: inout Candidate?, with unrolling: SpatialUnrolling, tile: Extents?,
        depth: CapacityBound.Depth?, bound: Score, mostTiles: Int,
        globalTiles: inout [Extents: GlobalTile], costed: inout Int
    ) {
        if var tile {
            tile[.groups] = min(unrolling.peShare[.groups], groupsAtOnce)
            // The tile that moves the fewest bytes may be more than a PE's share, where neighbours share a window's rows.
            let unrolling = unrolling.sparing(tile, of: whole)
            tile = tile.clamped(to: unrolling.peShare)
            if !fits(tile, unrolling.gridFactors, inL2: view.l2 != nil) { tile[.groups] = 1 }
            if !fits(tile, unrolling.gridFactors, inL2: view.l2 != nil) {
                // All PEs' tiles together are more than Global Memory holds.
            } else if view.l2 == nil {
                consider(&best, unrolling, l1Tile: tile, l2Tile: tile, &globalTiles, &costed)
            } else {
                var inner = unrolling
                inner.peShare = tile
                forEachL1Tile(inner, where: { _ in true }) { l1Tile in
                    consider(&best, unrolling, l1Tile: l1Tile, l2Tile: tile, &globalTiles, &costed)
                    return best.map { !($0.score <= bound) } ?? true
                }
            }
            if let best, best.score <= bound { return }
        }
        for depth in depth.map({ depths(around: $0, unrolling) }) ?? [] {
            guard let l1Tile = bestRows(unrolling, depth) else { continue }
            for l2Tile in l2Tiles(unrolling, l1Tile: l1Tile) {
                consider(&best, unrolling, l1Tile: l1Tile, l2Tile: l2Tile, &globalTiles, &costed)
            }
            if let best, best.score <= bound { return }
        }
        var visited = 0
        var cycles = TileCycles(analysis, unit, unrolling)
        forEachL1Tile(unrolling, where: { canImprove(best, computeCycles: cycles($0)) }) { l1Tile in
            for l2Tile in l2Tiles(unrolling, l1Tile: l1Tile) {
                consider(&best, unrolling, l1Tile: l1Tile, l2Tile: l2Tile, &globalTiles, &costed)
            }
            visited += 1
            return best.map { !($0.score <= bound) && visited < mostTiles } ?? true
        }
    }

    /// Cuts an L1 tile that was drawn until it fits, and draws an L2 tile around it; nil where none fits, or they cannot be better.
    func fit(
        _ l1Tile: inout Extents, _ best: Candidate, _ unrolling: SpatialUnrolling, among random: inout RandomTilings
    ) -> Extents? {
        // Finer tiles hardly ever compute in less.
        let share = unrolling.peShare
        guard canImprove(best, computeCycles: computeCycles(unrolling, l1Tile: l1Tile, l2Tile: l1Tile)) else {
            return nil
        }
        l1Tile = TileConstraint.applying(constraint.l1, to: l1Tile, of: share)
        guard random.cut(&l1Tile, of: share, until: { fits($0, unrolling.gridFactors) }) else { return nil }
        guard view.l2 != nil else { return l1Tile }
        return random.grow(l1Tile, upTo: share) { fits($0, unrolling.gridFactors, inL2: true) }
    }

    /// Costs the mapping with these tiles, its Global Memory tile and loop orders chosen, unless it cannot be better.
    func consider(
        _ best: inout Candidate?, _ unrolling: SpatialUnrolling, l1Tile: Extents, l2Tile: Extents,
        _ globalTiles: inout [Extents: GlobalTile], _ costed: inout Int
    ) {
        guard TileConstraint.allows(constraint.l1, l1Tile, of: unrolling.peShare),
            view.l2 == nil || TileConstraint.allows(constraint.l2, l2Tile, of: unrolling.peShare)
        else { return }
        let compute = computeCycles(unrolling, l1Tile: l1Tile, l2Tile: l2Tile)
        guard canImprove(best, computeCycles: compute) else { return }
        guard let global = globalTile(around: l2Tile * unrolling.gridFactors, &globalTiles) else { return }
        guard canImprove(best, computeCycles: compute, dramBytes: global.bytes),
            isHeldOnceRightly(l1Tile, in: l2Tile, unrolling.gridFactors)
        else { return }
        var mapping = Mapping(
            unit: unit.unit, arrayRows: unit.array.rows < view.array.rows ? unit.array.rows : nil,
            arrayColumns: unit.array.columns < view.array.columns ? unit.array.columns : nil,
            gridX: unrolling.gridX, gridY: unrolling.gridY, l1Tile: l1Tile, l2Tile: l2Tile, globalTile: global.tile,
            l2Order: .rowsThenColumns, globalOrder: .rowsThenColumns, dramOrder: global.order)
        chooseInnerOrders(&mapping)
        costed += 1
        let candidate = Candidate(mapping, analysis.cost(of: mapping), on: view, by: criterion)
        if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
    }

    /// A depth, after the one with as many tiles whose channels fill the array's rows better, if there is one.
    private func depths(around depth: CapacityBound.Depth, _ unrolling: SpatialUnrolling) -> [CapacityBound.Depth] {
        guard analysis.mayPackBetter(unit.unit) else { return [depth] }
        let channels = unrolling.peShare[.inputChannels]
        let tiles = divideRoundingUp(channels, min(channels, depth.inputChannels))
        var packed = depth
        packed.inputChannels = analysis.packing(channels, on: unit.array, cutInto: tiles).extent
        return packed == depth ? [depth] : [packed, depth]
    }

    /// Whether L1 tiles that were fitted as all that the PEs hold are so: not where an L2 tile, in whole grains of the unit, is more than an
    /// even share, and a PE works through several.
    private func isHeldOnceRightly(_ l1Tile: Extents, in l2Tile: Extents, _ factors: Extents) -> Bool {
        guard l1Tile != l2Tile else { return true }
        let holders = analysis.holders(of: l1Tile, in: l2Tile, sharedBy: factors)
        return analysis.fits(l1Tile, sharedBy: holders, in: view.l1)
    }

    /// The tile of a depth that computes the fastest: of all ways to cut N, P and Q that fit the one whose rows fill the unit best, and of
    /// those the largest.
    private func bestRows(_ unrolling: SpatialUnrolling, _ depth: CapacityBound.Depth) -> Extents? {
        let share = unrolling.peShare
        let factors = unrolling.gridFactors
        var deep = share
        deep[.outputChannels] = min(share[.outputChannels], depth.outputChannels)
        deep[.inputChannels] = min(share[.inputChannels], depth.inputChannels)
        var cycles = TileCycles(analysis, unit, unrolling)
        let leastCycles = cycles(share)
        var best: (tile: Extents, cycles: Double, elements: Int)?
        func consider(_ tile: Extents) {
            let cycles = cycles(tile)
            let elements = tile.product
            if best.map({ (cycles, -elements) < ($0.cycles, -$0.elements) }) ?? true {
                best = (tile, cycles, elements)
            }
        }
        func tile(_ height: Int, _ width: Int, batch: Int, groups: Int) -> Extents {
            var tile = deep
            tile[.outputHeight] = height
            tile[.outputWidth] = width
            tile[.batch] = batch
            tile[.groups] = groups
            return TileConstraint.applying(constraint.l1, to: tile, of: share)
        }
        /// Whether a tile with all images and groups is no better than the best; none with fewer takes fewer cycles.
        func isWorse(_ height: Int, _ width: Int) -> Bool {
            guard let best else { return false }
            let largest = tile(height, width, batch: share[.batch], groups: share[.groups])
            return (best.cycles, -best.elements) <= (cycles(largest), -largest.product)
        }
        let widths = sizes(of: share[.outputWidth], given: constraint.l1[.outputWidth])
        for height in sizes(of: share[.outputHeight], given: constraint.l1[.outputHeight]) {
            if isWorse(height, share[.outputWidth]) { continue }
            func fitsOneImage(_ width: Int) -> Bool { fits(tile(height, width, batch: 1, groups: 1), factors) }
            // All columns are held once, a part of them twice: of the parts the narrower needs the less.
            var first = 0
            if !fitsOneImage(widths[0]) {
                var end = widths.count
                first = 1
                while first < end {
                    let middle = (first + end) / 2
                    if fitsOneImage(widths[middle]) { end = middle } else { first = middle + 1 }
                }
            }
            for width in widths[first...] where !isWorse(height, width) {
                var tile = tile(height, width, batch: 1, groups: 1)
                if groupsAtOnce > 1, share[.groups] > 1 {
                    grow(&tile, .groups, upTo: min(share[.groups], groupsAtOnce), factors)
                    consider(tile)
                    // Of groups as many as fill lanes to the last.
                    let grain = view.vectorLanes / greatestCommonDivisor(view.vectorLanes, height &* width)
                    if unit.unit == .vector, tile[.groups] > grain, tile[.groups] % grain != 0 {
                        tile[.groups] -= tile[.groups] % grain
                        consider(tile)
                    }
                    tile[.groups] = max(1, min(constraint.l1[.groups], share[.groups]))
                }
                if share[.batch] > 1 { grow(&tile, .batch, upTo: share[.batch], factors) }
                consider(tile)
                if let best, best.cycles <= leastCycles { return best.tile }
                // A narrower tile with one image has fewer rows still.
                if case .array = unit.unit, share[.batch] == 1, width <= unit.array.rows { break }
            }
        }
        return best?.tile
    }

    /// Extents to try of a tile, largest first: all of a small share, of a large one some that cut it evenly.
    private func sizes(of share: Int, given: Int) -> [Int] {
        if given > 0 { return [min(given, share)] }
        guard share > 18 else { return Array((1...share).reversed()) }
        var sizes: [Int] = []
        var size = share
        while size > 0 {
            sizes.append(size)
            // A tenth less makes little difference where there is much.
            let most = max((size * 10 - 1) / 11, min(size - 1, 17))
            size = most > 0 ? divideRoundingUp(share, divideRoundingUp(share, most)) : 0
        }
        return sizes
    }

    /// Gives a tile as much of a dimension as fits, in even parts.
    private func grow(_ tile: inout Extents, _ dimension: Dimension, upTo limit: Int, _ factors: Extents) {
        guard constraint.l1[dimension] == 0 else { return }
        var (fitting, exceeding) = (1, limit + 1)
        while exceeding - fitting > 1 {
            tile[dimension] = (fitting + exceeding) / 2
            if fits(tile, factors) { fitting = tile[dimension] } else { exceeding = tile[dimension] }
        }
        tile[dimension] = divideRoundingUp(limit, divideRoundingUp(limit, fitting))
    }

    /// Groups that the unit works on side by side.
    private var groupsAtOnce: Int {
        switch unit.unit {
        case .vector: view.vectorLanes
        case .arrayBlockDiagonal(let groups, _): groups
        case .array: 1
        }
    }

    /// Whether a mapping with these compute cycles may be better than the best so far.
    ///
    /// - Parameter dramBytes: what it moves from and to DRAM, if that is known; no mapping moves less than every byte once.
    func canImprove(_ best: Candidate?, computeCycles: Double, dramBytes: Double = 0) -> Bool {
        guard let best else { return true }
        let dramCycles = max(compulsoryBytes, dramBytes) / view.dramBytesPerCycle
        let least = criterion.leastScore(
            cycles: max(computeCycles, dramCycles) + unit.startCycles, onChipCycles: computeCycles)
        return least.value < best.score.value
    }

    private func computeCycles(_ unrolling: SpatialUnrolling, l1Tile: Extents, l2Tile: Extents) -> Double {
        let cycles = analysis.computeCycles(
            unit.unit, on: unit.array, l1Tile: l1Tile,
            GridSharing(whole, peTile: l2Tile, gridFactors: unrolling.gridFactors))
        return max(cycles.array, cycles.vector)
    }

    /// Gives the loops within Global Memory and L2 tiles the orders that move the fewest bytes.
    private func chooseInnerOrders(_ mapping: inout Mapping) {
        let sharing = GridSharing(whole, mapping)
        var fewest = Double.infinity
        var chosen = mapping
        let trips =
            view.stagingBytes == nil
            ? sharing.steps : mapping.globalTile.clamped(to: whole).tiles(of: sharing.gridTile)
        for order in LoopOrder.reuseClasses(iterating: trips) {
            mapping.globalOrder = order
            // Without a Global Memory the loops over grid tiles are DRAM's.
            if view.stagingBytes == nil { mapping.dramOrder = order }
            let bytes = analysis.gridTraffic(mapping, levels: analysis.outerLevels(mapping, sharing)).total
            if bytes < fewest {
                fewest = bytes
                chosen = mapping
            }
        }
        mapping = chosen
        guard mapping.l2Tile != mapping.l1Tile else { return }
        fewest = .infinity
        let levels = analysis.outerLevels(mapping, sharing)
        for order in LoopOrder.reuseClasses(iterating: mapping.l2Tile.tiles(of: mapping.l1Tile)) {
            mapping.l2Order = order
            let bytes = analysis.allL2Traffic(mapping, sharing, outer: levels).total
            if bytes < fewest {
                fewest = bytes
                chosen = mapping
            }
        }
        mapping = chosen
    }

    // MARK: - L1

    /// Visits tiles that fit L1, the deepest first, until the visitor returns false: a few depths of output and input channels, and as
    /// many output rows as go with them.
    ///
    /// - Parameter isWorthwhile: whether a depth may improve anything, judged by a tile with all output rows, before one that fits is made.
    private func forEachL1Tile(
        _ unrolling: SpatialUnrolling, where isWorthwhile: (Extents) -> Bool, _ visit: (Extents) -> Bool
    ) {
        let share = unrolling.peShare
        let filter = nest.filterHeight * nest.filterWidth
        let (columnGrain, reductionGrain) =
            switch unit.unit {
            case .array(.weightStationary), .arrayBlockDiagonal:
                (unit.array.columns, max(1, unit.array.rows / filter))
            case .array(.outputStationary): (unit.array.columns, 1)
            case .array(.inputStationary): (1, max(1, unit.array.rows / filter))
            case .vector: (1, 1)
            }
        let factors = unrolling.gridFactors
        // Parts of a grain leave cells idle: they are for buffers that hold no whole one.
        let wholeGrain = (
            k: min(columnGrain, share[.outputChannels]), c: min(reductionGrain, share[.inputChannels])
        )
        var seen: [Extents] = []
        for k in depths(share[.outputChannels], grain: columnGrain, given: constraint.l1[.outputChannels]) {
            for c in depths(share[.inputChannels], grain: reductionGrain, given: constraint.l1[.inputChannels]) {
                var tile = share
                tile[.outputChannels] = k
                tile[.inputChannels] = c
                tile[.groups] = min(share[.groups], groupsAtOnce)
                tile = TileConstraint.applying(constraint.l1, to: tile, of: share)
                guard seen.isEmpty || (k >= wholeGrain.k && c >= wholeGrain.c) else { continue }
                guard isWorthwhile(tile), fits(tile, factors) || fitsWithOneRow(tile, factors) else { continue }
                guard shrinkRows(&tile, until: { fits($0, factors) }), !seen.contains(tile) else { continue }
                seen.append(tile)
                guard visit(tile) else { return }
            }
        }
    }

    /// Whether a PE's L1 tile fits every level: L1, an L2 that may be smaller for an operand, and one for each PE Global Memory.
    private func fits(_ tile: Extents, _ factors: Extents) -> Bool {
        fits(tile, factors, inL2: false)
    }

    private func fits(_ tile: Extents, _ factors: Extents, inL2: Bool) -> Bool {
        (inL2 || analysis.fits(tile, sharedBy: factors, in: view.l1))
            && (view.l2.map { analysis.fits(tile, sharedBy: factors, in: $0) } ?? true)
            && fitsGlobalMemory(tile, factors)
    }

    /// Whether a tile fits when it has but one output row and group: otherwise there is no use shrinking it.
    private func fitsWithOneRow(_ tile: Extents, _ factors: Extents) -> Bool {
        var smallest = tile
        smallest[.groups] = 1
        smallest[.batch] = 1
        smallest[.outputHeight] = 1
        smallest[.outputWidth] = 1
        return fits(TileConstraint.applying(constraint.l1, to: smallest, of: tile), factors)
    }

    /// Whether one tile for each PE fits what Global Memory sets aside.
    private func fitsGlobalMemory(_ peTile: Extents, _ factors: Extents) -> Bool {
        guard let capacity = view.stagingBytes else { return true }
        return analysis.stagedBytes(peTile * factors) <= Double(capacity)
    }

    /// A dimension's share, and its halves, in whole grains; where buffers are too small for one, parts of a grain.
    private func depths(_ extent: Int, grain: Int, given: Int) -> [Int] {
        if given > 0 { return [min(given, extent)] }
        var depths: [Int] = []
        var grains = divideRoundingUp(extent, grain)
        while true {
            depths.append(min(extent, grains * grain))
            if grains == 1 { break }
            grains = divideRoundingUp(grains, 2)
        }
        var part = min(extent, grain) / 4
        while part >= 1 {
            depths.append(part)
            part /= 4
        }
        return depths
    }

    /// Halves batch, then output height, then output width, then groups until a tile fits; false where none does.
    private func shrinkRows(_ tile: inout Extents, until fits: (Extents) -> Bool) -> Bool {
        func shrink(_ dimension: Dimension) -> Bool {
            while !fits(tile) {
                if tile[dimension] == 1 || constraint.l1[dimension] > 0 { return false }
                tile[dimension] = divideRoundingUp(tile[dimension], 2)
            }
            return true
        }
        return shrink(.batch) || shrink(.outputHeight) || shrink(.outputWidth) || shrink(.groups)
    }

    // MARK: - L2

    /// L2 tiles made of L1 tiles: grown along the reduction and output channels first, or along output rows first.
    private func l2Tiles(_ unrolling: SpatialUnrolling, l1Tile: Extents) -> [Extents] {
        guard let l2 = view.l2 else { return [l1Tile] }
        let channels: [Dimension] = [.inputChannels, .outputChannels]
        let rows: [Dimension] = [.outputWidth, .outputHeight, .batch]
        var tiles: [Extents] = []
        let start = TileConstraint.applying(constraint.l2, to: l1Tile, of: unrolling.peShare)
        // An extent that is given may be more than L2 holds.
        guard fits(start, unrolling.gridFactors, inL2: true) else { return [] }
        for order in [channels + rows, rows + channels] {
            let open = order.filter { constraint.l2[$0] == 0 }
            let tile = grow(start, along: open, upTo: unrolling.peShare) {
                analysis.fits($0, sharedBy: unrolling.gridFactors, in: l2)
                    && fitsGlobalMemory($0, unrolling.gridFactors)
            }
            if !tiles.contains(tile), l1Tile.isCovered(by: tile) { tiles.append(tile) }
        }
        return tiles
    }

    /// Doubles a tile along dimensions in turn, in multiples of what it starts with, while it fits and stays within a limit.
    func grow(_ start: Extents, along order: [Dimension], upTo limit: Extents, while fits: (Extents) -> Bool)
        -> Extents
    {
        var tile = start
        for dimension in order {
            let grain = start[dimension]
            let most = divideRoundingUp(limit[dimension], grain)
            var multiple = 1
            // The whole extent first, then the largest power of two that fits.
            var whole = tile
            whole[dimension] = most * grain
            if fits(whole) {
                tile = whole
                continue
            }
            while multiple * 2 <= most {
                var larger = tile
                larger[dimension] = multiple * 2 * grain
                guard fits(larger) else { break }
                tile = larger
                multiple *= 2
            }
        }
        return tile
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
}
