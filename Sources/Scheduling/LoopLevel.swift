import Workloads

/// The loops of one memory level, as the buffer below it sees them.
struct LoopLevel {
    var order: LoopOrder
    /// Bit d is set where the loop of dimension d iterates within one full tile of the level.
    var iterating: UInt8
    /// Iterations of each loop over the whole nest.
    var totals: Extents
    /// The tile that the loops cut up: a sliding window can be kept from one iteration to the next only inside it.
    var enclosingTile: Extents
    /// How many PEs share each dimension: where several do, neighbouring tiles lie in different PEs and no window slides.
    var spatialFactors: Extents

    /// - Parameter trips: iterations of each loop within one full tile of the level.
    @inline(__always)
    init(order: LoopOrder, trips: Extents, totals: Extents, enclosingTile: Extents, spatialFactors: Extents) {
        self.order = order
        iterating = trips.dimensionsAboveOne
        self.totals = totals
        self.enclosingTile = enclosingTile
        self.spatialFactors = spatialFactors
    }
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
    ///   - levels: the levels above the buffer, innermost first.
    init(of relevance: UInt8, under levels: Span<LoopLevel>) {
        repetitions = 1
        var level = 0
        while level < levels.count && levels[level].iterating & relevance == 0 { level &+= 1 }
        guard level < levels.count else { return }
        let iterating = levels[level].iterating & relevance
        let order = levels[level].order
        var position = 7
        while iterating & order.bit(position) == 0 { position &-= 1 }
        loop = (order[position], level)
        for other in 0..<8 where relevance & order.bit(other) == 0 {
            let dimension = order[other]
            if other < position {
                repetitions *= Double(levels[level].totals[dimension])
            } else if level &+ 1 < levels.count {
                repetitions *= Double(levels[level &+ 1].totals[dimension])
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
