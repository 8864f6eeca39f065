import Workloads

/// The loops of one memory level, as the buffer below it sees them.
struct LoopLevel {
    var order: LoopOrder
    /// Bit d is set where the loop of dimension d iterates within one full tile of the level.
    var iterating: UInt8
    /// Iterations of each loop over the whole nest, of the buffer that is counted or of all buffers together.
    var totals: Extents
    /// The tile that the loops cut up.
    var enclosingTile: Extents
    /// How many PEs share each dimension, for the buffers of a PE: where several do, neighbouring tiles lie in different PEs and no
    /// window slides.
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

/// The levels above a buffer, innermost first.
struct LoopLevels {
    private(set) var storage: InlineArray<3, LoopLevel>
    let count: Int

    init(_ only: LoopLevel) {
        storage = InlineArray(repeating: only)
        count = 1
    }

    init(_ inner: LoopLevel, _ outer: LoopLevel) {
        storage = [inner, outer, outer]
        count = 2
    }

    init(_ inner: LoopLevel, _ middle: LoopLevel, _ outer: LoopLevel) {
        storage = [inner, middle, outer]
        count = 3
    }

    subscript(level: Int) -> LoopLevel {
        get { storage[level] }
        set { storage[level] = newValue }
    }

    /// With one more level inside.
    func inside(_ inner: LoopLevel) -> LoopLevels { LoopLevels(inner, storage[0], storage[1]) }
}

/// A loop: the level it belongs to and its position in the level's order, 0 being the outermost.
struct LoopPosition {
    var level: Int
    var position: Int
}

/// The loop inside which an operand's tile is fetched: the innermost that indexes the operand and iterates. Loops further in reuse the
/// tile; loops further out that don't index it repeat the fetch.
struct Fetch {
    /// nil where the operand is fetched once.
    var loop: LoopPosition?

    /// - Parameters:
    ///   - relevance: bit d is set where dimension d indexes the operand.
    ///   - levels: the levels above the buffer, innermost first.
    @inline(__always)
    init(of relevance: UInt8, under levels: Span<LoopLevel>) {
        var level = 0
        while level < levels.count && levels[level].iterating & relevance == 0 { level &+= 1 }
        guard level < levels.count else { return }
        let iterating = levels[level].iterating & relevance
        let order = levels[level].order
        var position = 7
        while iterating & order.bit(position) == 0 { position &-= 1 }
        loop = LoopPosition(level: level, position: position)
    }

    /// How often a dimension that doesn't index the operand repeats the fetch: the iterations of its loops outside the fetching loop.
    ///
    /// - Parameter buffers: along the dimension, how many buffers are counted, each of which fetches at least once.
    @inline(__always)
    func repetitions(by dimension: Dimension, under levels: Span<LoopLevel>, buffers: Int) -> Int {
        guard let loop else { return buffers }
        return Fetch.iterations(of: dimension, outside: loop, levels, buffers: buffers)
    }

    /// Iterations of a dimension's loops that stand outside a loop.
    @inline(__always)
    static func iterations(
        of dimension: Dimension, outside loop: LoopPosition, _ levels: Span<LoopLevel>, buffers: Int
    ) -> Int {
        if levels[loop.level].order.stands(dimension, outside: loop.position) {
            return levels[loop.level].totals[dimension]
        }
        return loop.level &+ 1 < levels.count ? levels[loop.level &+ 1].totals[dimension] : buffers
    }

    /// The loop over the same dimension at a level further out whose iterations follow on each other's last tiles: none that indexes
    /// the operand may iterate between the two.
    static func continuation(
        of loop: LoopPosition, indexing relevance: UInt8, under levels: Span<LoopLevel>
    ) -> LoopPosition? {
        let bit = levels[loop.level].order.bit(loop.position)
        var level = loop.level
        var position = loop.position
        while true {
            position &-= 1
            if position < 0 {
                level &+= 1
                position = 7
                guard level < levels.count else { return nil }
            }
            let here = levels[level].order.bit(position)
            guard here & relevance & levels[level].iterating != 0 else { continue }
            return here == bit ? LoopPosition(level: level, position: position) : nil
        }
    }
}

/// Which dimensions index each operand: bit d is set for the dimension of raw value d, G N K C P Q R S from the lowest.
enum Relevance {
    @inline(__always) static var input: UInt8 { 0b1111_1011 }
    @inline(__always) static var weight: UInt8 { 0b1100_1101 }
    @inline(__always) static var output: UInt8 { 0b0011_0111 }
}
