import Agents
import Testing

@Suite struct AdvantageEstimationTests {
    /// The definition, equation 16 of the paper: the exponentially weighted average of k-step advantages
    /// A⁽ᵏ⁾ = −V(t) + r(t) + … + V(t+k), with γ = 1.
    private func naive(values: [Double], reward: Double, lambda: Double) -> [Double] {
        let length = values.count
        return (0..<length).map { t in
            func kStep(_ k: Int) -> Double {
                t + k >= length ? reward - values[t] : values[t + k] - values[t]
            }
            // All weights beyond the episode's end fall on the full return.
            let remaining = length - t
            var sum = 0.0
            var weight = 1 - lambda
            for k in 1..<max(remaining, 1) {
                sum += weight * kStep(k)
                weight *= lambda
            }
            var left = 1.0
            for _ in 1..<max(remaining, 1) { left *= lambda }
            return sum + left * kStep(remaining)
        }
    }

    @Test(arguments: [0, 0.5, 0.95, 1]) func agreesWithTheDefinition(lambda: Double) {
        let values: [Double] = [0.3, -1.2, 0.7, 2.5, -0.4]
        let found = advantages(values: values.map(Float.init), reward: 1.7, lambda: Float(lambda))
        for (found, expected) in zip(found, naive(values: values, reward: 1.7, lambda: lambda)) {
            #expect(abs(Double(found) - expected) < 1e-5)
        }
    }

    @Test func withLambdaOneItIsTheReturnLessTheValue() {
        #expect(advantages(values: [1, 2, 4], reward: 8, lambda: 1) == [7, 6, 4])
    }

    @Test func withLambdaZeroItIsTheNextValueLessTheValue() {
        #expect(advantages(values: [1, 2, 4], reward: 8, lambda: 0) == [1, 2, 4])
    }

    @Test func anEpisodeWithoutStepsHasNone() {
        #expect(advantages(values: [], reward: 3, lambda: 0.9).isEmpty)
    }

    /// Where the values were right, nothing is better than expected: nothing may leak in from elsewhere.
    @Test func isZeroWhereValuesAreRight() {
        #expect(advantages(values: [5, 5, 5], reward: 5, lambda: 0.95) == [0, 0, 0])
    }
}
