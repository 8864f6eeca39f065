import Foundation
import RandomNumbers
import Tensors
import Testing

@Suite struct ElementwiseTests {
    /// Against the C library in double precision; the tolerance is in units of 2^-23 of the result.
    @Test func exponentialIsAccurateEverywhere() {
        let inputs = (0...40_000).map { Float($0) / 40_000 * 176 - 87.3 }
        for (x, y) in zip(inputs, Tensor(inputs).exp().values) {
            let expected = Foundation.exp(Double(x))
            let isBeyondRange = expected > 3.4e38 && y == .infinity
            #expect(isBeyondRange || abs(Double(y) - expected) <= 3 * 0x1p-23 * expected, "exp(\(x))")
        }
        let special = Tensor([0, -.infinity, .infinity, -100, 100, .nan, -1e9, 1e9]).exp().values
        #expect(special[0...4] == [1, 0, .infinity, 0, .infinity])
        #expect(special[5].isNaN && special[6] == 0 && special[7] == .infinity)
    }

    @Test func hyperbolicTangentIsAccurateEverywhere() {
        let inputs = (0...40_000).map { (Float($0) / 20_000 - 1) * 12 } + [1e-6, -1e-6, 1e-20, 0]
        for (x, y) in zip(inputs, Tensor(inputs).tanh().values) {
            let expected = Foundation.tanh(Double(x))
            #expect(abs(Double(y) - expected) <= 4 * 0x1p-23 * abs(expected), "tanh(\(x))")
        }
        let special = Tensor([.infinity, -.infinity, .nan]).tanh().values
        #expect(abs(special[0] - 1) < 1e-6 && abs(special[1] + 1) < 1e-6 && special[2].isNaN)
    }

    @Test func resultDoesNotDependOnPosition() {
        for count in 1...20 {
            let inputs = (0..<count).map { 0.37 * Float($0) - 2 }
            let (exponentials, tangents) = (Tensor(inputs).exp(), Tensor(inputs).tanh())
            for index in 0..<count {
                #expect(exponentials.values[index] == Tensor([inputs[index]]).exp().values[0])
                #expect(tangents.values[index] == Tensor([inputs[index]]).tanh().values[0])
            }
        }
    }

    @Test func arithmeticGoesElementByElement() {
        let a = Tensor([[1, -2], [3, 4]])
        let b = Tensor([[2, 4], [-1, 8]])
        #expect(a + b == Tensor([[3, 2], [2, 12]]))
        #expect(a - b == Tensor([[-1, -6], [4, -4]]))
        #expect(a * b == Tensor([[2, -8], [-3, 32]]))
        #expect(a / b == Tensor([[0.5, -0.5], [-3, 0.5]]))
        #expect(-a * 2 + 1 == Tensor([[-1, 5], [-5, -7]]))
        #expect(a.relu() == Tensor([[1, 0], [3, 4]]))
        #expect(a.clamped(to: -1...3) == Tensor([[1, -1], [3, 3]]))
        #expect((b * b).squareRoot() == Tensor([[2, 4], [1, 8]]))
    }

    @Test(arguments: [0, 1, 5, 8, 9, 16, 23])
    func reductionsAgreeWithPlainLoops(columns: Int) {
        var generator = SplitMix64(seed: UInt64(columns))
        let x = Tensor.normal([6, columns], using: &generator)
        var rowSums = [Double](repeating: 0, count: 6)
        var columnSums = [Double](repeating: 0, count: columns)
        var maxima = [Double](repeating: -.infinity, count: 6)
        for row in 0..<6 {
            for column in 0..<columns {
                rowSums[row] += Double(x[row, column])
                columnSums[column] += Double(x[row, column])
                maxima[row] = max(maxima[row], Double(x[row, column]))
            }
        }
        #expect(x.rowSums().distance(to: rowSums) < 1e-5)
        #expect(x.columnSums().distance(to: columnSums) < 1e-5)
        #expect(x.rowMaxima().values.map(Double.init) == maxima)
        #expect(x.sum().distance(to: [rowSums.reduce(0, +)]) < 1e-5)
    }

    @Test func sumOfManySmallNumbersLosesNothing() {
        // In single precision the running sum would stop growing at 2^24.
        #expect(Tensor(repeating: 1, shape: [20_000_000]).sum().scalar == 20_000_000)
    }
}
