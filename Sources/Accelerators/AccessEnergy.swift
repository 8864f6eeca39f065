/// The energy of each thing a datapath does, in picojoules, at one technology node.
///
/// The scheduler multiplies it with counts; the technology makes it from a datapath.
public struct AccessEnergy: Sendable {
    /// One multiply–accumulate, with the registers and clock of its cell.
    public var macPJ: Double
    /// One operation of one vector lane.
    public var vectorOperationPJ: Double
    /// One byte read from, or written to, L1, for each operand in the order of `Operand`.
    public var l1PJPerByte: (input: Double, weight: Double, output: Double)
    /// The same for L2; 0 where there is none.
    public var l2PJPerByte: (input: Double, weight: Double, output: Double)
    /// One byte read from, or written to, Global Memory, with the wires to the PEs.
    public var globalMemoryPJPerByte: Double
    /// One byte from or to DRAM, with both interfaces.
    public var dramPJPerByte: Double
    /// Power that flows whether or not anything happens: leakage and idle clocks, W.
    public var staticWatts: Double

    public init(
        macPJ: Double, vectorOperationPJ: Double, l1PJPerByte: (input: Double, weight: Double, output: Double),
        l2PJPerByte: (input: Double, weight: Double, output: Double), globalMemoryPJPerByte: Double,
        dramPJPerByte: Double, staticWatts: Double
    ) {
        self.macPJ = macPJ
        self.vectorOperationPJ = vectorOperationPJ
        self.l1PJPerByte = l1PJPerByte
        self.l2PJPerByte = l2PJPerByte
        self.globalMemoryPJPerByte = globalMemoryPJPerByte
        self.dramPJPerByte = dramPJPerByte
        self.staticWatts = staticWatts
    }
}
