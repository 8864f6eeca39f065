import Agents
import Environments
import Foundation
import Tensors
import Testing

/// The whole loss against its formula in plain loops, and its gradient against finite differences.
@Suite struct PPOLossTests {
    struct Example {
        var agent: PPOAgent
        var loss: PPOLoss
        var samples: [Sample]
        var elites: [Step]
    }

    /// Steps of real episodes, some with ratios within the clip range, some beyond each end of it, with advantages of
    /// both signs.
    private func example() throws -> Example {
        var configuration = PPOConfiguration.small
        configuration.eliteCoefficient = 0.2
        var agent = PPOAgent(problem: try .mixed(), configuration: configuration, seed: 3)
        // Some learning first, so that probabilities are not uniform.
        try search(with: &agent, batches: 6, reward: arbitraryReward)
        let rollouts = try agent.process.rollouts(agent.policy, episodes: 0..<6, seed: 9)
        let shifts: [Float] = [0, 0.1, -0.1, 0.5, -0.6, 0.05]
        var samples: [Sample] = []
        for rollout in rollouts {
            for t in rollout.steps.indices {
                let i = samples.count
                samples.append(
                    Sample(
                        step: rollout.steps[t], logProbability: rollout.logProbabilities[t] - shifts[i % 6],
                        value: rollout.values[t], advantage: Float((i * 7) % 11) - 4.5))
            }
        }
        let loss = PPOLoss(configuration: configuration, process: agent.process, entropyCoefficient: 0.03)
        return Example(agent: agent, loss: loss, samples: samples, elites: rollouts[0].steps + rollouts[3].steps)
    }

    /// The logits' slice of a step, by the layout's definition: the choices of the parameters before it come first.
    private func slice(_ row: Int, of logProbabilities: Tensor, _ step: Step, _ space: SearchSpace) -> [Double] {
        let start = space.parameters[..<step.parameter].reduce(0) { $0 + $1.count }
        return (0..<space.parameters[step.parameter].count).map { Double(logProbabilities[row, start + $0]) }
    }

    private func outputs(_ example: Example, _ steps: [Step]) -> (logProbabilities: Tensor, values: [Float]) {
        let process = example.agent.process
        let (logProbabilities, values) = example.agent.policy(
            Tensor(steps.map(\.observation)), embedding: example.agent.policy.encoder(process.tables),
            mask: process.layout.mask(of: steps.map { ($0.parameter, $0.mask) }))
        return (logProbabilities.value, values.value.values)
    }

    @Test func isItsFormula() throws {
        let example = try example()
        let space = example.agent.process.problem.problem.searchSpace
        let configuration = example.agent.configuration
        let (logProbabilities, values) = outputs(example, example.samples.map(\.step))
        let advantages = example.samples.map { Double($0.advantage) }
        let mean = advantages.reduce(0, +) / Double(advantages.count)
        let deviation = (advantages.reduce(0) { $0 + pow($1 - mean, 2) } / Double(advantages.count)).squareRoot()

        var (policy, value, entropy, elite) = (0.0, 0.0, 0.0, 0.0)
        var (clipped, unclipped) = (0, 0)
        for (row, sample) in example.samples.enumerated() {
            let logs = slice(row, of: logProbabilities, sample.step, space)
            let valid = logs.indices.filter(sample.step.mask.contains)
            #expect(abs(valid.reduce(0) { $0 + exp(logs[$1]) } - 1) < 1e-5)
            let ratio = exp(logs[sample.step.choice] - Double(sample.logProbability))
            let advantage = (advantages[row] - mean) / deviation
            policy -= min(ratio * advantage, min(max(ratio, 0.8), 1.2) * advantage)
            value += 0.5 * pow(Double(values[row]) - Double(sample.value + sample.advantage), 2)
            entropy -= valid.reduce(0) { $0 + exp(logs[$1]) * logs[$1] }
            if abs(ratio - 1) > 0.2 { clipped += 1 } else { unclipped += 1 }
        }
        let eliteLogs = outputs(example, example.elites).logProbabilities
        for (row, step) in example.elites.enumerated() { elite -= slice(row, of: eliteLogs, step, space)[step.choice] }
        #expect(clipped > 5 && unclipped > 5)

        let count = Double(example.samples.count)
        let expected =
            policy / count + configuration.valueCoefficient * value / count - 0.03 * entropy / count
            + 0.2 * elite / Double(example.elites.count)
        let terms = example.loss(example.agent.policy, on: example.samples, imitating: example.elites)
        #expect(abs(Double(terms.total.value.scalar) - expected) < 1e-4 * max(1, abs(expected)))
    }

    /// For every tensor of weights, the slope along random directions: (L(θ + hd) − L(θ − hd)) / 2h against g · d.
    @Test func itsGradientIsThatOfFiniteDifferences() throws {
        let example = try example()
        let recorded = example.agent.policy.recorded()
        let gradients = recorded.gradients(
            of: example.loss(recorded, on: example.samples, imitating: example.elites).total)
        let parameters = example.agent.policy.namedParameters
        let h: Float = 0.004
        var stream = RandomStream(seed: 5, purpose: .checking)

        func value(_ index: Int, _ tensor: Tensor) -> Double {
            var network = example.agent.policy
            var values = parameters.map(\.value)
            values[index] = tensor
            network.setParameters(values)
            let terms = example.loss(network, on: example.samples, imitating: example.elites)
            return Double(terms.total.value.scalar)
        }

        for (index, parameter) in parameters.enumerated() {
            for _ in 0..<3 {
                let raw = Tensor.normal(parameter.value.shape, using: &stream)
                let direction = raw / max(raw.values.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-6)
                let slope =
                    (value(index, parameter.value + direction * h) - value(index, parameter.value - direction * h))
                    / Double(2 * h)
                let expected = zip(gradients[index].values, direction.values).reduce(0) { $0 + Double($1.0 * $1.1) }
                #expect(
                    abs(slope - expected) < 2e-4 + 0.02 * abs(expected),
                    "\(parameter.name): \(slope), gradient \(expected)")
            }
            #expect(gradients[index].values.contains { $0 != 0 }, "\(parameter.name) has no influence.")
        }
    }

    /// A policy that knows nothing has the entropy of the choices that are allowed, not of all that there are.
    @Test func entropyIsOverTheValidChoicesAlone() throws {
        let agent = PPOAgent(problem: try .mixed(), configuration: .small, seed: 1)
        let rollouts = try agent.process.rollouts(agent.policy, episodes: 0..<16, seed: 1)
        let samples = rollouts.flatMap { rollout in
            rollout.steps.map { Sample(step: $0, logProbability: 0, value: 0, advantage: 0) }
        }
        let loss = PPOLoss(configuration: .small, process: agent.process, entropyCoefficient: 0)
        let entropies = loss(agent.policy, on: samples, imitating: []).entropies
        let sizes = agent.process.problem.problem.searchSpace.parameters.map(\.count)
        #expect(samples.contains { $0.step.mask.count < sizes[$0.step.parameter] }, "The example has masks that bind.")
        for (sample, entropy) in zip(samples, entropies) {
            #expect(abs(Double(entropy) - log(Double(sample.step.mask.count))) < 0.01)
        }
    }
}
