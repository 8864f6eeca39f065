import Foundation
import RandomNumbers
import Tensors
import Testing

@Suite struct SoftmaxTests {
    @Test func agreesWithItsDefinitionOverTheValidEntries() {
        var generator = SplitMix64(seed: 31)
        for columns in [1, 2, 7, 8, 31, 140] {
            let logits = Tensor.normal([9, columns], standardDeviation: 4, using: &generator)
            let mask = (0..<9 * columns).map { $0 % columns == 0 || generator.next() % 3 == 0 }
            let result = logits.maskedLogSoftmax(mask: mask)
            for row in 0..<9 {
                let valid = (0..<columns).filter { mask[row * columns + $0] }
                let sum = valid.reduce(0.0) { $0 + Foundation.exp(Double(logits[row, $1])) }
                for column in 0..<columns {
                    let expected = Double(logits[row, column]) - Foundation.log(sum)
                    if mask[row * columns + column] {
                        #expect(abs(Double(result[row, column]) - expected) < 1e-5)
                    } else {
                        #expect(result[row, column] == Tensor.maskedLogProbability)
                    }
                }
            }
        }
    }

    @Test func onlyValidEntryIsCertain() {
        let logits = Variable(Tensor([[5, -3, 1e30], [-1e30, 2, 7]])).recorded()
        let mask = [false, true, false, true, false, false]
        let result = logits.maskedLogSoftmax(mask: mask)
        #expect(result.value[0, 1] == 0 && result.value[1, 0] == 0)
        #expect(result.entropy().value == Tensor([0, 0]))
        let loss = result.entropy().sum() + result.selectingColumns([1, 0]).sum()
        #expect(loss.gradients(withRespectTo: [logits]) == [.zeros([2, 3])])
    }

    @Test func maskedLogitsHaveNoInfluence() {
        let mask = [true, false, true, true]
        let reference = Tensor([[1, 0, 2, -1]]).maskedLogSoftmax(mask: mask)
        for masked: Float in [1e30, -1e30, .infinity, -.infinity, .nan] {
            let logits = Variable(Tensor([[1, masked, 2, -1]])).recorded()
            let result = logits.maskedLogSoftmax(mask: mask)
            #expect(result.value.bits == reference.bits)
            let gradient = result.entropy().sum().gradients(withRespectTo: [logits])[0]
            #expect(gradient.isFinite && gradient.values[1] == 0)
        }
    }

    /// A loss that reads masked entries, which are constants, has the gradient of the one that reads the valid ones.
    @Test func maskedEntriesPassNoGradientOn() {
        let mask = [true, false, true, true]
        let logits = Variable(Tensor([[1, 5, 2, -1]])).recorded()
        let result = logits.maskedLogSoftmax(mask: mask)
        let all = result.sum().gradients(withRespectTo: [logits])[0]
        let valid = (result.slicingColumns(0..<1).sum() + result.slicingColumns(2..<4).sum())
            .gradients(withRespectTo: [logits])[0]
        #expect(all.bits == valid.bits && all.values[1] == 0 && all.values[0] != 0)
    }

    @Test func largeLogitsStayFinite() {
        let logits = Variable(Tensor([[1e4, -1e4, 9_990], [3e38, -3e38, 0]])).recorded()
        let result = logits.maskedLogSoftmax(mask: [Bool](repeating: true, count: 6))
        #expect(!result.value.values.contains { $0.isNaN })
        #expect(abs(result.value[0, 2] + 10) < 1e-3 && result.value[1, 0] == 0)
        #expect(result.entropy().sum().gradients(withRespectTo: [logits])[0].isFinite)
    }

    @Test func entropyOfEqualChoicesIsTheLogarithmOfTheirNumber() {
        for valid in 1...8 {
            let mask = (0..<8).map { $0 < valid }
            let entropy = Variable(Tensor(repeating: 3, shape: [1, 8])).maskedLogSoftmax(mask: mask).entropy()
            #expect(abs(entropy.value.values[0] - Float(Foundation.log(Double(valid)))) < 1e-6)
        }
    }
}
