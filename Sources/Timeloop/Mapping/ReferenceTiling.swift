internal import Diagnostics
internal import Workloads

/// A point of a `ReferenceSpace`: a factor for each dimension and slot, and the orders of the loops over tiles.
struct ReferenceTiling: Hashable, Sendable {
    typealias Slot = ReferenceSpace.Slot

    /// [dimension][slot] in one row.
    private var factors: [Int]
    /// Dimensions from the innermost loop outwards.
    var l3Order = Dimension.allCases
    var dramOrder = Dimension.allCases

    /// All loops outermost.
    init(in space: ReferenceSpace) {
        factors = [Int](repeating: 1, count: Dimension.allCases.count * Slot.allCases.count)
        for dimension in Dimension.allCases { settle(dimension, in: space) }
    }

    private(set) subscript(dimension: Dimension, slot: Slot) -> Int {
        get { factors[dimension.rawValue * Slot.allCases.count + slot.rawValue] }
        set { factors[dimension.rawValue * Slot.allCases.count + slot.rawValue] = newValue }
    }

    /// The extent of a dimension's tile outside of a slot.
    func extent(_ dimension: Dimension, through slot: Slot) -> Int {
        var extent = 1
        for inner in 0...slot.rawValue { extent *= factors[dimension.rawValue * Slot.allCases.count + inner] }
        return extent
    }

    /// Sets a factor; slots further out give way.
    mutating func set(_ dimension: Dimension, _ slot: Slot, to factor: Int, in space: ReferenceSpace) {
        self[dimension, slot] = factor
        settle(dimension, in: space)
    }

    /// Sets a factor; tiles further out stay about as large as they are.
    mutating func setKeepingTiles(_ dimension: Dimension, _ slot: Slot, to factor: Int, in space: ReferenceSpace) {
        let tiles = [Slot.l1, .l3].filter { $0.rawValue > slot.rawValue && ($0 == .l1 || space.hasL3) }
            .map { ($0, extent(dimension, through: $0)) }
        set(dimension, slot, to: factor, in: space)
        for (outer, extent) in tiles {
            let inner = self.extent(dimension, through: outer) / self[dimension, outer]
            set(dimension, outer, to: max(1, (extent + inner / 2) / inner), in: space)
        }
    }

    /// Shares dimensions out otherwise; tiles of the outer levels stay about as large as they are.
    ///
    /// - Parameter exchanging: whether what the PEs have together stays the same, and each PE's tile gives way; otherwise that tile stays.
    mutating func share(_ choice: SpatialChoice, exchanging: Bool, in space: ReferenceSpace) {
        for dimension in Set(choice.factors.map(\.dimension)) {
            let (tile, together, outer) = (
                extent(dimension, through: .l1), extent(dimension, through: .gridY), extent(dimension, through: .l3)
            )
            // First, lest what stands further in leave too little to share out.
            set(dimension, .l1, to: 1, in: space)
            for factor in choice.factors where factor.dimension == dimension {
                set(dimension, factor.slot, to: factor.factor, in: space)
            }
            func fill(_ slot: Slot, to extent: Int) {
                let inner = self.extent(dimension, through: slot) / self[dimension, slot]
                set(dimension, slot, to: max(1, (extent + inner / 2) / inner), in: space)
            }
            let pes = self[dimension, .gridX] * self[dimension, .gridY]
            fill(.l1, to: exchanging ? (together + pes - 1) / pes : tile)
            if space.hasL3 { fill(.l3, to: outer) }
        }
    }

    /// Makes tiles no larger than they must be to leave as many further out, and leaves what remains to the outermost slot.
    private mutating func settle(_ dimension: Dimension, in space: ReferenceSpace) {
        var left = space.bounds[dimension.rawValue]
        for slot in Slot.allCases {
            guard slot != .dram else {
                self[dimension, slot] = left
                return
            }
            let factor = max(1, min(self[dimension, slot], left))
            let tiles = (left + factor - 1) / factor
            self[dimension, slot] = (left + tiles - 1) / tiles
            left = tiles
        }
    }

