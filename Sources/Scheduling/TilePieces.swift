/// The sizes of the L1 tiles that one PE works through along a dimension, and how many there are of each.
///
/// There are at most four: full tiles and a remainder within the PE's full share, and the same within its last share.
struct TilePieces {
    private var sizes = SIMD4<Int>(repeating: 0)
    private var counts = SIMD4<Int>(repeating: 0)
    private var used = 0
    /// Number of tiles.
    private(set) var tiles = 0

    /// None.
    init() {}

    /// - Parameters:
    ///   - steps: how many shares the PE gets one after the other.
    ///   - peTile: the extent of all shares but the last.
    ///   - last: the extent of the last share.
    ///   - tile: the extent of an L1 tile.
    @inline(__always)
    init(steps: Int, peTile: Int, last: Int, tile: Int) {
        if last == peTile {
            add(share: peTile, tile: tile, times: steps)
        } else {
            add(share: peTile, tile: tile, times: steps - 1)
            add(share: last, tile: tile, times: 1)
        }
    }

    /// L1 tiles that are as large as the PE's share.
    @inline(__always)
    init(steps: Int, tile: Int, last: Int) {
        let full = last == tile ? steps : steps &- 1
        if full > 0 { append(tile, full) }
        if last != tile { append(last, 1) }
    }

    @inline(__always)
    private mutating func add(share: Int, tile: Int, times: Int) {
        guard times > 0 else { return }
        let full = share / tile
        let rest = share - full * tile
        if full > 0 { append(tile, full * times) }
        if rest > 0 { append(rest, times) }
    }

    @inline(__always)
    private mutating func append(_ size: Int, _ count: Int) {
        sizes[used] = size
        counts[used] = count
        used += 1
        tiles += count
    }

    @inline(__always)
    func forEach(_ body: (_ size: Int, _ count: Int) -> Void) {
        for i in 0..<used { body(sizes[i], counts[i]) }
    }

    /// Adds up a function of each tile's size.
    @inline(__always)
    func sum(_ value: (Int) -> Int) -> Double {
        var sum = 0.0
        for i in 0..<used { sum += Double(value(sizes[i])) * Double(counts[i]) }
        return sum
    }
}
