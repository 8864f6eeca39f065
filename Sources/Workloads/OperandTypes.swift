/// How the operands of a loop nest are stored.
///
/// Products are added up in four bytes whatever the operands: float32, or int32 for int8.
public struct OperandTypes: Hashable, Sendable, Codable {
    public var input: NumericType
    public var weight: NumericType
    public var output: NumericType

    public init(input: NumericType, weight: NumericType, output: NumericType) {
        self.input = input
        self.weight = weight
        self.output = output
    }

    /// What designs are made for.
    public static let bfloat16 = OperandTypes(input: .bfloat16, weight: .bfloat16, output: .bfloat16)

    /// How often an array of bfloat16 cells goes over the operands.
    ///
    /// A cell multiplies two 16-bit floats, or two int8 (its significands are of 8 bits), a cycle. float32 is split into three bfloat16 terms: three
    /// products with a number of one term; of the nine of two such numbers the six that matter, as XLA does at its highest precision (Henry,
    /// Tang and Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations", ARITH 2019).
    public var arrayPasses: Int {
        switch (input.isWide, weight.isWide) {
        case (false, false): 1
        case (true, true): 6
        default: 3
        }
    }
}

extension NumericType {
    /// Whether one 16-bit cell cannot hold the number's significand.
    fileprivate var isWide: Bool { bytes > 2 }

    /// Whether it is a floating-point number.
    public var isFloat: Bool {
        switch self {
        case .bfloat16, .float16, .float32: true
        case .int8, .int32, .int64: false
        }
    }
}
