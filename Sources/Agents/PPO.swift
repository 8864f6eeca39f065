internal import Diagnostics
public import Environments
internal import Foundation
internal import Tensors

/// Proximal policy optimisation: the agent that learns to design.
///
/// One episode designs one chip, one parameter a step; the reward comes with the last step, and γ = 1. Each batch of
/// episodes is rolled out with the current policy π, evaluated by whoever asked for it, and learned from:
///
/// 1. each reward becomes the utility of its rank in the batch (`rankUtilities`),
/// 2. each step an advantage Â by generalised advantage estimation (`advantages`),
/// 3. and the policy makes several passes of minibatch gradient steps on the clipped loss (`PPOLoss`), to which
///    imitation of the best designs found so far is added.
///
/// A share of each batch are variations of these designs instead (`DecisionProcess.variation`): once the policy is sure of itself, they still look around.
///
/// Source: Schulman et al., "Proximal Policy Optimization Algorithms", 2017, algorithm 1, with the details of Huang et
/// al., "The 37 Implementation Details of Proximal Policy Optimization", 2022; the imitation of elites after Oh et al.,
/// "Self-Imitation Learning", 2018. No schedule depends on how long the search will be: one that is stopped and goes on
/// is the same.
public struct PPOAgent: Agent {
    package let configuration: PPOConfiguration
    package let process: DecisionProcess
    private let seed: UInt64
    package internal(set) var policy: PolicyNetwork
    var adam: Adam
    package internal(set) var elites: EliteArchive
    /// Episodes whose outcomes were told.
    var episodes = 0
    /// Updates of the policy, one a batch.
    var updates = 0
    /// What was asked for and not told yet: asking again gives the same.
    var pending: [Rollout]?

    /// An agent that has learned nothing: its policy is next to uniform over what the masks allow.
    public init(problem: ProblemEvaluator, configuration: PPOConfiguration = PPOConfiguration(), seed: UInt64) {
        self.configuration = configuration
        self.seed = seed
        process = DecisionProcess(problem)
        var stream = RandomStream(seed: seed, purpose: .weights)
        policy = PolicyNetwork(
            observationWidth: process.encoder.width, logits: process.layout.count, configuration: configuration,
            using: &stream)
        adam = Adam(for: policy, learningRate: Float(configuration.learningRate), epsilon: 1e-5)
        elites = EliteArchive(capacity: configuration.elites)
    }

    public var batchSize: Int { configuration.batch }

    public mutating func ask() throws -> [[Int?]] {
        let rollouts = try pending ?? proposals()
        pending = rollouts
        return rollouts.map(\.decisions)
    }

    /// A batch: the policy's episodes, and variations of elites once there are any.
    private func proposals() throws -> [Rollout] {
        let varied = elites.elites.isEmpty ? 0 : Int(configuration.variationShare * Double(batchSize))
        let end = episodes + batchSize
        return try process.rollouts(policy, episodes: episodes..<(end - varied), seed: seed)
            + (end - varied..<end).map { episode in
                var stream = RandomStream(seed: seed, episode: episode, purpose: .mutation)
                return try process.variation(of: elites.elites, using: &stream)
            }
    }

    public mutating func tell(_ outcomes: [Outcome]) throws -> [AgentMetric] {
        guard let rollouts = pending, outcomes.count == rollouts.count else {
            preconditionFailure("An agent must be told an outcome for each of its last proposals.")
        }
        let rewards = outcomes.map { Float($0.reward) }
        for (index, reward) in rewards.enumerated() where !reward.isFinite {
            throw DiagnosticError(
                .badData, "trial \(episodes + index + 1): expected a finite reward, found \(outcomes[index].reward)",
                remedy: "report the design: this is a fault of the simulator")
        }
        for (rollout, reward) in zip(rollouts, rewards) {
            elites.insert(rollout.decisions, reward: reward, steps: rollout.steps)
        }
        // PPO learns from what its policy did; from the others it learns by imitation, where they are among the best.
        let own = zip(rollouts, rewards).filter { !$0.0.isVariation }
        let samples = samples(of: own.map(\.0), utilities: rankUtilities(of: own.map(\.1)))
        var statistics = UpdateStatistics()
        let isFinite = update(samples, &statistics)
        guard isFinite else {
            throw DiagnosticError(
                .badData, "the policy's gradient is not finite after trial \(episodes + rollouts.count)",
                remedy: "lower learningRate in the agent's recipe")
        }
        episodes += rollouts.count
        updates += 1
        pending = nil
        return statistics.metrics(of: process.problem.problem.searchSpace)
            + PPOAgent.searchMetrics(rollouts: own.map(\.0), rewards: own.map(\.1), samples: samples)
    }

