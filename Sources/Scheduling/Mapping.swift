public import Accelerators
public import Workloads

/// Which unit of a PE computes a tensor operator, and what it holds still.
public enum ComputeUnit: Hashable, Sendable {
    /// The systolic array, one group at a time: two of the operator's extents lie on it, the third streams through.
    case array(Dataflow)
    /// The array, weight-stationary, with several groups side by side: each takes a block on the diagonal, `taps` of a group's
    /// C·R·S products down its rows; the cells off the diagonal idle. With one group it is "taps down the rows".
    case arrayBlockDiagonal(groups: Int, taps: Int)
    /// The vector unit: a lane an output element.
    case vector

    /// Short name for listings.
    public var name: String {
        switch self {
        case .array(let dataflow): "array \(dataflow.rawValue)"
        case .arrayBlockDiagonal(1, _): "array taps"
        case .arrayBlockDiagonal: "array block-diagonal"
        case .vector: "vector"
        }
    }
}

/// The order of the eight loops of a level, outermost first.
public struct LoopOrder: Hashable, Sendable {
    @usableFromInline var storage: SIMD8<UInt8>

    /// - Precondition: `dimensions` is a permutation of all eight.
    public init(_ dimensions: [Dimension]) {
        precondition(
            Set(dimensions).count == 8 && dimensions.count == 8, "A loop order names each of the eight dimensions once."
        )
        storage = SIMD8()
        for (position, dimension) in dimensions.enumerated() { storage[position] = UInt8(dimension.rawValue) }
    }

    public var dimensions: [Dimension] { (0..<8).map { self[$0] } }

    /// The dimension at a position, 0 being the outermost loop.
    @inline(__always)
    public subscript(position: Int) -> Dimension {
        Dimension(rawValue: Int(storage[position])).unsafelyUnwrapped
    }

    /// The bit of the dimension at a position.
    @inline(__always)
    func bit(_ position: Int) -> UInt8 { 1 << storage[position] }

    /// Whether a dimension's loop stands outside the one at a position.
    @inline(__always)
    func stands(_ dimension: Dimension, outside position: Int) -> Bool {
        for i in 0..<position where storage[i] == UInt8(truncatingIfNeeded: dimension.rawValue) { return true }
        return false
    }

    private init(_ dimensions: SIMD8<UInt8>) { storage = dimensions }

    /// G N P Q K R S C: outputs stay while the reduction runs.
    static var rowsThenColumns: LoopOrder { LoopOrder([0, 1, 4, 5, 2, 6, 7, 3] as SIMD8<UInt8>) }
    /// G K R S C N P Q: weights stay while all rows of tiles pass, windows slide along a row; partial sums come back.
    static var weightsStay: LoopOrder { LoopOrder([0, 2, 6, 7, 3, 1, 4, 5] as SIMD8<UInt8>) }
    /// G K R S C N Q P: the same with windows that slide down.
    static var weightsStayDown: LoopOrder { LoopOrder([0, 2, 6, 7, 3, 1, 5, 4] as SIMD8<UInt8>) }
    /// G R S C N P Q K: inputs stay while all output channels pass; partial sums come back.
    static var inputsStay: LoopOrder { LoopOrder([0, 6, 7, 3, 1, 4, 5, 2] as SIMD8<UInt8>) }
    /// G R S C N Q P K: the same with windows that slide down.
    static var inputsStayDown: LoopOrder { LoopOrder([0, 6, 7, 3, 1, 5, 4, 2] as SIMD8<UInt8>) }
    /// An order for each operand that can stay while the innermost loop runs, and for each way that windows can slide: of one level's
    /// loops none moves fewer bytes than the best of these (see `TrafficOptimum`).
    static let reuseClasses = [rowsThenColumns, weightsStay, weightsStayDown, inputsStay, inputsStayDown]

