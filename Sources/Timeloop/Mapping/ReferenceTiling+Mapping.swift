internal import Scheduling
internal import Workloads

extension ReferenceTiling {
    /// Tilings that say the same as a mapping of ours, with the dimensions down the array's rows in each order.
    ///
    /// Tiles that are no multiple of the tiles within become the next larger or smaller that are; what doesn't fit is left out.
    static func tilings(of mapping: Mapping, in space: ReferenceSpace) -> [ReferenceTiling] {
        let (c, r, s) = (Dimension.inputChannels, Dimension.filterHeight, Dimension.filterWidth)
        let orders = [[c, r, s], [c, s, r], [r, c, s], [r, s, c], [s, c, r], [s, r, c]]
        return orders.flatMap { order in
            [true, false].map { ReferenceTiling(mapping, downRows: order, roundsUp: $0, in: space) }
        }.filter { $0.fits(space) }
    }

    private init(_ mapping: Mapping, downRows: [Dimension], roundsUp: Bool, in space: ReferenceSpace) {
        self.init(in: space)
        var room = space.limit(.rows)
        for dimension in downRows {
            set(dimension, .rows, to: min(mapping.l1Tile[dimension], room), in: space)
            room /= self[dimension, .rows]
        }
        set(.outputChannels, .columns, to: min(mapping.l1Tile[.outputChannels], space.limit(.columns)), in: space)
        fill(.l1, to: mapping.l1Tile, roundsUp, in: space)
        for (slot, loop) in [(Slot.gridX, mapping.gridX), (.gridY, mapping.gridY)]
        where slot.dimensions.contains(loop.dimension) {
            set(loop.dimension, slot, to: loop.factor, in: space)
        }
        if space.hasL3 { fill(.l3, to: mapping.globalTile, roundsUp, in: space) }
        l3Order = mapping.globalOrder.dimensions.reversed()
        dramOrder = mapping.dramOrder.dimensions.reversed()
    }

    /// Makes the tile outside of a slot at least, or at most, so large.
    private mutating func fill(_ slot: Slot, to tile: Extents, _ roundsUp: Bool, in space: ReferenceSpace) {
        for dimension in Dimension.allCases {
            let inner = extent(dimension, through: slot)
            let wanted = min(tile[dimension], space.bounds[dimension.rawValue])
            set(dimension, slot, to: max(1, (wanted + (roundsUp ? inner - 1 : 0)) / inner), in: space)
        }
    }
}
