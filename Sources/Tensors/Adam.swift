import Foundation

/// The Adam optimiser.
///
/// With g the gradient at step t: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², and every parameter moves by
/// −α · m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)
/// (Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1).
public struct Adam: Equatable, Sendable {
    /// α; may be changed between steps.
    public var learningRate: Float
    /// β₁ and β₂, in double precision since 1 − β₂ would otherwise lose half of its digits.
    public let beta1: Double
    public let beta2: Double
    /// 1e-5 as in PPO's reference code, where the paper has 1e-8.
    public let epsilon: Float
    /// Everything that it has learned so far; with the parameters, all that a checkpoint needs.
    public var state: State

    /// The moments of every parameter, in the order of the model's parameters.
    public struct State: Equatable, Sendable {
        /// The number of updates made.
        public internal(set) var step: Int
        /// m.
        public internal(set) var firstMoments: [Tensor]
        /// v.
        public internal(set) var secondMoments: [Tensor]

        /// A state that was saved; the moments are in the order and shapes of the model's parameters.
        public init(step: Int, firstMoments: [Tensor], secondMoments: [Tensor]) {
            self.step = step
            self.firstMoments = firstMoments
            self.secondMoments = secondMoments
        }
    }

    /// An optimiser for a model, with moments of zero.
    public init(
        for model: some Parameterized, learningRate: Float, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Float = 1e-5
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        let zeros = model.namedParameters.map { Tensor.zeros($0.value.shape) }
        state = State(step: 0, firstMoments: zeros, secondMoments: zeros)
    }

    /// Moves the parameters of a model one step against the gradients, given in the order of the parameters.
    public mutating func update(_ model: inout some Parameterized, along gradients: [Tensor]) {
        precondition(
            gradients.count == state.firstMoments.count,
            "\(gradients.count) gradients were given for \(state.firstMoments.count) parameters.")
        state.step += 1
        let correction1 = Float(1 - pow(beta1, Double(state.step)))
        let correction2 = Float(1 - pow(beta2, Double(state.step)))
        var index = 0
        model.visitParameters(path: "") { name, parameter in
            precondition(
                index < gradients.count && gradients[index].shape == parameter.shape
                    && state.firstMoments[index].shape == parameter.shape,
                "Parameter \(name) needs a gradient and moments of shape \(parameter.shape).")
            move(
                &parameter.value.values, along: gradients[index].values,
                firstMoment: &state.firstMoments[index].values, secondMoment: &state.secondMoments[index].values,
                corrections: (correction1, correction2))
            index += 1
        }
        precondition(index == gradients.count, "\(gradients.count) gradients were given for \(index) parameters.")
    }

    private func move(
        _ parameter: inout [Float], along gradient: [Float], firstMoment: inout [Float], secondMoment: inout [Float],
        corrections: (Float, Float)
    ) {
        let (rate, epsilon) = (learningRate, epsilon)
        let (kept1, added1) = (Float(beta1), Float(1 - beta1))
        let (kept2, added2) = (Float(beta2), Float(1 - beta2))
        parameter.withUnsafeMutableBufferPointer { p in
            gradient.withUnsafeBufferPointer { g in
                firstMoment.withUnsafeMutableBufferPointer { m in
                    secondMoment.withUnsafeMutableBufferPointer { v in
                        for index in 0..<p.count {
                            m[index] = kept1 * m[index] + added1 * g[index]
                            v[index] = kept2 * v[index] + added2 * (g[index] * g[index])
                            let first = m[index] / corrections.0
                            let second = v[index] / corrections.1
                            p[index] -= rate * first / (second.squareRoot() + epsilon)
                        }
                    }
                }
            }
        }
    }
}
