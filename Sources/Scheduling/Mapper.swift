public import Accelerators
public import Workloads

/// Finds the mapping of a loop nest on a datapath.
public protocol Mapper: Sendable {
    /// The best mapping found by the constraints' objective, and of equals the one that moves the least data.
    ///
    /// - Throws: `UnmappableOperator` where not even the smallest tile fits the buffers.
    func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
}

/// What the compiler's options leave to the mapper.
public struct MappingConstraints: Hashable, Sendable {
    public var dataflow: CompilerOptions.DataflowChoice
    public var padding: CompilerOptions.Padding
    public var objective: Objective

    public init(
        dataflow: CompilerOptions.DataflowChoice = .best, padding: CompilerOptions.Padding = .array,
        objective: Objective = .latency
    ) {
        self.dataflow = dataflow
        self.padding = padding
        self.objective = objective
    }

    /// What the mapper makes small.
    public enum Objective: String, Hashable, Sendable {
        /// Cycles with every operand from and to DRAM.
        case latency
        /// The sum of those and of the cycles that remain when every operand is kept on the chip: for operators of which some operands
        /// will be kept there.
        case residency
    }
}

/// A loop nest with its mapping and what that costs.
public struct MappedOperator: Hashable, Sendable {
    public var nest: LoopNest
    public var mapping: Mapping
    public var cost: MappingCost
    /// Cycles with all operands from and to DRAM.
    public var cycles: Double
    /// No mapping can take fewer cycles: the larger of MACs over all MAC units, and compulsory bytes over DRAM bandwidth.
    public var lowerBoundCycles: Double

    /// Whether the mapping reaches the bound, and so is optimal.
    public var provenOptimal: Bool { cycles <= lowerBoundCycles * (1 + 1e-12) }
}

extension MappedOperator {
    /// Cycles that no mapping can beat.
    ///
    /// Every MAC takes a cycle of an array cell, or lane operations of the vector units when that is less; every byte of the stored
    /// operands crosses DRAM's pins once.
    static func lowerBoundCycles(of nest: LoopNest, on view: SchedulingView) -> Double {
        let pes = Double(view.peGrid.x * view.peGrid.y)
        let cells = pes * Double(view.array.rows * view.array.columns)
        let lanes =
            pes * Double(view.vectorLanes)
            / Double(VectorCost.operationsPerTap(filterTaps: nest.filterHeight * nest.filterWidth))
        let bytes = compulsoryBytes(of: nest)
        return max(Double(nest.macs) / max(cells, lanes), bytes / view.dramBytesPerCycle)
    }

    /// Bytes that are moved if every element that is touched is moved once.
    static func compulsoryBytes(of nest: LoopNest) -> Double {
        let rows = nest.verticalWindow.storedRows(inTilesOf: nest.outputHeight)
        let columns = nest.horizontalWindow.storedRows(inTilesOf: nest.outputWidth)
        let input = Double(nest.batch * nest.groups * nest.inputChannels) * Double(rows * columns)
        return (input + Double(nest.weightElements) + Double(nest.outputElements)) * Double(Datapath.operandBytes)
    }
}
