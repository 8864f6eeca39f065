import RandomNumbers
import Tensors
import Testing

@Suite struct RandomTests {
    /// Moments of 200,000 draws; each tolerance is five standard errors, √(Var / n) of the moment's estimate.
    @Test func normalNumbersHaveTheMomentsOfTheNormalDistribution() {
        var generator = SplitMix64(seed: 11)
        let draws = Tensor.normal([200_000], mean: 0, standardDeviation: 1, using: &generator).values.map(Double.init)
        func moment(_ order: Int) -> Double {
            var sum = 0.0
            for x in draws { sum += (0..<order).reduce(1.0) { power, _ in power * x } }
            return sum / Double(draws.count)
        }
        let root = Double(draws.count).squareRoot()
        #expect(abs(moment(1)) < 5 * 1 / root)
        #expect(abs(moment(2) - 1) < 5 * 2.0.squareRoot() / root)
        #expect(abs(moment(3)) < 5 * 15.0.squareRoot() / root)
        #expect(abs(moment(4) - 3) < 5 * 96.0.squareRoot() / root)
        let neighbours = zip(draws, draws.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(draws.count)
        #expect(abs(neighbours) < 5 / root)
        // P(|x| < 1) = 0.682689.
        let inside = Double(draws.count { abs($0) < 1 }) / Double(draws.count)
        let insideError = (0.682689 * 0.317311).squareRoot() / root
        #expect(abs(inside - 0.682689) < 5 * insideError)
    }

    @Test func scaledDrawsAreShiftedDraws() {
        var (one, other) = (SplitMix64(seed: 5), SplitMix64(seed: 5))
        let standard = Tensor.normal([7], using: &one)
        let scaled = Tensor.normal([7], mean: 3, standardDeviation: 2, using: &other)
        #expect(scaled.distance(to: standard.values.map { 3 + 2 * Double($0) }) < 1e-6)
    }

    @Test func uniformNumbersFillTheirRange() {
        var generator = SplitMix64(seed: 12)
        let draws = Tensor.uniform([100_000], in: -2...6, using: &generator).values.map(Double.init)
        #expect(draws.allSatisfy { (-2...6).contains($0) })
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        // Mean 2, variance 64 / 12; five standard errors.
        let trueVariance = 64.0 / 12
        let fourthMoment = 4096.0 / 80
        let meanError = (trueVariance / 100_000).squareRoot()
        let varianceError = ((fourthMoment - trueVariance * trueVariance) / 100_000).squareRoot()
        #expect(abs(mean - 2) < 5 * meanError)
        #expect(abs(variance - trueVariance) < 5 * varianceError)
        for bin in 0..<8 {
            let share = Double(draws.count { Int(($0 + 2).rounded(.down)) == bin }) / 100_000
            let shareError = (0.125 * 0.875 / 100_000).squareRoot()
            #expect(abs(share - 0.125) < 5 * shareError)
        }
    }

    @Test(arguments: [(5, 5), (64, 17), (17, 64), (1, 9), (128, 128)])
    func orthogonalMatricesAreOrthogonal(rows: Int, columns: Int) {
        var generator = SplitMix64(seed: 2)
        let gain: Float = 1.5
        let q = Tensor.orthogonal(rows: rows, columns: columns, gain: gain, using: &generator)
        #expect(q.shape == [rows, columns])
        let isTall = rows >= columns
        let gram = q.multiplied(by: q, transposed: isTall, otherTransposed: !isTall)
        let size = min(rows, columns)
        let identity = (0..<size * size).map { $0 / size == $0 % size ? 2.25 : 0.0 }
        #expect(gram.distance(to: identity) < 3e-6)
    }

    @Test func orthogonalMatricesHaveNoPreferredSign() {
        // Of a uniformly distributed rotation every element is symmetric about zero: 1,000 signs, five deviations.
        var generator = SplitMix64(seed: 4)
        let positive = (0..<1_000).count { _ in
            Tensor.orthogonal(rows: 3, columns: 3, using: &generator)[0, 0] > 0
        }
        #expect(abs(positive - 500) < 80)
    }
}
