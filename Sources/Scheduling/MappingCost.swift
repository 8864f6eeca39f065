/// What a mapping costs: cycles of each resource, and bytes moved at each level.
///
/// Counts are whole numbers held as Double: exact up to 2⁵³, and no product can overflow.
public struct MappingCost: Hashable, Sendable {
    /// Cycles of the array, without its first fill and last drain.
    public var arrayCycles = 0.0
    /// Cycles of the vector unit for the operator itself.
    public var vectorCycles = 0.0
    /// Cycles that nothing overlaps: loading, filling and draining the array once.
    public var fillAndDrainCycles = 0.0
    /// Lane operations that the operator itself takes on the vector unit.
    public var vectorOperations = 0.0
    /// PEs that have work.
    public var activePEs = 1
    /// Bytes from DRAM, to DRAM.
    public var dram = LevelTraffic()
    /// Bytes from Global Memory to the PEs, and back; what is multicast counts once.
    public var globalMemory = LevelTraffic()
    /// Bytes from the L2s to the L1s and back, all PEs together; 0 where there is no L2.
    public var l2 = LevelTraffic()
    /// Bytes between L1s and arrays, all PEs together.
    public var l1 = LevelTraffic()
    /// Cycles that the busiest PE's L2 ports take.
    public var l2Cycles = 0.0
    /// Bytes of Global Memory that the operator's own tiles take, double-buffered where they change.
    public var globalMemoryTileBytes = 0
    /// Bytes that one PE waits for before its first fold, and of what leaves it after its last.
    public var firstInputBytes = 0.0
    public var firstWeightBytes = 0.0
    public var lastOutputBytes = 0.0
}

/// Bytes that one level reads and writes for the level below it, an operand.
public struct LevelTraffic: Hashable, Sendable {
    public var inputReads = 0.0
    public var weightReads = 0.0
    /// Partial sums that come back to be added to.
    public var outputReads = 0.0
    /// Partial sums and finished outputs.
    public var outputWrites = 0.0

    public init() {}

    public var reads: Double { inputReads + weightReads + outputReads }
    public var total: Double { reads + outputWrites }
}

extension MappingCost {
    /// Cycles of Global Memory's ports: reads and writes go on at the same time.
    ///
    /// What comes from DRAM is written into Global Memory and what goes there is read out of it, besides what the PEs move.
    public func globalMemoryCycles(on view: SchedulingView) -> Double {
        guard view.stagingBytes != nil else { return globalMemory.total / view.globalMemoryBytesPerCycle }
        let reads = globalMemory.reads + dram.outputWrites
        let writes = globalMemory.outputWrites + dram.reads
        return max(reads, writes) / view.globalMemoryBytesPerCycle
    }

    /// Cycles before the first product and after the last: first operands in, array filled and drained, last results out.
    public func startCycles(on view: SchedulingView) -> Double {
        fillAndDrainCycles + (firstInputBytes + firstWeightBytes + lastOutputBytes) / view.dramBytesPerCycle
    }

    /// A stand-in for energy where cycles tie: bytes weighted by the relative cost of the level that moves them.
    ///
    /// The weights are the orders of magnitude of Horowitz's table (ISSCC 2014): DRAM 100, Global Memory 6, L2 2, L1 1.
    var movement: Double {
        100 * dram.total + 6 * globalMemory.total + 2 * l2.total + l1.total
    }
}
