internal import Environments
internal import Foundation

/// What happened in one update of the policy: means over its minibatches.
struct UpdateStatistics {
    private var minibatches = 0.0
    private var policyLoss = 0.0
    private var valueLoss = 0.0
    private var eliteLoss = 0.0
    private var approximateKL = 0.0
    private var clipFraction = 0.0
    private var gradientNorm = 0.0
    private var entropySums: [Int: (sum: Double, count: Double)] = [:]
    /// The largest difference between log π of the rollout and of the update, before which nothing was learned:
    /// rounding alone.
    var rolloutError = 0.0
    /// The largest |r − 1| in the first minibatch, before which nothing was learned.
    private var firstRatioError: Double?
    private var epochs = 0.0
    private var epochKLSum = 0.0
    private var epochMinibatches = 0.0

    /// The mean approximate KL divergence over the minibatches of this epoch.
    var epochKL: Double { epochKLSum / max(epochMinibatches, 1) }

    mutating func beginEpoch() {
        epochs += 1
        epochKLSum = 0
        epochMinibatches = 0
    }

    mutating func add(_ terms: PPOLoss.Terms, minibatch: [Sample], gradientNorm norm: Float, clipRange: Double) {
        let ratios = terms.ratios.map(Double.init)
        let count = Double(ratios.count)
        // KL(π_old, π) ≈ mean of (r − 1) − ln r, never negative (Schulman, "Approximating KL Divergence", 2020).
        let kl = ratios.reduce(0) { $0 + ($1 - 1) - log($1) } / count
        minibatches += 1
        policyLoss += Double(terms.policy)
        valueLoss += Double(terms.value)
        eliteLoss += Double(terms.elite)
        approximateKL += kl
        clipFraction += Double(ratios.count { abs($0 - 1) > clipRange }) / count
        gradientNorm += Double(norm)
        epochKLSum += kl
        epochMinibatches += 1
        if firstRatioError == nil { firstRatioError = ratios.reduce(0) { max($0, abs($1 - 1)) } }
        for (sample, entropy) in zip(minibatch, terms.entropies) {
            entropySums[sample.step.parameter, default: (0, 0)].sum += Double(entropy)
            entropySums[sample.step.parameter, default: (0, 0)].count += 1
        }
    }

    /// The statistics by name; the entropy also of each parameter of the space, 0 where no step decided it.
    func metrics(of space: SearchSpace) -> [AgentMetric] {
        let count = max(minibatches, 1)
        let heads = space.parameters.enumerated().map { index, parameter in
            let (sum, count) = entropySums[index] ?? (0, 0)
            return AgentMetric(name: "entropy/\(parameter.name.rawValue)", value: sum / max(count, 1))
        }
        let (sum, steps) = space.parameters.indices.reduce((0.0, 0.0)) { total, index in
            let head = entropySums[index] ?? (0, 0)
            return (total.0 + head.sum, total.1 + head.count)
        }
        return [
            AgentMetric(name: "policyLoss", value: policyLoss / count),
            AgentMetric(name: "valueLoss", value: valueLoss / count),
            AgentMetric(name: "eliteLoss", value: eliteLoss / count),
            AgentMetric(name: "approximateKL", value: approximateKL / count),
            AgentMetric(name: "clipFraction", value: clipFraction / count),
            AgentMetric(name: "gradientNorm", value: gradientNorm / count),
            AgentMetric(name: "rolloutError", value: rolloutError),
            AgentMetric(name: "firstRatioError", value: firstRatioError ?? 0),
            AgentMetric(name: "epochs", value: epochs),
            AgentMetric(name: "entropy", value: sum / max(steps, 1)),
        ] + heads
    }
}
