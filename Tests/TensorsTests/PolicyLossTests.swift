import Foundation
import RandomNumbers
import Tensors
import Testing

/// The loss of PPO, made of this module's operations, against its formula in plain double-precision loops and against
/// finite differences.
@Suite struct PolicyLossTests {
    struct Batch {
        var observations: Tensor
        var mask: [Bool]
        var actions: [Int]
        var oldLogProbabilities: Tensor
        var advantages: Tensor
        var returns: Tensor
        var setLengths: [Int]
        var setFeatures: Tensor
    }

    struct Agent: Parameterized {
        var encoder: MultilayerPerceptron
        var normalization: LayerNormalization
        var trunk: MultilayerPerceptron
        var policy: Linear
        var value: Linear

        init(using generator: inout some RandomNumberGenerator) {
            encoder = MultilayerPerceptron(widths: [2, 4], outputActivation: .tanh, using: &generator)
            normalization = LayerNormalization(features: 8)
            trunk = MultilayerPerceptron(widths: [11, 6, 5], outputActivation: .tanh, using: &generator)
            policy = Linear(inputs: 5, outputs: 4, using: &generator)
            value = Linear(inputs: 5, outputs: 1, using: &generator)
        }

        mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
            encoder.visitParameters(path: path + "encoder.", visit)
            normalization.visitParameters(path: path + "normalization.", visit)
            trunk.visitParameters(path: path + "trunk.", visit)
            policy.visitParameters(path: path + "policy.", visit)
            value.visitParameters(path: path + "value.", visit)
        }

        func forward(_ batch: Batch) -> (logProbabilities: Variable, values: Variable) {
            let members = encoder(Variable(batch.setFeatures))
            let sets = normalization(
                .concatenatingColumns([
                    members.segmentMeans(lengths: batch.setLengths),
                    members.segmentMaxima(lengths: batch.setLengths),
                ]))
            let rows = (0..<batch.observations.rows).map { $0 % batch.setLengths.count }
            let hidden = trunk(.concatenatingColumns([Variable(batch.observations), sets.gatheringRows(rows)]))
            let values = value(hidden)
            return (policy(hidden).maskedLogSoftmax(mask: batch.mask), values.reshaped([values.value.count]))
        }

        func loss(_ batch: Batch) -> Variable {
            let (logProbabilities, values) = forward(batch)
            let advantages = Variable(batch.advantages)
            let ratio = (logProbabilities.selectingColumns(batch.actions) - Variable(batch.oldLogProbabilities)).exp()
            let surrogate = Variable.minimum(ratio * advantages, ratio.clamped(to: 0.8...1.2) * advantages).mean()
            let valueLoss = (values - Variable(batch.returns)).squared().mean() * 0.5
            return valueLoss - surrogate - logProbabilities.entropy().mean() * 0.01
        }
    }

    private func example() -> (agent: Agent, batch: Batch) {
        var generator = SplitMix64(seed: 21)
        let agent = Agent(using: &generator)
        let mask = (0..<24).map { $0 % 4 == 0 || generator.next() % 2 == 0 }
        let actions = (0..<6).map { row in (0..<4).last { mask[row * 4 + $0] } ?? 0 }
        var batch = Batch(
            observations: .normal([6, 3], using: &generator), mask: mask, actions: actions,
            oldLogProbabilities: .zeros([6]), advantages: Tensor([1, -1, 0.5, -2, 1.5, -0.3]),
            returns: .normal([6], using: &generator), setLengths: [3, 1, 4],
            setFeatures: .normal([8, 2], using: &generator))
        // Old probabilities such that some ratios are inside of the clip range, some beyond each end, none at one.
        let now = agent.forward(batch).logProbabilities.value.selectingColumns(actions)
        let ratios = [1.0, 1.5, 1.4, 0.5, 0.6, 1.1]
        batch.oldLogProbabilities = now - Tensor(ratios.map { Float(Foundation.log($0)) })
        return (agent, batch)
    }

    @Test func lossAgreesWithItsFormula() {
        let (agent, batch) = example()
        let (logProbabilities, values) = agent.forward(batch)
        var expected = 0.0
        for row in 0..<6 {
            let logits = (0..<4).filter { batch.mask[row * 4 + $0] }
                .map { Double(logProbabilities.value[row, $0]) }
            #expect(abs(logits.reduce(0) { $0 + Foundation.exp($1) } - 1) < 1e-6)
            let logProbability = Double(logProbabilities.value[row, batch.actions[row]])
            let ratio = Foundation.exp(logProbability - Double(batch.oldLogProbabilities.values[row]))
            let advantage = Double(batch.advantages.values[row])
            expected -= min(ratio * advantage, min(max(ratio, 0.8), 1.2) * advantage)
            let error = Double(values.value.values[row] - batch.returns.values[row])
            expected += 0.5 * error * error
            expected += 0.01 * logits.reduce(0) { $0 + $1 * Foundation.exp($1) }
        }
        #expect(abs(Double(agent.loss(batch).value.scalar) - expected / 6) < 1e-6)
    }

    @Test func gradientsOfTheWholeLossAgreeWithFiniteDifferences() {
        let (agent, batch) = example()
        let recorded = agent.recorded()
        let gradients = recorded.gradients(of: recorded.loss(batch))
        let parameters = agent.namedParameters.map(\.value)
        var largest = 0.0
        for (index, parameter) in parameters.enumerated() {
            for element in 0..<parameter.count {
                func loss(_ offset: Float) -> Double {
                    var values = parameters[index].values
                    values[element] += offset
                    var moved = parameters
                    moved[index] = Tensor(shape: parameter.shape, values: values)
                    var other = agent
                    other.setParameters(moved)
                    return Double(other.loss(batch).value.scalar)
                }
                // A small step, since the clip's kinks are near; rounding then errs by 2⁻²⁴ · |loss| / 0.002 = 1e-4.
                let difference = (8 * (loss(0.002) - loss(-0.002)) - (loss(0.004) - loss(-0.004))) / 0.024
                let gradient = Double(gradients[index].values[element])
                #expect(abs(gradient - difference) < 5e-4, "\(agent.namedParameters[index].name)[\(element)]")
                largest = max(largest, abs(gradient))
            }
        }
        #expect(largest > 0.1)
    }

    @Test func recordingChangesNoValue() {
        let (agent, batch) = example()
        #expect(agent.loss(batch).value.bits == agent.recorded().loss(batch).value.bits)
        #expect(!agent.loss(batch).isRecorded)
    }

    @Test func learningIsRepeatableBitForBit() {
        func trained() -> [[UInt32]] {
            var (agent, batch) = example()
            batch.setFeatures = batch.setFeatures * 2
            var adam = Adam(for: agent, learningRate: 0.01)
            for _ in 0..<20 {
                let recorded = agent.recorded()
                var gradients = recorded.gradients(of: recorded.loss(batch))
                _ = gradients.clip(toGlobalNorm: 0.5)
                adam.update(&agent, along: gradients)
            }
            return agent.namedParameters.map { $0.value.bits }
        }
        #expect(trained() == trained())
    }
}
