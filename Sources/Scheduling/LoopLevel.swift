import Workloads

/// The loops of one memory level, as the buffer below it sees them.
struct LoopLevel {
    var order: LoopOrder
    /// Iterations of each loop within one full tile of the level.
    var trips: Extents
    /// Iterations of each loop over the whole nest.
    var totals: Extents
    /// The tile that the loops cut up: a sliding window can be kept from one iteration to the next only inside it.
    var enclosingTile: Extents
    /// Dimensions of which neighbouring tiles lie in different PEs, so that no window slides.
    var isSpatial: Extents
}

/// How often, and where in the loops, an operand's tile is fetched into the buffer below.
struct Fetch {
    /// How often the operand is moved as a whole: the iterations of loops that don't concern it but stand outside its fetch.
    var repetitions: Double
    /// The loop whose iterations fetch, and the level it belongs to; nil where the operand is fetched once.
    var loop: (dimension: Dimension, level: Int)?

    /// Places the fetch of an operand directly inside the innermost loop that concerns it and iterates; loops further in reuse
    /// the tile, loops further out that don't concern it repeat the fetch.
    ///
    /// - Parameters:
    ///   - relevance: bit d is set where dimension d indexes the operand.
    ///   - levels: the levels above the buffer, innermost first; `count` of them.
    init(of relevance: UInt8, under levels: InlineArray<3, LoopLevel>, count: Int) {
        var point: (level: Int, position: Int)?
        search: for level in 0..<count {
            for position in stride(from: 7, through: 0, by: -1) {
                let dimension = levels[level].order[position]
                if relevance & (1 << UInt8(dimension.rawValue)) != 0 && levels[level].trips[dimension] > 1 {
                    point = (level, position)
                    loop = (dimension, level)
                    break search
                }
            }
        }
        repetitions = 1
        guard let point else { return }
        for position in 0..<8 {
            let dimension = levels[point.level].order[position]
            guard relevance & (1 << UInt8(dimension.rawValue)) == 0 else { continue }
            if position < point.position {
                repetitions *= Double(levels[point.level].totals[dimension])
            } else if point.level + 1 < count {
                repetitions *= Double(levels[point.level + 1].totals[dimension])
            }
        }
    }
}

/// Which dimensions index each operand, as bits.
enum Relevance {
    static let input = mask([.groups, .batch, .inputChannels, .outputHeight, .outputWidth, .filterHeight, .filterWidth])
    static let weight = mask([.groups, .outputChannels, .inputChannels, .filterHeight, .filterWidth])
    static let output = mask([.groups, .batch, .outputChannels, .outputHeight, .outputWidth])

    private static func mask(_ dimensions: [Dimension]) -> UInt8 {
        dimensions.reduce(0) { $0 | (1 << UInt8($1.rawValue)) }
    }
}
