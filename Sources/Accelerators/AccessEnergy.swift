/// The energy of each thing a datapath does, in picojoules, at one technology node.
///
/// The scheduler multiplies it with counts; the technology makes it from a datapath.
public struct AccessEnergy: Sendable {
    /// One multiply–accumulate in a cell, with its registers and clock.
    public struct MAC: Hashable, Sendable {
        public var bfloat16: Double
        public var float16: Double
        public var int8: Double

        /// The same for every type.
        public init(_ pj: Double) { self.init(bfloat16: pj, float16: pj, int8: pj) }

        public init(bfloat16: Double, float16: Double, int8: Double) {
            self.bfloat16 = bfloat16
            self.float16 = float16
            self.int8 = int8
        }
    }

    public var macPJ: MAC
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
        macPJ: MAC, vectorOperationPJ: Double, l1PJPerByte: (input: Double, weight: Double, output: Double),
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
