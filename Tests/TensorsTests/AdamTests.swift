import RandomNumbers
import Tensors
import Testing

@Suite struct AdamTests {
    /// The parameters and moments after steps of this program in double precision (Python 3):
    ///
    ///     p = [1.0, -2.0, 0.5]; m = [0.0] * 3; v = [0.0] * 3
    ///     for t in range(1, 6):
    ///         g = [p[0] * 2, p[1] + t, 0.01 * t * t]
    ///         for i in range(3):
    ///             m[i] = 0.9 * m[i] + 0.1 * g[i]; v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2
    ///             mh = m[i] / (1 - 0.9 ** t); vh = v[i] / (1 - 0.999 ** t)
    ///             p[i] -= 0.1 * mh / (vh ** 0.5 + 1e-5)
    ///         print(t, p)
    ///     print(m, v)
    @Test func agreesWithReferenceSteps() {
        let expected = [
            [0.9000004999975, -1.90000099999, 0.40009990009990004],
            [0.8004132482111622, -1.8407369027768177, 0.31169256781697546],
            [0.7015878297637986, -1.8590341325155824, 0.2251651326445014],
            [0.6039411668151213, -1.9150099987300273, 0.13846447304778878],
            [0.5079663194644792, -1.9872157640247359, 0.050823193087479734],
        ]
        var model = SingleParameter(value: Variable(Tensor([1, -2, 0.5])))
        var adam = Adam(for: model, learningRate: 0.1)
        for (index, values) in expected.enumerated() {
            let (t, p) = (Float(index + 1), model.value.value.values)
            adam.update(&model, along: [Tensor([p[0] * 2, p[1] + t, 0.01 * t * t])])
            #expect(model.value.value.distance(to: values) < 2e-6, "step \(index + 1)")
        }
        #expect(adam.state.step == 5)
        #expect(
            adam.state.firstMoments[0].distance(to: [0.6391810618303518, 0.5367661661764017, 0.050262100000000004])
                < 1e-6)
        let second = [0.013197752794763056, 0.016443494736033917, 9.785301349800011e-05]
        #expect(adam.state.secondMoments[0].distance(to: second) < 1e-8)
    }

    @Test func findsTheMinimumOfARegression() {
        var generator = SplitMix64(seed: 51)
        let x = Tensor.normal([64, 3], using: &generator)
        let truth = Tensor([[1], [-2], [0.5]])
        let y = x.multiplied(by: truth) + 0.25
        var model = Linear(inputs: 3, outputs: 1, using: &generator)
        var adam = Adam(for: model, learningRate: 0.02)
        for _ in 0..<1_000 {
            let recorded = model.recorded()
            let loss = (recorded(Variable(x)) - Variable(y)).squared().mean()
            adam.update(&model, along: recorded.gradients(of: loss))
        }
        #expect(model.weight.value.distance(to: [1, -2, 0.5]) < 1e-3)
        #expect(model.bias.value.distance(to: [0.25]) < 1e-3)
    }

    @Test func clippingBoundsTheNormOfAllGradientsTogether() {
        var gradients = [Tensor([3, 0]), Tensor([[0], [4]])]
        #expect(gradients.clip(toGlobalNorm: 10) == 5)
        #expect(gradients == [Tensor([3, 0]), Tensor([[0], [4]])])
        #expect(gradients.clip(toGlobalNorm: 1) == 5)
        #expect(gradients[0].distance(to: [0.6, 0]) < 1e-7 && gradients[1].distance(to: [0, 0.8]) < 1e-7)
    }

    @Test func clippingReportsGradientsThatAreNotFinite() {
        for fault: Float in [.nan, .infinity] {
            var gradients = [Tensor([1, 2]), Tensor([fault])]
            #expect(!gradients.clip(toGlobalNorm: 1).isFinite)
            #expect(gradients[0] == Tensor([1, 2]))
        }
    }

    @Test func updateLeavesCopiesOfTheModelAlone() {
        var model = SingleParameter(value: Variable(Tensor([1, 2])))
        let before = model
        var adam = Adam(for: model, learningRate: 0.1)
        adam.update(&model, along: [Tensor([1, 1])])
        #expect(before.value.value == Tensor([1, 2]) && model.value.value != Tensor([1, 2]))
    }
}

/// A model that is one vector.
private struct SingleParameter: Parameterized {
    var value: Variable

    mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        visit(path + "value", &value)
    }
}
