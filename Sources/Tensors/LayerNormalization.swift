/// Every row normalised to mean 0 and variance 1, then scaled and shifted by learned vectors.
public struct LayerNormalization: Parameterized {
    /// Shape [features]; ones at first.
    public var scale: Variable
    /// Shape [features]; zeros at first.
    public var shift: Variable

    public init(features: Int) {
        scale = Variable(Tensor(repeating: 1, shape: [features]))
        shift = Variable(.zeros([features]))
    }

    /// Shapes: [m, features] → [m, features].
    public func callAsFunction(_ x: Variable) -> Variable { x.layerNormalized(scale: scale, shift: shift) }

    public mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        visit(path + "scale", &scale)
        visit(path + "shift", &shift)
    }
}
