public import Accelerators

/// Compute cycles of a matrix product on one systolic array, in closed form.
///
/// The product has M rows, N columns and a reduction of K; the array has R rows and C columns. A dataflow lays two of the three
/// extents on the array, in ⌈·/R⌉·⌈·/C⌉ folds, and streams the third, T:
///
/// | dataflow | on the rows | on the columns | T |
/// |---|---|---|---|
/// | weight-stationary | K | N | M |
/// | output-stationary | M | N | K |
/// | input-stationary | K | M | N |
///
/// A fold takes R + C + T − 2 cycles, T to stream and R + C − 2 for the skew of fill and drain, and where an operand stays, R more
/// to load it (Samajdar et al., "A Systematic Methodology for Characterizing Scalability of DNN Accelerators using SCALE-Sim", ISPASS
/// 2020; SCALE-Sim's report is one less). When the array loads the next fold's operand, or shifts out the last fold's outputs, while it
/// works, a fold takes max(T, R) cycles, and loading and skew are paid once.
public struct SystolicArray: Hashable, Sendable {
    public var rows: Int
    public var columns: Int
    public var overlapsLoading: Bool
    /// Whether operands are loaded at the buffer's bandwidth over the whole operator, however few rows a fold streams: Timeloop's view of it.
    public var loadsOnAverage: Bool

    public init(rows: Int, columns: Int, overlapsLoading: Bool, loadsOnAverage: Bool = false) {
        self.rows = rows
        self.columns = columns
        self.overlapsLoading = overlapsLoading
        self.loadsOnAverage = loadsOnAverage
    }

    /// Cycles that one fold adds once the array runs, for `stream` streamed rows.
    @inline(__always)
    public func cyclesPerFold(stream: Int, dataflow: Dataflow) -> Int {
        if loadsOnAverage { return stream }
        return overlapsLoading ? max(stream, rows) : stream + startCycles(dataflow)
    }

    /// Cycles to load the first operand and to fill and drain the array, paid once; 0 where every fold pays them.
    public func fillAndDrainCycles(_ dataflow: Dataflow) -> Int { overlapsLoading ? startCycles(dataflow) : 0 }

    private func startCycles(_ dataflow: Dataflow) -> Int {
        (dataflow == .outputStationary ? rows : 2 * rows) + columns - 2
    }

    /// Compute cycles of an M×K by K×N product.
    public func cycles(rows m: Int, columns n: Int, reduction k: Int, dataflow: Dataflow) -> Int {
        let (onRows, onColumns, stream) =
            switch dataflow {
            case .weightStationary: (k, n, m)
            case .outputStationary: (m, n, k)
            case .inputStationary: (k, m, n)
            }
        let folds = divideRoundingUp(onRows, rows) * divideRoundingUp(onColumns, columns)
        return folds * cyclesPerFold(stream: stream, dataflow: dataflow) + fillAndDrainCycles(dataflow)
    }

    /// Elements that the buffers beside the array read and write for an M×K by K×N product, as SCALE-Sim counts SRAM accesses.
    ///
    /// A stationary operand is read once a fold; what streams is read for every fold along the other axis; outputs leave after every fold of
    /// the reduction.
    public func accesses(rows m: Int, columns n: Int, reduction k: Int, dataflow: Dataflow) -> ArrayAccesses {
        func folds(_ extent: Int, _ size: Int) -> Int { divideRoundingUp(extent, size) }
        switch dataflow {
        case .weightStationary:
            return ArrayAccesses(
                inputReads: m * k * folds(n, columns), weightReads: k * n, outputWrites: m * n * folds(k, rows))
        case .outputStationary:
            return ArrayAccesses(
                inputReads: m * k * folds(n, columns), weightReads: k * n * folds(m, rows), outputWrites: m * n)
        case .inputStationary:
            return ArrayAccesses(
                inputReads: m * k, weightReads: k * n * folds(m, columns), outputWrites: m * n * folds(k, rows))
        }
    }

    /// Multiply–accumulates done over those the array could do in that time.
    public func utilization(rows m: Int, columns n: Int, reduction k: Int, dataflow: Dataflow) -> Double {
        let available =
            Double(rows) * Double(columns) * Double(cycles(rows: m, columns: n, reduction: k, dataflow: dataflow))
        return Double(m) * Double(n) * Double(k) / available
    }
}

/// Elements that an array reads from and writes to the buffers beside it.
public struct ArrayAccesses: Hashable, Sendable {
    public var inputReads: Int
    public var weightReads: Int
    /// Partial sums and finished outputs.
    public var outputWrites: Int
}
