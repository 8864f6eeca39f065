public import Workloads

/// An extent for each of the eight dimensions of a loop nest: a tile, a number of tiles, or a spatial factor.
public struct Extents: Hashable, Sendable {
    @usableFromInline var storage: SIMD8<Int>

    /// The same extent in every dimension.
    public init(repeating extent: Int = 1) { storage = SIMD8(repeating: extent) }

    /// A loop nest's own extents.
    public init(_ nest: LoopNest) {
        storage = SIMD8(
            nest.groups, nest.batch, nest.outputChannels, nest.inputChannels, nest.outputHeight, nest.outputWidth,
            nest.filterHeight, nest.filterWidth)
    }

    init(storage: SIMD8<Int>) { self.storage = storage }

    public subscript(dimension: Dimension) -> Int {
        @inline(__always) get { storage[dimension.rawValue] }
        @inline(__always) set { storage[dimension.rawValue] = newValue }
    }

    /// The product of all extents.
    public var product: Int {
        var product = 1
        for i in 0..<8 { product &*= storage[i] }
        return product
    }

    /// How many tiles of another's extents cover this, a dimension: division rounded up.
    @inline(__always)
    func tiles(of tile: Extents) -> Extents {
        var counts = SIMD8<Int>(repeating: 1)
        // Most dimensions need no division, which is dear.
        for i in 0..<8 where storage[i] > tile.storage[i] {
            counts[i] = (storage[i] &+ tile.storage[i] &- 1) / tile.storage[i]
        }
        return Extents(storage: counts)
    }

    /// Whether one tile of another's extents covers this.
    @inline(__always)
    func isCovered(by tile: Extents) -> Bool {
        for i in 0..<8 where storage[i] > tile.storage[i] { return false }
        return true
    }

    @inline(__always)
    static func * (a: Extents, b: Extents) -> Extents { Extents(storage: a.storage &* b.storage) }

    /// Bit d is set where the extent of dimension d is more than 1.
    @inline(__always)
    var dimensionsAboveOne: UInt8 {
        var bits: UInt8 = 0
        for i in 0..<8 where storage[i] > 1 { bits |= 1 << UInt8(i) }
        return bits
    }

    /// The smaller of two extents, a dimension.
    @inline(__always)
    func clamped(to limit: Extents) -> Extents {
        Extents(storage: pointwiseMin(storage, limit.storage))
    }
}

extension Extents: Encodable {
    /// Encoded as a mapping from a dimension's letter to its extent, dimensions of extent 1 left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: LetterKey.self)
        for dimension in Dimension.allCases where self[dimension] != 1 {
            try container.encode(self[dimension], forKey: LetterKey(stringValue: dimension.letter))
        }
    }

    private struct LetterKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

@inline(__always)
func divideRoundingUp(_ a: Int, _ b: Int) -> Int { (a &+ b &- 1) / b }
