import RandomNumbers
import Tensors
import Testing

/// Compares gradients with finite differences.
///
/// The five-point stencil, (8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h, errs by h⁴f⁽⁵⁾/30 and by rounding, about
/// 1.5 · 2⁻²⁴|f|/h. With h = 0.02 and functions of size 1 to 10 both are below 1e-4, so agreement within 5e-4 of the
/// gradient's size says that the formula is right; a wrong sign or a missing term is hundreds of times that. Inputs of
/// functions with kinks stay 0.05 away from them.
func expectGradients(
    of inputs: [Tensor], sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Variable]) -> Variable
) {
    let recorded = inputs.map { Variable($0).recorded() }
    let gradients = function(recorded).gradients(withRespectTo: recorded)
    let step: Float = 0.02
    for (index, input) in inputs.enumerated() {
        #expect(gradients[index].shape == input.shape, sourceLocation: sourceLocation)
        for element in 0..<input.count {
            func value(_ offset: Float) -> Double {
                var values = input.values
                values[element] += offset
                var moved = inputs
                moved[index] = Tensor(shape: input.shape, values: values)
                return Double(function(moved.map { Variable($0) }).value.scalar)
            }
            let difference =
                (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / (12 * Double(step))
            let gradient = Double(gradients[index].values[element])
            #expect(
                abs(gradient - difference) <= 5e-4 * max(1, abs(difference)),
                "input \(index), element \(element)", sourceLocation: sourceLocation)
        }
    }
}

@Suite struct GradientTests {
    /// Numbers of either sign that stay away from zero, and their absolute values.
    private func inputs(_ shape: [Int], seed: UInt64) -> (signed: Tensor, positive: Tensor) {
        var generator = SplitMix64(seed: seed)
        let positive = Tensor.uniform(shape, in: 0.4...1.6, using: &generator)
        let signs = Tensor.uniform(shape, in: -1...1, using: &generator)
        let signed = zip(positive.values, signs.values).map { $1 < 0 ? -$0 : $0 }
        return (Tensor(shape: shape, values: signed), positive)
    }

    /// A scalar that weighs every element differently, so that a gradient in the wrong place is seen.
    private func weighted(_ x: Variable) -> Variable {
        var generator = SplitMix64(seed: 99)
        return (x * Variable(.uniform(x.shape, in: -1...1, using: &generator))).sum()
    }

    @Test func arithmetic() {
        let (a, _) = inputs([3, 4], seed: 1)
        let (_, b) = inputs([3, 4], seed: 2)
        expectGradients(of: [a, b]) { weighted($0[0] + $0[1]) }
        expectGradients(of: [a, b]) { weighted($0[0] - $0[1]) }
        expectGradients(of: [a, b]) { weighted($0[0] * $0[1]) }
        expectGradients(of: [a, b]) { weighted($0[0] / $0[1]) }
        expectGradients(of: [a]) { weighted($0[0] * 3 + 2) }
        expectGradients(of: [a]) { weighted(-$0[0] - 0.5) }
        expectGradients(of: [a]) { weighted($0[0] * $0[0] + $0[0]) }
    }

    @Test func elementwiseFunctions() {
        let (signed, positive) = inputs([3, 5], seed: 3)
        expectGradients(of: [signed]) { weighted($0[0].tanh()) }
        expectGradients(of: [signed]) { weighted($0[0].relu()) }
        expectGradients(of: [signed]) { weighted($0[0].exp()) }
        expectGradients(of: [signed]) { weighted($0[0].squared()) }
        expectGradients(of: [positive]) { weighted($0[0].log()) }
        expectGradients(of: [positive]) { weighted($0[0].squareRoot()) }
        for activation in Activation.allCases { expectGradients(of: [signed]) { weighted(activation($0[0])) } }
    }

    @Test func kinks() {
        let a = Tensor([-1, -0.5, 0, 0.5, 1, 2])
        let b = Tensor([-0.8, -0.9, 0.3, 0.1, 1.2, 1.8])
        expectGradients(of: [a]) { weighted($0[0].clamped(to: -0.7...0.9)) }
        expectGradients(of: [a, b]) { weighted(Variable.minimum($0[0], $0[1])) }
        expectGradients(of: [a, b]) { weighted(Variable.maximum($0[0], $0[1])) }
    }

