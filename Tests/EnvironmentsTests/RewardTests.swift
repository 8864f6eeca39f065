import Environments
import Foundation
import Testing

@Suite struct RewardTests {
    private static let excesses = [
        1.0, 1 + 1e-9, 1.01, 1.5, 2, 10, 1e3, 1e9, 1e300, Double.infinity,
    ]

    @Test func feasibleRewardsAreTheLogarithmWithinBounds() {
        #expect(RewardRule.reward(logRatio: 0) == 0)
        #expect(RewardRule.reward(logRatio: log(3.7)) == log(3.7))
        #expect(RewardRule.reward(logRatio: -.infinity) == RewardRule.floor)
        #expect(RewardRule.reward(logRatio: .infinity) == RewardRule.ceiling)
        #expect(RewardRule.reward(logRatio: .nan) == RewardRule.floor)
    }

    @Test func infeasibleRewardsFallWithTheExcess() {
        for reason in Infeasibility.Reason.allCases {
            let rewards = Self.excesses.map { RewardRule.reward(of: Infeasibility(reason: reason, excess: $0)) }
            for (nearer, further) in zip(rewards, rewards.dropFirst()) { #expect(nearer > further) }
            for reward in rewards {
                #expect(reward.isFinite)
                #expect(reward <= RewardRule.floor - 1)
                #expect(reward >= RewardRule.lowest)
            }
            #expect(rewards.first == RewardRule.floor - 1)
        }
    }

    @Test(arguments: [Double.nan, -1, 0, -Double.infinity])
    func senselessExcessesGiveFiniteRewards(excess: Double) {
        let reward = RewardRule.reward(of: Infeasibility(reason: .area, excess: excess))
        #expect((RewardRule.lowest...(RewardRule.floor - 1)).contains(reward))
    }
}
