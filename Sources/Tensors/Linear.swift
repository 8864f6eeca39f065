/// The affine map of every row, y = x · weight + bias.
///
/// The weight's shape is [inputs, outputs]: the transpose of PyTorch's.
public struct Linear: Parameterized {
    /// Shape [inputs, outputs].
    public var weight: Variable
    /// Shape [outputs].
    public var bias: Variable

    /// A random orthogonal weight times `gain`, and a bias of zeros.
    public init(inputs: Int, outputs: Int, gain: Float = 1, using generator: inout some RandomNumberGenerator) {
        weight = Variable(.orthogonal(rows: inputs, columns: outputs, gain: gain, using: &generator))
        bias = Variable(.zeros([outputs]))
    }

    /// Shapes: [m, inputs] → [m, outputs].
    public func callAsFunction(_ x: Variable) -> Variable { x.affine(weight: weight, bias: bias) }

    public mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        visit(path + "weight", &weight)
        visit(path + "bias", &bias)
    }
}
