import RandomNumbers
import Tensors
import Testing

@Suite struct LayerTests {
    @Test func perceptronIsItsLayersInTurn() {
        var generator = SplitMix64(seed: 41)
        let model = MultilayerPerceptron(
            widths: [3, 5, 4, 2], activation: .relu, outputActivation: .tanh, using: &generator)
        let x = Tensor.normal([7, 3], using: &generator)
        var expected = x
        for (index, layer) in model.layers.enumerated() {
            expected = expected.multiplied(by: layer.weight.value).addingToRows(layer.bias.value)
            expected = index == 2 ? expected.tanh() : expected.relu()
        }
        #expect(model(Variable(x)).value.distance(to: expected.values.map(Double.init)) < 1e-6)
    }

    @Test func weightsHaveTheGainsOfPPO() {
        var generator = SplitMix64(seed: 42)
        let model = MultilayerPerceptron(widths: [16, 8, 8, 4], outputGain: 0.01, using: &generator)
        for (index, gain) in [2.0, 2.0, 1e-4].enumerated() {
            let weight = model.layers[index].weight.value
            // The columns of a tall orthogonal matrix of gain g have length g.
            for length in (weight * weight).columnSums().values { #expect(abs(Double(length) / gain - 1) < 1e-5) }
            #expect(model.layers[index].bias.value.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func parametersHaveNamesInOrder() {
        var generator = SplitMix64(seed: 43)
        var model = MultilayerPerceptron(widths: [3, 4, 2], using: &generator)
        #expect(model.namedParameters.map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
        #expect(model.namedParameters.map(\.value.shape) == [[3, 4], [4], [4, 2], [2]])
        #expect(model.parameterCount == 26)
        let values = model.namedParameters.map { $0.value + 1 }
        model.setParameters(values)
        #expect(model.namedParameters.map(\.value) == values)
        #expect(LayerNormalization(features: 2).namedParameters.map(\.name) == ["scale", "shift"])
    }

    @Test func normalizedRowsHaveMeanZeroAndVarianceOne() {
        var generator = SplitMix64(seed: 44)
        let x = Variable(.normal([5, 64], mean: 7, standardDeviation: 3, using: &generator))
        let y = LayerNormalization(features: 64)(x).value
        #expect(y.rowSums().distance(to: [0, 0, 0, 0, 0]) < 1e-4)
        #expect((y * y).rowSums().distance(to: [64, 64, 64, 64, 64]) < 1e-3)
    }
}
