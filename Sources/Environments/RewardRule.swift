internal import Foundation

/// How outcomes become rewards: one rule for every agent, the same all through a search.
///
/// - Feasible: log(objective ratio), held within `floor` … `ceiling`: 0 is the baseline, log 2 twice as good.
/// - Infeasible: floor − 1 − g(excess) with g = 1 − 1 / (1 + log excess), which rises from 0 to 1 with the excess: below every
///   feasible reward by at least 1, lower the further off the design is, never below `lowest`.
///
/// Every reward is finite, whatever the simulator reports.
public enum RewardRule {
    /// The least reward of a feasible design: a ratio of 1 / 2981.
    public static let floor = -8.0
    /// The largest reward: a ratio of 2981.
    public static let ceiling = 8.0
    /// The reward that no infeasible design falls below.
    public static let lowest = floor - 2

    /// The reward of a feasible design.
    public static func reward(logRatio: Double) -> Double {
        logRatio.isNaN ? floor : min(max(logRatio, floor), ceiling)
    }

    /// The reward of an infeasible design.
    public static func reward(of infeasibility: Infeasibility) -> Double {
        let excess = infeasibility.excess
        let distance = excess.isNaN ? .infinity : log(max(excess, 1))
        return floor - 1 - (1 - 1 / (1 + distance))
    }
}