    /// Those of them that differ for loops of so many trips: where a loop stands that does not iterate makes no difference.
    static func reuseClasses(iterating trips: Extents) -> [LoopOrder] {
        reuseClassesOfIterating[Int(trips.dimensionsAboveOne)]
    }

    /// By the dimensions that iterate, a bit each.
    private static let reuseClassesOfIterating: [[LoopOrder]] = (0..<256).map { iterating in
        var seen: Set<[Dimension]> = []
        return reuseClasses.filter { order in
            seen.insert((0..<8).map { order[$0] }.filter { iterating >> $0.rawValue & 1 == 1 }).inserted
        }
    }
}

/// Where and in what order a loop nest's iterations run on a datapath.
///
/// From the inside out: an L1 tile is what a PE works on with its L1 full; L2 tiles are made of L1 tiles; the PE grid works on
/// `gridFactors` L2 tiles at a time, one a PE; a Global Memory tile is made of those; the loop nest of Global Memory tiles. Without an
/// L2 the L2 tile is the L1 tile, without a Global Memory its tile is the grid's. Divisions round up: the last tile of a dimension may be smaller.
public struct Mapping: Hashable, Sendable {
    public var unit: ComputeUnit
    /// Rows of each PE's array that a fold uses; nil for all. Fewer, where they divide what lies on them, leave nothing to pad.
    public var arrayRows: Int?
    /// Columns of each PE's array that a fold uses; nil for all.
    public var arrayColumns: Int?
    /// How many PEs share a dimension along x and along y.
    public var gridX: SpatialLoop
    public var gridY: SpatialLoop
    /// Extents of a tile in one PE's L1.
    public var l1Tile: Extents
    /// Extents of a tile in one PE's L2.
    public var l2Tile: Extents
    /// Extents of a tile in Global Memory.
    public var globalTile: Extents
    /// Order of the loops over L1 tiles within an L2 tile.
    public var l2Order: LoopOrder
    /// Order of the loops over the grid's tiles within a Global Memory tile.
    public var globalOrder: LoopOrder
    /// Order of the loops over Global Memory tiles.
    public var dramOrder: LoopOrder

    public init(
        unit: ComputeUnit, arrayRows: Int? = nil, arrayColumns: Int? = nil, gridX: SpatialLoop, gridY: SpatialLoop,
        l1Tile: Extents, l2Tile: Extents, globalTile: Extents, l2Order: LoopOrder, globalOrder: LoopOrder,
        dramOrder: LoopOrder
    ) {
        self.unit = unit
        self.arrayRows = arrayRows
        self.arrayColumns = arrayColumns
        self.gridX = gridX
        self.gridY = gridY
        self.l1Tile = l1Tile
        self.l2Tile = l2Tile
        self.globalTile = globalTile
        self.l2Order = l2Order
        self.globalOrder = globalOrder
        self.dramOrder = dramOrder
    }

    /// The part of a datapath's array that folds use.
    public func usedArray(of array: SystolicArray) -> SystolicArray {
        SystolicArray(
            rows: min(arrayRows ?? array.rows, array.rows), columns: min(arrayColumns ?? array.columns, array.columns),
            overlapsLoading: array.overlapsLoading, loadsOnAverage: array.loadsOnAverage)
    }

    /// PEs along each dimension: the product of both spatial loops.
    public var gridFactors: Extents { SpatialLoop.factors(gridX, gridY) }
}

/// A dimension unrolled over PEs.
public struct SpatialLoop: Hashable, Sendable {
    public var dimension: Dimension
    public var factor: Int

    public init(_ dimension: Dimension, factor: Int) {
        self.dimension = dimension
        self.factor = factor
    }

    /// PEs along each dimension when both loops are unrolled.
    @inline(__always)
    static func factors(_ x: SpatialLoop, _ y: SpatialLoop) -> Extents {
        var factors = Extents()
        factors[x.dimension] &*= x.factor
        factors[y.dimension] &*= y.factor
        return factors
    }
}
