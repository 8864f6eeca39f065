internal import Accelerators
import RandomNumbers
import Workloads

/// Tilings drawn at random, for branches that bounds leave open: tiles that are grown and cut by rule miss the best where several levels, or a
/// small Global Memory, tie the dimensions together.
///
/// A draw either cuts a share anew, every dimension into any number of tiles, or changes a tiling: one dimension grows or shrinks, and others give way until
/// the tile fits. The numbers always begin with the same seed, so that an operator has one best mapping on a datapath.
struct RandomTilings {
    private var random = SplitMix64(seed: 1)

    /// Draws one of so many, the first the most often.
    mutating func early(of count: Int) -> Int { min(number(below: count), number(below: count)) }

    /// Draws the PEs that share a nest: mostly all, or fewer along one axis, which leaves each more of Global Memory.
    mutating func fewer(of pes: Extent2D) -> Extent2D {
        var pes = pes
        switch number(below: 8) {
        case 0: pes.x -= number(below: (pes.x + 1) / 2)
        case 1: pes.y -= number(below: (pes.y + 1) / 2)
        default: break
        }
        return pes
    }

    /// Draws yes or no.
    mutating func toss() -> Bool { random.next() >> 63 == 0 }

    /// Draws a tile of a PE's share; half of the dimensions stay whole.
    mutating func tile(of share: Extents) -> Extents {
        var tile = share
        for dimension in SpatialUnrolling.dimensions where share[dimension] > 1 {
            if toss() {
                // As many numbers of tiles between two powers of two as between the next two.
                let most = 1 << number(below: Int.bitWidth - share[dimension].leadingZeroBitCount)
                tile[dimension] = divideRoundingUp(share[dimension], min(share[dimension], most + number(below: most)))
            }
            // Groups are mostly worked on one after the other.
            if dimension == .groups, toss() { tile[dimension] = 1 }
        }
        return tile
    }

    /// Draws a change of a tile.
    mutating func change(of tile: Extents, of share: Extents) -> Extents {
        var changed = tile
        guard let dimension = dimension(where: { share[$0] > 1 }) else { return changed }
        let tiles = divideRoundingUp(share[dimension], tile[dimension])
        let fewer = max(1, tiles - 1 - number(below: max(1, tiles / 2)))
        changed[dimension] = divideRoundingUp(
            share[dimension], toss() ? fewer : min(share[dimension], tiles + 1 + number(below: tiles)))
        if toss(), let other = self.dimension(where: { changed[$0] > 1 }) { cut(&changed, other, of: share) }
        return changed
    }

    /// Cuts a tile, a dimension at a time, until it fits; false where none does.
    mutating func cut(_ tile: inout Extents, of share: Extents, until fits: (Extents) -> Bool) -> Bool {
        while !fits(tile) {
            guard let dimension = dimension(where: { tile[$0] > 1 }) else { return false }
            cut(&tile, dimension, of: share)
        }
        return true
    }

    /// Makes a tile as large as fits, one dimension after the other: in multiples of what it was, or the whole share.
    mutating func grow(_ tile: Extents, upTo share: Extents, while fits: (Extents) -> Bool) -> Extents {
        var grown = tile
        let count = SpatialUnrolling.dimensions.count
        let first = number(below: count)
        for position in 0..<count {
            let dimension = SpatialUnrolling.dimensions[(first + position) % count]
            var multiple = divideRoundingUp(share[dimension], tile[dimension])
            while multiple > 1 {
                var larger = grown
                larger[dimension] = min(multiple * tile[dimension], share[dimension])
                if fits(larger) {
                    grown = larger
                    break
                }
                multiple = divideRoundingUp(multiple, 2)
            }
        }
        return grown
    }

    private mutating func cut(_ tile: inout Extents, _ dimension: Dimension, of share: Extents) {
        let tiles = divideRoundingUp(share[dimension], tile[dimension])
        tile[dimension] = divideRoundingUp(share[dimension], min(share[dimension], tiles + 1 + number(below: tiles)))
    }

    /// Draws a dimension of those that are asked for, if there is one.
    private mutating func dimension(where isWanted: (Dimension) -> Bool) -> Dimension? {
        let dimensions = SpatialUnrolling.dimensions
        let first = number(below: dimensions.count)
        for position in dimensions.indices {
            let dimension = dimensions[(first + position) % dimensions.count]
            if isWanted(dimension) { return dimension }
        }
        return nil
    }

    private mutating func number(below count: Int) -> Int {
        Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
    }
}

extension MappingSearch {
    /// Tilings that are drawn for an operator, at most; half as many without a better one are enough.
    private static let mostDraws = 500

    /// Draws tilings of the branches that are left open.
    mutating func drawTilings(_ globalTiles: inout [Extents: GlobalTile]) {
        var random = RandomTilings()
        let searches = units.map(tileSearch)
        var open = openBranches()
        var drawn: (branch: Int, unrolling: SpatialUnrolling)?
        var fruitless = 0
        for _ in 0..<MappingSearch.mostDraws where !open.isEmpty && fruitless < MappingSearch.mostDraws / 2 {
            guard let known = best else { return }
            fruitless += 1
            let index: Int
            let unrolling: SpatialUnrolling
            var l1Tile: Extents
            if let drawn, random.toss() {
                (index, unrolling) = drawn
                l1Tile = random.change(of: known.mapping.l1Tile, of: unrolling.peShare)
            } else {
                index = open[random.early(of: open.count)]
                let unit = units[branches[index].unit]
                unrolling = SpatialUnrolling(
                    branches[index].x, branches[index].y, of: whole, unit: unit.unit, array: unit.array,
                    among: random.fewer(of: view.peGrid), inWholeGrains: random.toss())
                l1Tile = random.tile(of: unrolling.peShare)
            }
            let search = searches[branches[index].unit]
            guard let l2Tile = search.fit(&l1Tile, known, unrolling, among: &random) else { continue }
            search.consider(
                &best, unrolling, l1Tile: l1Tile, l2Tile: l2Tile, &globalTiles, &mappingsCosted)
            if let best, best.score < known.score {
                drawn = (index, unrolling)
                fruitless = 0
                open = openBranches()
            }
        }
    }
}
