internal import Foundation

/// The utility of each reward of a batch, by its rank alone: what the policy learns to earn.
///
/// With q the share of the batch that is better, counting half of those that are equal (and itself), u = √(−2 ln q),
/// moved and scaled to mean 0 and standard deviation 1: a search is judged by the best that it finds, so the best of a
/// batch stand out, and how bad the bad ones are, such as those that cannot run at all, says nothing. Ranks don't
/// depend on the scale of rewards, nor on anything that came before. (Ranks instead of values, with more weight at the
/// top: Hansen & Ostermeier, "Completely Derandomized Self-Adaptation in Evolution Strategies", 2001; Wierstra et al.,
/// "Natural Evolution Strategies", 2014, section 3.1.)
///
/// All zero where all rewards are equal.
package func rankUtilities(of rewards: [Float]) -> [Float] {
    guard !rewards.isEmpty else { return [] }
    let count = Double(rewards.count)
    let utilities = rewards.map { reward in
        let better = Double(rewards.count { $0 > reward })
        let equal = Double(rewards.count { $0 == reward })
        return (-2 * log((better + equal / 2) / count)).squareRoot()
    }
    let mean = utilities.reduce(0, +) / count
    let variance = utilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    guard variance > 1e-12 else { return rewards.map { _ in 0 } }
    return utilities.map { Float(($0 - mean) / variance.squareRoot()) }
}
