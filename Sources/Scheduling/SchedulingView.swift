public import Accelerators

/// The part of a datapath that scheduling sees: two datapaths with equal views schedule alike.
public struct SchedulingView: Hashable, Sendable {
    public var peGrid: Extent2D
    public var array: SystolicArray
    public var vectorLanes: Int
    public var l1: BufferLevel
    /// nil where L2 is disabled.
    public var l2: BufferLevel?
    /// Bytes of Global Memory that a region's own tiles may take; nil where there is no Global Memory.
    public var stagingBytes: Int?
    /// Bytes a cycle between L2 and L1 of one PE.
    public var l2BytesPerCycle: Double
    /// Bytes a cycle that Global Memory reads, and again that it writes.
    public var globalMemoryBytesPerCycle: Double
    public var dramBytesPerCycle: Double
    /// Whether buffers hold a tile that changes twice, the one in work and the next. Timeloop's reference gives tiles the whole capacity.
    public var isDoubleBuffered = true
    /// Bytes of a partial sum.
    public var accumulatorBytes = Datapath.accumulatorBytes
    /// Whether what nothing overlaps takes cycles: filling and draining the array, DRAM's part in the first fold and the last.
    public var chargesStart = true
    /// Whether each dimension has a factor of its own on the array and the lanes, as Timeloop's loops have; else several lie there as one loop.
    public var unrollsByFactors = false
    /// The dimensions that the mapper may share out along x, and along y.
    public var sharedAlongX = DimensionSet.all
    public var sharedAlongY = DimensionSet.all

    /// What scheduling sees of a datapath.
    ///
    /// - Parameter stagingBytes: how much of Global Memory tiles may take; all of it by default.
    public init(_ datapath: Datapath, stagingBytes: Int? = nil) {
        peGrid = datapath.peGrid
        array = SystolicArray(
            rows: datapath.array.y, columns: datapath.array.x, overlapsLoading: datapath.overlapsWeightLoading)
        vectorLanes = datapath.vectorLanes
        let l1 = datapath.l1
        self.l1 = BufferLevel(
            sharing: l1.configuration, inputBytes: l1.inputKiB << 10, weightBytes: l1.weightKiB << 10,
            outputBytes: l1.outputKiB << 10)
        l2 = datapath.l2.map { l2 in
            BufferLevel(
                sharing: l2.configuration, inputBytes: (l1.inputKiB * l2.inputMultiplier) << 10,
                weightBytes: (l1.weightKiB * l2.weightMultiplier) << 10,
                outputBytes: (l1.outputKiB * l2.outputMultiplier) << 10)
        }
        self.stagingBytes =
            datapath.globalMemoryMiB == 0 ? nil : min(stagingBytes ?? .max, datapath.globalMemoryBytes)
        l2BytesPerCycle = Double(datapath.l2BytesPerCycle)
        globalMemoryBytesPerCycle = Double(datapath.globalMemoryBytesPerCycle)
        dramBytesPerCycle = datapath.dramBytesPerCycle
    }
}

/// The capacities of one PE's buffers at a level.
public struct BufferLevel: Hashable, Sendable {
    public var sharing: BufferSharing
    public var inputBytes: Int
    public var weightBytes: Int
    public var outputBytes: Int

    public init(sharing: BufferSharing, inputBytes: Int, weightBytes: Int, outputBytes: Int) {
        self.sharing = sharing
        self.inputBytes = inputBytes
        self.weightBytes = weightBytes
        self.outputBytes = outputBytes
    }

    /// Whether tiles of these sizes fit: each in its own buffer, or their sum in the pool.
    @inline(__always)
    func holds(_ bytes: OperandBytes) -> Bool {
        switch sharing {
        case .private:
            bytes.input <= Double(inputBytes) && bytes.weight <= Double(weightBytes)
                && bytes.output <= Double(outputBytes)
        case .shared: bytes.total <= Double(inputBytes + weightBytes + outputBytes)
        }
    }
}
