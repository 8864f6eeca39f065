import Agents
import Testing

@Suite struct RankUtilitiesTests {
    @Test func risesWithTheRewardAndDependsOnRanksAlone() {
        let rewards: [Float] = [-9.5, 0.3, 0.1, -2, 1.4, 0.2]
        let utilities = rankUtilities(of: rewards)
        let order = rewards.indices.sorted { rewards[$0] < rewards[$1] }
        for (worse, better) in zip(order, order.dropFirst()) { #expect(utilities[worse] <= utilities[better]) }
        #expect(rankUtilities(of: rewards.map { 100 * $0 * abs($0) + 7 }) == utilities)
    }

    @Test func hasMeanZeroAndDeviationOne() {
        let utilities = rankUtilities(of: (0..<40).map { Float(($0 * 17) % 29) })
        let mean = utilities.reduce(0, +) / 40
        #expect(abs(mean) < 1e-5)
        #expect(abs(utilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40 - 1) < 1e-4)
    }

    @Test func setsTheBestApartMoreThanTheWorst() {
        let utilities = rankUtilities(of: (0..<32).map(Float.init))
        #expect(utilities[31] - utilities[30] > 3 * (utilities[1] - utilities[0]))
    }

    @Test func equalRewardsHaveEqualUtilities() {
        let utilities = rankUtilities(of: [1, 3, 1, 3])
        #expect(utilities[0] == utilities[2] && utilities[1] == utilities[3])
        #expect(rankUtilities(of: [2, 2, 2]) == [0, 0, 0])
        #expect(rankUtilities(of: []).isEmpty)
    }
}