    @Test func ofEqualsTheFirstGetsTheGradient() {
        let (a, b) = (Variable(Tensor([1])).recorded(), Variable(Tensor([1])).recorded())
        let minimum = Variable.minimum(a, b).sum().gradients(withRespectTo: [a, b])
        #expect(minimum == [Tensor([1]), Tensor([0])])
        let maximum = Variable.maximum(a, b).sum().gradients(withRespectTo: [a, b])
        #expect(maximum == [Tensor([1]), Tensor([0])])
        let set = Variable(Tensor([[2], [2]])).recorded()
        #expect(set.segmentMaxima(lengths: [2]).sum().gradients(withRespectTo: [set]) == [Tensor([[1], [0]])])
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func products(transposition: (Bool, Bool)) {
        let a = inputs(transposition.0 ? [4, 3] : [3, 4], seed: 4).signed
        let b = inputs(transposition.1 ? [2, 4] : [4, 2], seed: 5).signed
        expectGradients(of: [a, b]) {
            weighted($0[0].multiplied(by: $0[1], transposed: transposition.0, otherTransposed: transposition.1))
        }
    }

    @Test func affineMaps() {
        let (x, weight, bias) = (
            inputs([5, 3], seed: 6).signed, inputs([3, 4], seed: 7).signed, Tensor([1, 2, 3, 4])
        )
        expectGradients(of: [x, weight, bias]) { weighted($0[0].affine(weight: $0[1], bias: $0[2]).tanh()) }
        expectGradients(of: [x, Tensor([1, 2, 3])]) { weighted($0[0].addingToRows($0[1]).squared()) }
    }

    @Test func reductions() {
        let x = inputs([4, 3], seed: 8).signed
        expectGradients(of: [x]) { $0[0].squared().sum() }
        expectGradients(of: [x]) { $0[0].squared().mean() }
        expectGradients(of: [x]) { weighted($0[0].squared().rowSums()) }
    }

    @Test func rowOperations() {
        let (x, y) = (inputs([4, 3], seed: 9).signed, inputs([4, 2], seed: 10).signed)
        expectGradients(of: [x]) { weighted($0[0].squared().slicingColumns(1..<3)) }
        expectGradients(of: [x, y]) { weighted(Variable.concatenatingColumns([$0[0], $0[1], $0[0]]).squared()) }
        expectGradients(of: [x]) { weighted($0[0].gatheringRows([2, 0, 2, 2, 3]).squared()) }
        expectGradients(of: [x]) { weighted($0[0].squared().selectingColumns([2, 0, 1, 1])) }
        expectGradients(of: [x]) { weighted($0[0].reshaped([2, 6]).squared()) }
    }

    @Test func segments() {
        // No two elements of a column are within 0.1 of each other.
        let x = Tensor([[1, -2], [0.5, 3], [-1, 0], [2, 1], [1.5, 2]])
        for lengths in [[5], [2, 3], [1, 0, 4], [0, 2, 2, 1, 0]] {
            expectGradients(of: [x]) { weighted($0[0].squared().segmentMeans(lengths: lengths)) }
            expectGradients(of: [x]) { weighted($0[0].segmentMaxima(lengths: lengths).squared()) }
        }
    }

    @Test func layerNormalization() {
        let (x, scale) = (inputs([3, 5], seed: 11).signed, inputs([5], seed: 12).positive)
        expectGradients(of: [x, scale, Tensor([1, 2, 3, 4, 5])]) {
            weighted($0[0].layerNormalized(scale: $0[1], shift: $0[2]))
        }
    }

    @Test func maskedSoftmax() {
        let logits = inputs([3, 5], seed: 13).signed
        let masks = [
            [Bool](repeating: true, count: 15),
            [true, false, true, true, false, false, false, true, false, false, true, true, true, true, false],
        ]
        for mask in masks {
            let actions = [2, 2, 0]
            expectGradients(of: [logits]) {
                weighted($0[0].maskedLogSoftmax(mask: mask).selectingColumns(actions))
            }
            expectGradients(of: [logits]) { weighted($0[0].maskedLogSoftmax(mask: mask).entropy()) }
        }
    }

    @Test func sharedInputsAddUp() {
        let x = Variable(Tensor([3])).recorded()
        let y = x * x
        // d(x² · x² + x) / dx = 4x³ + 1.
        let gradient = (y * y + x).sum().gradients(withRespectTo: [x, y])
        #expect(gradient == [Tensor([109]), Tensor([18])])
    }

    @Test func constantsRecordNothing() {
        let (x, y) = (Variable(Tensor([1, 2])), Variable(Tensor([3, 4])).recorded())
        #expect(!(x.tanh() * x).sum().isRecorded)
        #expect((x * y).isRecorded)
        #expect(!(x * y).detached().isRecorded)
        #expect((x * 2).sum().gradients(withRespectTo: [y]) == [Tensor([0, 0])])
        #expect(((x * y).detached() * y).sum().gradients(withRespectTo: [y]) == [Tensor([3, 8])])
    }

    @Test func longGraphsAreDifferentiated() {
        let x = Variable(Tensor(1)).recorded()
        var y = x
        for _ in 0..<2_000 { y = y + 1 }
        #expect(y.gradients(withRespectTo: [x]) == [Tensor(1)])
    }
}
