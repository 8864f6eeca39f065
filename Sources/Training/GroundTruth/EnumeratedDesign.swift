public import Environments

/// What came of one design of an enumeration: a row of the table of outcomes.
///
/// In the file a row is 24 bytes, little-endian: the design's index (`SearchSpace.decisions(at:)`), the objective as float64 (NaN
/// where infeasible), the excess as float32 (0 where feasible), and the reason as 32 bits: 0 for feasible, else 1 + its position in
/// `Infeasibility.Reason.allCases`. In Python:
///
///     numpy.fromfile("outcomes.bin", [("index", "<u8"), ("objective", "<f8"), ("excess", "<f4"), ("reason", "<u4")])
public struct EnumeratedDesign: Hashable, Sendable {
    public var index: Int
    /// The ratio to the baseline's; nil where infeasible.
    public var objective: Double?
    public var infeasibility: Infeasibility?

    static let byteCount = 24

    init(index: Int, outcome: Outcome) {
        self.index = index
        objective = outcome.objective
        // The file has it so: a row that was read equals the one that was written.
        infeasibility = outcome.infeasibility.map {
            Infeasibility(reason: $0.reason, excess: Double(Float($0.excess)))
        }
    }

    func append(to bytes: inout [UInt8]) {
        func add(_ word: some FixedWidthInteger) { withUnsafeBytes(of: word.littleEndian) { bytes += $0 } }
        add(UInt64(index))
        add((objective ?? .nan).bitPattern)
        add(Float(infeasibility?.excess ?? 0).bitPattern)
        add(
            infeasibility.flatMap { Infeasibility.Reason.allCases.firstIndex(of: $0.reason) }.map { UInt32($0 + 1) }
                ?? 0)
    }

    /// Reads a row; nil where the bytes aren't one.
    init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == EnumeratedDesign.byteCount else { return nil }
        func word(_ range: Range<Int>) -> UInt64 {
            bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)].reversed()
                .reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let index = Int(exactly: word(0..<8)) else { return nil }
        let objective = Double(bitPattern: word(8..<16))
        let excess = Float(bitPattern: UInt32(truncatingIfNeeded: word(16..<20)))
        let reason = Int(word(20..<24))
        self.index = index
        if reason == 0 {
            guard objective.isFinite, objective > 0 else { return nil }
            self.objective = objective
        } else {
            guard Infeasibility.Reason.allCases.indices.contains(reason - 1), objective.isNaN else { return nil }
            infeasibility = Infeasibility(reason: Infeasibility.Reason.allCases[reason - 1], excess: Double(excess))
        }
    }
}
