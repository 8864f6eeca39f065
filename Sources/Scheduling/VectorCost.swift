public import Workloads

/// Lane operations of the vector unit: what one element of each function takes.
///
/// A lane does one operation a cycle: add, multiply, compare, shift into place. Transcendental functions have a pipelined unit of their
/// own, which takes a vector a cycle where the arithmetic slots take two, as in TPU-v2 and v3 (Norrie et al., "The Design
/// Process for Google's Training Chips: TPUv2 and TPUv3", IEEE Micro 2021): each counts as 2 operations.
public enum VectorCost {
    /// exp, reciprocal, reciprocal square root, tanh, erf: one result each.
    public static let transcendental = 2

    /// A tap of a convolution on lanes: multiply and add, and with several taps a shift to bring the neighbour into the lane.
    public static func operationsPerTap(filterTaps: Int) -> Int { filterTaps > 1 ? 3 : 2 }

    /// Operations an output element.
    ///
    /// - Parameter scalars: the numbers among the operands: they are known when the program is compiled, so that a division by one is a
    ///   multiplication, and a small whole power a few of them.
    public static func operations(of function: ElementwiseFunction, scalars: [ScalarOperand] = []) -> Int {
        let last = scalars.first { $0.position == 1 }?.value
        switch function {
        // One slot of the ALU each: arithmetic, comparison, selection, sign and exponent bits, rounding.
        case .add, .subtract, .multiply, .minimum, .maximum, .biasAdd, .negate, .absolute, .sign, .floor, .ceil,
            .round, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .xor, .not, .select, .relu:
            return 1
        // Reciprocal of the divisor, multiply; no reciprocal of a number, and no product with 1.
        case .divide:
            if last != nil { return 1 }
            return scalars.first?.value == 1 ? transcendental : transcendental + 1
        case .power: return powerOperations(last)
        // a − b · ⌊a · (1/b)⌋: reciprocal, multiply, floor, multiply, subtract.
        case .remainder: return transcendental + 4
        case .exp, .log, .reciprocal, .erf, .tanh: return transcendental
        // x times its reciprocal square root.
        case .sqrt: return transcendental + 1
        // One lookup behind the reduction to one period: multiply by 1/2π, floor, subtract.
        case .sin, .cos: return transcendental + 3
        // 1 / (1 + exp(−x)): exp, add, reciprocal.
        case .sigmoid: return 2 * transcendental + 1
        // x times its sigmoid.
        case .swish: return 2 * transcendental + 2
        // x · (1 + erf(x/√2)) / 2: scale, erf, multiply–add, multiply.
        case .gelu: return transcendental + 4
        // x · (1 + tanh(x · (a + b·x²))) / 2: square, multiply–add, multiply, tanh, multiply–add, multiply; a multiply–add is two.
        case .geluTanh: return transcendental + 7
        // Minimum, maximum.
        case .clip: return 2
        // The larger (α < 1) of x and α·x; with any α a comparison chooses, which also replaces the maximum.
        case .leakyRelu: return 2
        // α·exp(x) − α below 0: exp, multiply–add, compare, select.
        case .elu: return transcendental + 4
        // As elu, and a multiply: of the result, or of the exponent.
        case .selu, .celu: return transcendental + 5
        // log(1 + exp(x)): exp, add, log.
        case .softplus: return 2 * transcendental + 1
        // x / (1 + |x|): absolute, add, reciprocal, multiply.
        case .softsign: return transcendental + 3
        // x · tanh(softplus(x)).
        case .mish: return 3 * transcendental + 2
        // Multiply–add, minimum, maximum.
        case .hardSigmoid: return 4
        // x times its hard sigmoid.
        case .hardSwish: return 5
        }
    }

    /// Operations of xᵏ: multiplications by repeated squaring for whole k up to 16 (and a reciprocal below 0), a square root for ±½ (the
    /// reciprocal one comes out of its unit directly), else exp(k · log x).
    private static func powerOperations(_ exponent: Double?) -> Int {
        guard let exponent else { return 2 * transcendental + 1 }
        if exponent == 0.5 { return transcendental + 1 }
        if exponent == -0.5 { return transcendental }
        guard let whole = Int(exactly: exponent), (1...16).contains(whole.magnitude) else {
            return 2 * transcendental + 1
        }
        let size = Int(whole.magnitude)
        let squarings = Int.bitWidth - 1 - size.leadingZeroBitCount
        return squarings + size.nonzeroBitCount - 1 + (whole < 0 ? transcendental : 0)
    }

    /// Operations a hidden unit of a step of a recurrent layer, its product excepted.
    public static func operations(of cell: RecurrentCell) -> Int {
        let sigmoid = operations(of: ElementwiseFunction.sigmoid)
        switch cell {
        // The input's part added to the product's, and a tanh.
        case .rnn: return 1 + transcendental
        // Two sums and their sigmoids; the reset's product, a sum and its tanh; h = m + z·(h − m) (3).
        case .gru: return 2 + 2 * sigmoid + 2 + transcendental + 3
        // The input's part added to the product's (4), three sigmoids and a tanh of the sums, c = f·c + i·g (3), its tanh, and the product
        // with o (1).
        case .lstm: return 4 + 3 * sigmoid + 2 * transcendental + 3 + 1
        }
    }

    /// Operations of a reduction of so many elements to so many results: n − 1 steps and, for a mean, the multiplication by 1/n, are n.
    public static func operations(of function: ReductionFunction, elements: Int, results: Int) -> Int {
        switch function {
        case .mean, .sum, .maximum, .minimum, .product: elements
        // The absolute, or the square, before each step.
        case .sumOfAbsolutes, .sumOfSquares: 2 * elements
        case .norm: 2 * elements + results * operations(of: ElementwiseFunction.sqrt)
        }
    }

    /// Operations an element of batch normalisation at inference: the scale is folded into the weights of the operator before, which leaves
    /// the shift; alone it is a multiply and an add.
    public static func batchNormOperations(foldsIntoWeights: Bool) -> Int { foldsIntoWeights ? 1 : 2 }

    /// Operations an element of layer normalisation: sum, square, sum of squares; subtract, multiply; scale and shift where there are any.
    ///
    /// - Parameter parameters: how many of scale and shift there are.
    public static func layerNormOperations(parameters: Int) -> Int { 5 + parameters }
}
