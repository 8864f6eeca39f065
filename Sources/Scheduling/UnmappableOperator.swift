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

    /// Finds out which buffer is too small for the smallest tile, one output and one input channel under a whole filter.
    ///
    /// - Parameter gridFactors: the ways to share the operator out over PEs that were tried: each holds one tile a PE in Global
    ///   Memory; what is reported is the way that comes nearest to fitting.
    init(_ nest: LoopNest, on view: SchedulingView, gridFactors: [Extents] = []) {
        let analysis = NestAnalysis(nest, on: view)
        var tile = Extents()
        tile[.filterHeight] = nest.filterHeight
        tile[.filterWidth] = nest.filterWidth
        func tightest(_ factors: Extents) -> BufferUse {
            let uses = analysis.uses(l1Tile: tile, l2Tile: tile, globalTile: tile * factors)
            return uses.reduce(uses[0]) { $1.excess > $0.excess ? $1 : $0 }
        }
        self.init(nest, buffer: gridFactors.map(tightest).min { $0.excess < $1.excess } ?? tightest(Extents()))
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
            remedy: "enlarge it" + (buffer.level == .globalMemory ? ", or have fewer PEs" : ""))
    }

    public var description: String { diagnostic.description }
}
