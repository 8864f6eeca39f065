/// The widths of on-chip ports, derived from the datapath: the one place where the rules stand.
///
/// Every port that is counted here is paid for in area and TDP.
///
/// - **L1** feeds the array at full rate: a column of inputs (array y words) and a row of weights (array x words) are read, and a
///   row of partial sums (array x words of 4 bytes) is read and written, every cycle.
/// - **L2** refills L1 at the same rates, without the read of partial sums being free: one port an operand.
/// - **Global Memory** feeds the edge of the PE grid at full rate: each row of PEs has a port as wide as one array's column of
///   inputs, each column of PEs a port as wide as one array's row of weights; a port reads and writes in the same cycle, and what
///   it reads is multicast along its row or column.
extension Datapath {
    /// Bytes of an operand as stored: bfloat16.
    public static let operandBytes = 2
    /// Bytes of a partial sum: float32.
    public static let accumulatorBytes = 4

    /// Bytes a cycle that one PE's L1 reads, for each operand.
    public func l1ReadBytesPerCycle(_ operand: Operand) -> Int {
        switch operand {
        case .input: array.y * Datapath.operandBytes
        case .weight: array.x * Datapath.operandBytes
        case .output: array.x * Datapath.accumulatorBytes
        }
    }

    /// Bytes a cycle that one PE's L1 output buffer writes.
    public var l1WriteBytesPerCycle: Int { array.x * Datapath.accumulatorBytes }

    /// Bytes a cycle that one PE's L2 moves to or from L1: the sum of its operands' ports.
    public var l2BytesPerCycle: Int {
        array.y * Datapath.operandBytes + array.x * Datapath.operandBytes + array.x * Datapath.accumulatorBytes
    }

    /// Bytes a cycle that Global Memory reads; it writes as many in the same cycle.
    ///
    /// Without a Global Memory this is the width of the network that carries DRAM's data to the PEs.
    public var globalMemoryBytesPerCycle: Int {
        (peGrid.x * array.x + peGrid.y * array.y) * Datapath.operandBytes
    }

    /// Ports of Global Memory: one a row of PEs and one a column.
    public var globalMemoryPorts: Int { peGrid.x + peGrid.y }

    /// Bytes a cycle that DRAM moves, reads and writes together.
    public var dramBytesPerCycle: Double { dram.gigabytesPerSecond / clockGHz }

    /// Seconds that a number of cycles takes.
    public func seconds(cycles: Double) -> Double { cycles / (clockGHz * 1e9) }
}
