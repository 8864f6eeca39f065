internal import Accelerators
public import Diagnostics
public import Workloads

/// Says that no mapping of an operator fits a datapath: the one fault of scheduling that is the design's, and that a search
/// goes on after.
public struct UnmappableOperator: Diagnosable, Hashable, CustomStringConvertible {
    public var nest: LoopNest
    /// The operator's name, where whoever asked knows it.
    public var name: String?
    /// The buffer that the smallest tiles overflow by most.
    public var buffer: BufferUse

    public init(_ nest: LoopNest, name: String? = nil, buffer: BufferUse) {
        self.nest = nest
        self.name = name
        self.buffer = buffer
    }

    /// Finds out which buffer is too small for the smallest tile, one output and one input channel under a whole filter, in one PE.
    init(_ nest: LoopNest, on view: SchedulingView) {
        let analysis = NestAnalysis(nest, on: view)
        var tile = Extents()
        tile[.filterHeight] = nest.filterHeight
        tile[.filterWidth] = nest.filterWidth
        let uses = analysis.uses(l1Tile: tile, l2Tile: tile, sharedBy: Extents(), globalTile: tile)
        self.init(nest, buffer: uses.reduce(uses[0]) { $1.excess > $0.excess ? $1 : $0 })
    }

    /// What the operator needs over what the datapath has, at least 1.
    public var excess: Double { max(1, buffer.excess) }

    /// What the user is told: a `configuration` fault.
    public var diagnostic: DiagnosticError {
        DiagnosticError(
            .configuration,
            "expected a datapath that holds the smallest tiles of \(name.map { "'\($0)'" } ?? "an operator") with "
                + "\(nest.filterHeight)×\(nest.filterWidth) filters, found a need of \(buffer.neededBytes) bytes in the "
                + "\(buffer.name) of \(buffer.availableBytes)",
            remedy: "enlarge it")
    }

    public var description: String { diagnostic.description }
}
