/// Linear layers with an activation after each but the last, which has one of its own (none unless asked for).
///
///     let policy = MultilayerPerceptron(widths: [200, 128, 128, 140], outputGain: 0.01, using: &generator)
public struct MultilayerPerceptron: Parameterized {
    public var layers: [Linear]
    public let activation: Activation
    public let outputActivation: Activation

    /// - Parameters:
    ///   - widths: the inputs, the outputs of every hidden layer, and the outputs; at least two numbers.
    ///   - hiddenGain: the gain of the hidden layers' orthogonal weights; √2 is what PPO's reference code takes.
    ///   - outputGain: the gain of the last layer's; small for a policy, 1 for a value (Huang et al., "The 37
    ///     Implementation Details of Proximal Policy Optimization", 2022, detail 2).
    public init(
        widths: [Int], activation: Activation = .tanh, outputActivation: Activation = .identity,
        hiddenGain: Float = Float(2).squareRoot(), outputGain: Float = 1,
        using generator: inout some RandomNumberGenerator
    ) {
        precondition(widths.count >= 2, "A perceptron needs the widths of its input and its output at least.")
        layers = []
        for index in 0..<(widths.count - 1) {
            let isLast = index == widths.count - 2
            layers.append(
                Linear(
                    inputs: widths[index], outputs: widths[index + 1], gain: isLast ? outputGain : hiddenGain,
                    using: &generator))
        }
        self.activation = activation
        self.outputActivation = outputActivation
    }

    /// Shapes: [m, widths.first] → [m, widths.last].
    public func callAsFunction(_ x: Variable) -> Variable {
        var y = x
        for (index, layer) in layers.enumerated() {
            y = layer(y)
            y = index == layers.count - 1 ? outputActivation(y) : activation(y)
        }
        return y
    }

    public mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        for index in layers.indices { layers[index].visitParameters(path: "\(path)\(index).", visit) }
    }
}
