internal import Foundation
package import Tensors

/// A step of a rollout as the update sees it.
package struct Sample: Sendable {
    package var step: Step
    /// log π_old(a | s).
    package var logProbability: Float
    /// V_old(s).
    package var value: Float
    /// Â.
    package var advantage: Float

    package init(step: Step, logProbability: Float, value: Float, advantage: Float) {
        self.step = step
        self.logProbability = logProbability
        self.value = value
        self.advantage = advantage
    }

    /// What V(s) should have been: V_old(s) + Â.
    package var target: Float { value + advantage }
}

/// PPO's loss on a minibatch, as a function of the network.
///
/// L = L_policy + c_v L_value − β S + c_e L_elite with, as means over the steps,
/// - L_policy = −min(r Â, clip(r, 1 − ε, 1 + ε) Â), r = π(a|s) / π_old(a|s), Â normalised over the minibatch (Schulman
///   et al., equation 7),
/// - L_value = ½ (V(s) − V_target)²,
/// - S = −Σ π ln π over the valid choices,
/// - L_elite = −ln π(a|s) over the steps of the best designs so far.
package struct PPOLoss: Sendable {
    let configuration: PPOConfiguration
    let process: DecisionProcess
    /// β.
    let entropyCoefficient: Double

    package init(configuration: PPOConfiguration, process: DecisionProcess, entropyCoefficient: Double) {
        self.configuration = configuration
        self.process = process
        self.entropyCoefficient = entropyCoefficient
    }

    /// The loss and what it is made of.
    package struct Terms {
        package var total: Variable
        package var policy: Float
        package var value: Float
        package var elite: Float
        /// S of each step.
        package var entropies: [Float]
        /// r of each step.
        package var ratios: [Float]
    }

    package func callAsFunction(_ network: PolicyNetwork, on samples: [Sample], imitating elites: [Step]) -> Terms {
        let embedding = network.encoder(process.tables)
        let steps = samples.map(\.step)
        let (logProbabilities, values) = process.apply(network, to: steps, embedding: embedding)
        let chosen = logProbabilities.selectingColumns(steps.map(process.layout.column))
        let advantage = Variable(Tensor(normalized(samples.map(\.advantage))))
        let epsilon = Float(configuration.clipRange)

        let ratio = (chosen - Variable(Tensor(samples.map(\.logProbability)))).exp()
        let surrogate = Variable.minimum(
            ratio * advantage, ratio.clamped(to: (1 - epsilon)...(1 + epsilon)) * advantage
        ).mean()
        let value = (values - Variable(Tensor(samples.map(\.target)))).squared().mean() * 0.5
        let entropies = logProbabilities.entropy()
        var total =
            value * Float(configuration.valueCoefficient) - surrogate - entropies.mean() * Float(entropyCoefficient)

        var elite: Float = 0
        if configuration.eliteCoefficient > 0, !elites.isEmpty {
            let imitation = -process.apply(network, to: elites, embedding: embedding).logProbabilities
                .selectingColumns(elites.map(process.layout.column)).mean()
            total = total + imitation * Float(configuration.eliteCoefficient)
            elite = imitation.value.scalar
        }
        return Terms(
            total: total, policy: -surrogate.value.scalar, value: value.value.scalar, elite: elite,
            entropies: Array(entropies.value.values), ratios: ratio.value.values)
    }

    /// Takes log π_old of the samples from the same products of matrices that the loss makes of them.
    ///
    /// BLAS may round a row differently in another company of rows; as the ratios are to be exactly 1 before anything
    /// is learned, the probabilities that the rollout noted serve as a check: they differ by rounding alone, or what
    /// was stored isn't what was seen.
    ///
    /// - Returns: the largest difference from what the rollout noted.
    package func takeOldProbabilities(of network: PolicyNetwork, for minibatches: inout [[Sample]]) -> Double {
        let embedding = network.encoder(process.tables)
        var error = 0.0
        for index in minibatches.indices {
            let steps = minibatches[index].map(\.step)
            let chosen = process.apply(network, to: steps, embedding: embedding).logProbabilities
                .selectingColumns(steps.map(process.layout.column)).value.values
            for row in chosen.indices {
                error = max(error, Double(abs(chosen[row] - minibatches[index][row].logProbability)))
                minibatches[index][row].logProbability = chosen[row]
            }
        }
        return error
    }

    /// Advantages moved and scaled to mean 0 and standard deviation 1.
    private func normalized(_ values: [Float]) -> [Float] {
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return values.map { Float((Double($0) - mean) / (variance.squareRoot() + 1e-8)) }
    }
}