    /// Tilings with tiles as large as they fit, grown from this one dimension by dimension, each dimension first in turn.
    func grown(in space: ReferenceSpace) -> [ReferenceTiling] {
        let dimensions = Dimension.allCases
        return dimensions.indices.map { first in
            var tiling = self
            for dimension in dimensions[first...] + dimensions[..<first] {
                for slot in space.slots(of: dimension) {
                    for factor in evenFactors(of: space.bounds[dimension.rawValue]) {
                        var larger = tiling
                        larger.set(dimension, slot, to: factor, in: space)
                        guard larger.fits(space) else { continue }
                        tiling = larger
                        break
                    }
                }
            }
            return tiling
        }
    }

    /// Whether there are instances and words enough.
    func fits(_ space: ReferenceSpace) -> Bool {
        for slot in Slot.allCases where slot.isSpatial {
            var instances = 1.0
            for dimension in slot.dimensions { instances *= Double(self[dimension, slot]) }
            guard instances <= Double(space.limit(slot)) else { return false }
        }
        for (tensor, level) in zip(space.tensors, 2...4) {
            guard let entries = space.architecture.levels[level].usableEntries else { continue }
            guard words(tensor, through: .l1, in: space) <= entries else { return false }
        }
        guard space.hasL3, let entries = space.architecture.levels[5].usableEntries else { return true }
        return (0..<3).reduce(0) { $0 + words($1, through: .l3, in: space) } <= entries
    }

    /// Cells of the array, over all PEs, that have work.
    var instances: Double {
        var instances = 1.0
        for dimension in Dimension.allCases {
            for slot in Slot.allCases where slot.isSpatial { instances *= Double(self[dimension, slot]) }
        }
        return instances
    }

    /// Words of a tensor's tile.
    func words(_ tensor: Int, through slot: Slot, in space: ReferenceSpace) -> Double {
        var words = 1.0
        for rank in space.problem.dataSpaces[tensor].projection {
            var last = 0.0
            for term in rank {
                guard let dimension = space.index.firstIndex(of: term.dimension) else { continue }
                let extent = min(extent(Dimension.allCases[dimension], through: slot), space.bounds[dimension])
                last += Double(term.coefficient) * Double(extent - 1)
            }
            words *= last + 1
        }
        return words
    }

    /// The same as Timeloop's loops; the last tile of a dimension is cut short by residual factors.
    func mapping(in space: ReferenceSpace) -> TimeloopMapping {
        var loops = [[TimeloopMapping.Loop]](repeating: [], count: Slot.allCases.count)
        for dimension in Dimension.allCases {
            var last = space.bounds[dimension.rawValue] - 1
            for slot in Slot.allCases {
                let factor = self[dimension, slot]
                if factor > 1, let index = space.index[dimension.rawValue] {
                    loops[slot.rawValue].append(
                        TimeloopMapping.Loop(dimension: index, factor: factor, residual: last % factor + 1))
                }
                last /= factor
            }
        }
        func ordered(_ slot: Slot, _ order: [Dimension]) -> [TimeloopMapping.Loop] {
            order.compactMap { dimension in
                loops[slot.rawValue].first { $0.dimension == space.index[dimension.rawValue] }
            }
        }
        let (weights, inputs, outputs) = (space.tensors[0], space.tensors[1], space.tensors[2])
        var levels = [weights, nil, weights, inputs, outputs].map { kept in
            TimeloopMapping.Level(keeps: (0..<3).map { $0 == kept })
        }
        let (rows, columns) = (loops[Slot.rows.rawValue], loops[Slot.columns.rawValue])
        if space.rowsLieAlongX { levels[1].spatialX = rows } else { levels[1].spatialY = rows }
        if space.columnsLieAlongY { levels[2].spatialY = columns } else { levels[2].spatialX = columns }
        levels[2].temporal = ordered(.l1, Self.withinPE)
        let all = TimeloopMapping.Level(keeps: [true, true, true])
        levels += space.hasL3 ? [all, all] : [all]
        levels[5].spatialX = loops[Slot.gridX.rawValue]
        levels[5].spatialY = loops[Slot.gridY.rawValue]
        if space.hasL3 { levels[5].temporal = ordered(.l3, l3Order) }
        levels[levels.count - 1].temporal = ordered(.dram, dramOrder)
        return TimeloopMapping(levels: levels)
    }

    /// Innermost first: weights stay while pixels stream past.
    private static let withinPE: [Dimension] = [
        .outputWidth, .outputHeight, .batch, .filterWidth, .filterHeight, .inputChannels, .outputChannels, .groups,
    ]
}
