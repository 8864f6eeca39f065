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
    public static func operations(of function: ElementwiseFunction) -> Int {
        switch function {
        case .add, .multiply, .biasAdd, .relu: 1
        // 1 / (1 + exp(−x)): exp, add, reciprocal.
        case .sigmoid: 2 * transcendental + 1
        // x times its sigmoid.
        case .swish: 2 * transcendental + 2
        case .tanh: transcendental
        // x · (1 + erf(x/√2)) / 2: scale, erf, multiply–add, multiply.
        case .gelu: transcendental + 4
        }
    }

    /// Operations an element of batch normalisation at inference: the scale is folded into the weights of the operator before, which leaves
    /// the shift; alone it is a multiply and an add.
    public static func batchNormOperations(foldsIntoWeights: Bool) -> Int { foldsIntoWeights ? 1 : 2 }

    /// Operations an element of layer normalisation: sum, square, sum of squares; subtract, multiply, scale, shift.
    public static let layerNormOperations = 7
}
