package import Tensors

/// The policy and the value function: a trunk over the observation beside the embedding of the workloads, a head of
/// logits with a slice for each parameter, and a head of one value.
///
/// Which parameter a row decides, and what is decided before, is in its observation: the policy is autoregressive,
/// π(design) = Π π(choice of a parameter | choices before it).
package struct PolicyNetwork: Parameterized {
    package var encoder: WorkloadEncoder
    package var trunk: MultilayerPerceptron
    package var policy: Linear
    package var value: Linear

    /// Orthogonal weights with the gains of PPO's reference code: √2 in hidden layers, 0.01 for the policy, which
    /// therefore begins next to uniform, and 1 for the value.
    package init(
        observationWidth: Int, logits: Int, configuration: PPOConfiguration,
        using generator: inout some RandomNumberGenerator
    ) {
        let gain = Float(2).squareRoot()
        let inputs = observationWidth + WorkloadEncoder.outputWidth(configuration.embeddingWidth)
        encoder = WorkloadEncoder(width: configuration.embeddingWidth, using: &generator)
        trunk = MultilayerPerceptron(
            widths: [inputs] + Array(repeating: configuration.hiddenWidth, count: configuration.hiddenLayers),
            outputActivation: .tanh, outputGain: gain, using: &generator)
        policy = Linear(inputs: configuration.hiddenWidth, outputs: logits, gain: 0.01, using: &generator)
        value = Linear(inputs: configuration.hiddenWidth, outputs: 1, gain: 1, using: &generator)
    }

    /// What the network says of observations.
    ///
    /// - Parameters:
    ///   - observations: shape [rows, observation width].
    ///   - embedding: what the encoder makes of the workloads, shape [1, its width]; the same for every row.
    ///   - mask: which logits are valid, row by row.
    /// - Returns: log π of every choice, shape [rows, logits], and V, shape [rows].
    package func callAsFunction(_ observations: Tensor, embedding: Variable, mask: [Bool]) -> (
        logProbabilities: Variable, values: Variable
    ) {
        let context = embedding.gatheringRows(Array(repeating: 0, count: observations.rows))
        let hidden = trunk(.concatenatingColumns([Variable(observations), context]))
        return (
            policy(hidden).maskedLogSoftmax(mask: mask), value(hidden).reshaped([observations.rows])
        )
    }

    package mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        encoder.visitParameters(path: path + "encoder.", visit)
        trunk.visitParameters(path: path + "trunk.", visit)
        policy.visitParameters(path: path + "policy.", visit)
        value.visitParameters(path: path + "value.", visit)
    }
}
