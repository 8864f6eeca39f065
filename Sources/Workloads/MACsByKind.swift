/// Multiply–accumulates by the kind of operator that does them.
///
/// Bias, normalisation, activation functions, softmax, pooling and embedding count none.
public struct MACsByKind: Hashable, Sendable, Codable {
    /// Convolutions, but for depthwise ones; grouped ones included.
    public var conv = 0
    /// Convolutions with a group a channel.
    public var depthwise = 0
    /// Products with a trained weight, but for those of recurrent layers.
    public var linear = 0
    /// Products of two activations.
    public var matmul = 0
    /// The gates of recurrent layers: the products of their inputs and of their hidden states.
    public var recurrent = 0

    public init() {}

    /// All together.
    public var total: Int { conv + depthwise + linear + matmul + recurrent }
}
