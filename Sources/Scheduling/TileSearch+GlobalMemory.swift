import Accelerators
import Workloads

extension TileSearch {
    /// The Global Memory tile and DRAM loop order that move the fewest bytes from and to DRAM, the smallest tile where that ties.
    ///
    /// The answer depends on the grid's tile alone, not on who computes: `known` keeps it from one unit to the next.
    func globalTile(around gridTile: Extents, _ known: inout [Extents: GlobalTile]) -> GlobalTile? {
        if let answer = known[gridTile] { return answer }
        guard let capacity = view.stagingBytes, let dramOptimum else {
            return GlobalTile(tile: gridTile, order: .rowsThenColumns, bytes: compulsoryBytes, size: 0)
        }
        let fits = { (tile: Extents) in analysis.stagedBytes(tile) <= Double(capacity) }
        var best: GlobalTile?
        func consider(_ free: Extents) {
            let tile = TileConstraint.applying(constraint.globalMemory, to: free, of: whole)
            guard constraint.globalMemory == Extents(repeating: 0) || isMultiple(tile, of: gridTile) else { return }
            let size = analysis.stagedBytes(tile)
            guard size <= Double(capacity) else { return }
            for order in LoopOrder.reuseClasses(iterating: whole.tiles(of: tile)) {
                let bytes = analysis.dramTraffic(globalTile: tile, order: order).total
                if best.map({ (bytes, size) < ($0.bytes, $0.size) }) ?? true {
                    best = GlobalTile(tile: tile, order: order, bytes: bytes, size: size)
                }
            }
        }
        // The smallest tile first: what moves no more bytes than any cannot be beaten.
        let least = dramOptimum.isExact ? dramOptimum.bytes : compulsoryBytes
        for growth in TileSearch.growths {
            consider(growth.isEmpty ? gridTile : grow(gridTile, along: growth, upTo: whole, while: fits))
            if let best, best.bytes <= least { break }
        }
        if best.map({ $0.bytes > least }) ?? true {
            consider(rounded(dramOptimum.tile, to: gridTile))
        }
        known[gridTile] = best
        return best
    }

    /// Whether a tile is made of whole tiles of the grid, or covers the nest.
    private func isMultiple(_ tile: Extents, of gridTile: Extents) -> Bool {
        Dimension.allCases.allSatisfy {
            tile[$0] >= min(whole[$0], gridTile[$0]) && (tile[$0] >= whole[$0] || tile[$0] % gridTile[$0] == 0)
        }
    }

    /// A tile in multiples of the grid's.
    private func rounded(_ tile: Extents, to gridTile: Extents) -> Extents {
        var rounded = gridTile
        for dimension in Dimension.allCases {
            let grain = gridTile[dimension]
            rounded[dimension] =
                tile[dimension] >= whole[dimension]
                ? divideRoundingUp(whole[dimension], grain) * grain : max(1, tile[dimension] / grain) * grain
        }
        return rounded
    }

    /// In which order a Global Memory tile is grown from the grid's tile.
    private static let growths: [[Dimension]] = [
        [], [.inputChannels, .outputChannels], [.inputChannels, .outputWidth, .outputHeight, .batch],
        [.inputChannels, .outputChannels, .outputWidth, .outputHeight, .batch],
        [.outputWidth, .outputHeight, .batch, .inputChannels, .outputChannels],
    ]
}

/// A Global Memory tile with the order of the loops over it, and the bytes that cross DRAM's pins.
struct GlobalTile {
    var tile: Extents
    var order: LoopOrder
    var bytes: Double
    /// Bytes of Global Memory that it takes.
    var size: Double
}
