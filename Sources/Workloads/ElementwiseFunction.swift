/// A function applied element by element, named as in ONNX where ONNX has it.
///
/// Operands are tensors of equal or broadcastable shapes, or numbers (`ScalarOperand`): a clip's bounds and a leaky
/// rectifier's slope are operands behind the first.
public enum ElementwiseFunction: String, Hashable, Sendable, Codable, CaseIterable {
    // Arithmetic of two operands.
    case add, subtract, multiply, divide, minimum, maximum
    /// The first operand to the power of the second.
    case power
    /// a − b·⌊a/b⌋
    case remainder
    /// A trained vector added along one axis, the second unless the builder is told otherwise.
    case biasAdd

    // Comparisons, logic and choice.
    case equal, less, lessOrEqual, greater, greaterOrEqual, and, or, xor, not
    /// Where the first operand holds the second, elsewhere the third: ONNX's Where.
    case select

    // Functions of one operand.
    case negate, absolute, sign, floor, ceil, round, exp, log, sqrt, reciprocal, erf, sin, cos

    // Activation functions.
    case relu, sigmoid, tanh
    /// x · sigmoid(x), also known as SiLU.
    case swish
    /// x · (1 + erf(x/√2)) / 2
    case gelu
    /// x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2
    case geluTanh
    /// The first operand held between the second and the third.
    case clip
    /// x, or α·x below 0.
    case leakyRelu
    /// x, or α·(exp(x) − 1) below 0.
    case elu
    /// elu with fixed constants, times a constant.
    case selu
    /// max(0, x) + min(0, α·(exp(x/α) − 1))
    case celu
    /// log(1 + exp(x))
    case softplus
    /// x / (1 + |x|)
    case softsign
    /// x · tanh(softplus(x))
    case mish
    /// clip(α·x + β, 0, 1)
    case hardSigmoid
    /// x · hardSigmoid(x) with α = 1/6, β = 1/2.
    case hardSwish

    /// How many operands the function takes: tensors, trained parameters and numbers together.
    ///
    /// Where it is a range, what is left out is a constant whose value is not known, or ONNX's default.
    public var operandCounts: ClosedRange<Int> {
        switch self {
        case .add, .subtract, .divide, .minimum, .maximum, .power, .remainder, .biasAdd, .equal, .less, .lessOrEqual,
            .greater, .greaterOrEqual, .and, .or, .xor:
            2...2
        case .multiply, .leakyRelu, .elu, .celu: 1...2
        case .select, .clip: 3...3
        case .hardSigmoid: 1...3
        case .not, .negate, .absolute, .sign, .floor, .ceil, .round, .exp, .log, .sqrt, .reciprocal, .erf, .sin, .cos,
            .relu, .sigmoid, .tanh, .swish, .gelu, .geluTanh, .selu, .softplus, .softsign, .mish, .hardSwish:
            1...1
        }
    }
}