    /// The steps of a batch with what the update needs of them.
    private func samples(of rollouts: [Rollout], utilities: [Float]) -> [Sample] {
        zip(rollouts, utilities).flatMap { rollout, utility in
            let advantages = advantages(
                values: rollout.values, reward: utility, lambda: Float(configuration.lambda))
            return rollout.steps.indices.map { t in
                Sample(
                    step: rollout.steps[t], logProbability: rollout.logProbabilities[t], value: rollout.values[t],
                    advantage: advantages[t])
            }
        }
    }

    /// Improves the policy on a batch.
    ///
    /// - Returns: whether all gradients were finite; the policy is as it was before the first that wasn't.
    private mutating func update(_ samples: [Sample], _ statistics: inout UpdateStatistics) -> Bool {
        let loss = PPOLoss(configuration: configuration, process: process, entropyCoefficient: entropyCoefficient)
        let eliteSteps = elites.elites.flatMap(\.steps)
        var minibatches = minibatches(of: samples, epoch: 0)
        statistics.rolloutError = loss.takeOldProbabilities(of: policy, for: &minibatches)
        let samples = minibatches.flatMap(\.self)
        for epoch in 0..<configuration.epochs {
            if epoch > 0 { minibatches = self.minibatches(of: samples, epoch: epoch) }
            statistics.beginEpoch()
            for minibatch in minibatches {
                let recorded = policy.recorded()
                let terms = loss(recorded, on: minibatch, imitating: eliteSteps)
                var gradients = recorded.gradients(of: terms.total)
                let norm = gradients.clip(toGlobalNorm: Float(configuration.maximumGradientNorm))
                guard norm.isFinite else { return false }
                adam.update(&policy, along: gradients)
                statistics.add(terms, minibatch: minibatch, gradientNorm: norm, clipRange: configuration.clipRange)
            }
            // The policy has gone as far as the batch can tell.
            if statistics.epochKL > configuration.maximumKL { break }
        }
        return true
    }

    /// A batch in random order, cut in equal parts.
    private func minibatches(of samples: [Sample], epoch: Int) -> [[Sample]] {
        var stream = RandomStream(seed: seed, episode: updates, step: epoch, purpose: .shuffling)
        let order = samples.shuffled(using: &stream)
        let size = max(1, (order.count + configuration.minibatches - 1) / configuration.minibatches)
        return stride(from: 0, to: order.count, by: size).map { Array(order[$0..<min($0 + size, order.count)]) }
    }

    /// β(e) = β∞ + (β₀ − β∞) exp(−e / τ) after e episodes: exploration fades at a rate of its own.
    private var entropyCoefficient: Double {
        configuration.entropyEnd
            + (configuration.entropyStart - configuration.entropyEnd)
            * exp(-Double(episodes) / configuration.entropyDecayEpisodes)
    }

    /// What a batch says of the search, before anything is learned from it.
    private static func searchMetrics(rollouts: [Rollout], rewards: [Float], samples: [Sample]) -> [AgentMetric] {
        let targets = variance(samples.map(\.target))
        let errors = variance(samples.map(\.advantage))
        return [
            AgentMetric(name: "explainedVariance", value: targets > 0 ? 1 - errors / targets : 0),
            AgentMetric(name: "meanReward", value: rewards.reduce(0) { $0 + Double($1) } / Double(rewards.count)),
            AgentMetric(
                name: "uniqueShare", value: Double(Set(rollouts.map(\.decisions)).count) / Double(rollouts.count)),
        ]
    }

    private static func variance(_ values: [Float]) -> Double {
        guard !values.isEmpty else { return 0 }
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        return values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    }
}
