internal import Accelerators
public import Workloads

/// A mapping as the loops that it stands for, from DRAM in to the array: what a person reads.
public struct LoopNestListing: Hashable, Sendable {
    /// A memory with the tiles it holds and the loops over what is within, or a grid with its spatial loops.
    public struct Level: Hashable, Sendable {
        public var name: String
        /// Bytes of one tile of each operand; nil for levels that hold none.
        public var tile: TileBytes?
        /// Loops of more than one iteration, outermost first.
        public var loops: [Loop]
    }

    /// Bytes of one tile of each operand, and of what is held of it: twice as much where the tile changes.
    public struct TileBytes: Hashable, Sendable {
        public var tile: OperandBytes
        public var held: OperandBytes

        public init(tile: OperandBytes, held: OperandBytes) {
            self.tile = tile
            self.held = held
        }
    }

    /// A loop over tiles, or over PEs, rows, columns or lanes.
    public struct Loop: Hashable, Sendable {
        /// What it runs over; several where they are flattened into one.
        public var dimensions: [Dimension]
        public var iterations: Int
        /// What its iterations are laid on; nil for a loop in time.
        public var axis: String?
        /// The last iteration, where it is smaller than the others.
        public var remainder: Remainder?

        /// The dimensions' letters: `K`, or `C·R·S`.
        public var letters: String { dimensions.map(\.letter).joined(separator: "·") }
    }

    /// What the last iteration has of the others' extent.
    public struct Remainder: Hashable, Sendable {
        public var extent: Int
        public var full: Int
    }

    public let levels: [Level]

    /// - Precondition: the mapping is valid: see `Mapping.validate(for:on:)`.
    public init(of mapping: Mapping, nest: LoopNest, on view: SchedulingView) {
        let analysis = NestAnalysis(nest, on: view)
        let whole = Extents(nest)
        let gridTile = mapping.l2Tile * mapping.gridFactors
        /// - Parameter enclosing: what all buffers of the level hold together: an operand of which this is but a part is held twice.
        func tile(_ extents: Extents, accumulates: Bool, enclosing: Extents) -> TileBytes {
            let bytes = analysis.tileBytes(extents, accumulates: accumulates)
            return TileBytes(tile: bytes, held: analysis.doubled(bytes, enclosing))
        }
        var levels = [
            Level(
                name: "DRAM", tile: tile(whole, accumulates: false, enclosing: whole),
                loops: LoopNestListing.loops(mapping.dramOrder, over: mapping.globalTile, in: whole))
        ]
        if view.stagingBytes != nil {
            let global = mapping.globalTile.clamped(to: whole)
            levels.append(
                Level(
                    name: "Global Memory",
                    tile: tile(
                        global, accumulates: global[.inputChannels] < whole[.inputChannels],
                        enclosing: mapping.globalTile),
                    loops: LoopNestListing.loops(mapping.globalOrder, over: gridTile, in: global)))
        }
        let spatial = [("x", mapping.gridX), ("y", mapping.gridY)].compactMap { axis, loop in
            loop.factor == 1 ? nil : Loop(dimensions: [loop.dimension], iterations: loop.factor, axis: axis)
        }
        levels.append(Level(name: "PE grid \(view.peGrid.x)×\(view.peGrid.y)", tile: nil, loops: spatial))
        if view.l2 != nil {
            levels.append(
                Level(
                    name: "L2",
                    tile: tile(mapping.l2Tile, accumulates: true, enclosing: gridTile),
                    loops: LoopNestListing.loops(mapping.l2Order, over: mapping.l1Tile, in: mapping.l2Tile)))
        }
        let unit = UnitLoops(of: mapping, nest: nest, on: view)
        let holders = analysis.holders(of: mapping.l1Tile, in: mapping.l2Tile, sharedBy: mapping.gridFactors)
        levels.append(
            Level(
                name: "L1",
                tile: tile(mapping.l1Tile, accumulates: true, enclosing: mapping.l1Tile * holders),
                loops: unit.folds))
        levels.append(Level(name: unit.name, tile: nil, loops: unit.spatial))
        self.levels = levels
    }

    /// The loops over tiles that cut a larger one up.
    private static func loops(_ order: LoopOrder, over tile: Extents, in enclosing: Extents) -> [Loop] {
        order.dimensions.compactMap { dimension in
            Loop([dimension], of: enclosing[dimension], in: tile[dimension])
        }
    }
}

extension LoopNestListing.Loop {
    /// The loop over parts of an extent; nil where one part covers it.
    init?(_ dimensions: [Dimension], of extent: Int, in part: Int) {
        let iterations = divideRoundingUp(extent, part)
        guard iterations > 1 else { return nil }
        let rest = extent - (iterations - 1) * part
        self.init(
            dimensions: dimensions, iterations: iterations, axis: nil,
            remainder: rest == part ? nil : LoopNestListing.Remainder(extent: rest, full: part))
    }

    init?(_ dimensions: [Dimension], extent: Int, on axis: String) {
        guard extent > 1 else { return nil }
        self.init(dimensions: dimensions, iterations: extent, axis: axis)
    }
}
