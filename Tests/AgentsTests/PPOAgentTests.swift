import Agents
import Diagnostics
import Environments
import Tensors
import Testing

@Suite struct PPOAgentTests {
    private func agent(seed: UInt64 = 7, _ configuration: PPOConfiguration = .small) throws -> PPOAgent {
        PPOAgent(problem: try .mixed(), configuration: configuration, seed: seed)
    }

    private func metric(_ name: String, _ metrics: [AgentMetric]) throws -> Double {
        try #require(metrics.first { $0.name == name }).value
    }

    // MARK: Proposals

    @Test func proposalsAreDesignsWithinTheBudget() throws {
        var agent = try agent()
        let problem = try ProblemEvaluator.mixed()
        for _ in 0..<5 {
            let proposals = try agent.ask()
            #expect(proposals.count == agent.batchSize)
            for decisions in proposals { #expect(try problem.outcome(of: decisions).isFeasible) }
            _ = try agent.tell(proposals.map { .earning(arbitraryReward($0)) })
        }
    }

    @Test func askingAgainGivesTheSame() throws {
        var agent = try agent()
        let first = try agent.ask()
        #expect(try agent.ask() == first)
        _ = try agent.tell(first.map { .earning(arbitraryReward($0)) })
        #expect(try agent.ask() != first)
    }

    @Test func theSeedDecides() throws {
        var (one, same, other) = (try agent(seed: 1), try agent(seed: 1), try agent(seed: 2))
        var (proposals, others): ([[[Int?]]], [[[Int?]]]) = ([], [])
        for _ in 0..<4 {
            let asked = try one.ask()
            #expect(try same.ask() == asked)
            let differing = try other.ask()
            proposals.append(asked)
            others.append(differing)
            let metrics = try one.tell(asked.map { .earning(arbitraryReward($0)) })
            #expect(try same.tell(asked.map { .earning(arbitraryReward($0)) }) == metrics)
            _ = try other.tell(differing.map { .earning(arbitraryReward($0)) })
        }
        #expect(proposals != others)
    }

    // MARK: Rollouts

    /// Following an episode again leads through the same observations and masks as when it was made.
    @Test func rolloutsHoldWhatWasSeenAndAllowed() throws {
        let agent = try agent()
        let encoder = ObservationEncoder(agent.process.problem)
        for rollout in try agent.process.rollouts(agent.policy, episodes: 0..<12, seed: 4) {
            var episode = agent.process.problem.episode()
            var steps = rollout.steps.makeIterator()
            while let parameter = episode.position, let mask = episode.mask {
                let choice = try #require(rollout.decisions[parameter])
                if mask.count > 1 {
                    let nextStep = steps.next()
                    let step = try #require(nextStep)
                    #expect(step.parameter == parameter && step.mask == mask && step.choice == choice)
                    #expect(step.observation == encoder.encode(episode))
                }
                try episode.apply(choice)
            }
            let last = steps.next()
            #expect(last == nil)
            #expect(episode.decisions == rollout.decisions)
            let replayed = try agent.process.steps(of: rollout.decisions)
            #expect(replayed.map(\.observation) == rollout.steps.map(\.observation))
            #expect(replayed.map(\.mask) == rollout.steps.map(\.mask))
        }
    }

    /// An episode doesn't depend on those that are made beside it.
    @Test func episodesSideBySideAreAsOneByOne() throws {
        let agent = try agent()
        let together = try agent.process.rollouts(agent.policy, episodes: 20..<31, seed: 4)
        for (index, rollout) in together.enumerated() {
            let alone = try agent.process.rollouts(agent.policy, episodes: (20 + index)..<(21 + index), seed: 4)
            #expect(alone[0].decisions == rollout.decisions)
        }
    }

    /// Choices come as often as the policy says.
    @Test func samplesFollowTheProbabilities() throws {
        var configuration = PPOConfiguration.small
        configuration.batch = 32
        var agent = try agent(seed: 7, configuration)
        try search(with: &agent, batches: 12, reward: arbitraryReward)
        let rollouts = try agent.process.rollouts(agent.policy, episodes: 0..<2000, seed: 8)
        // All episodes begin in the same state, whose probabilities each first step reports for its choice.
        let first = try rollouts.map { try #require($0.steps.first) }
        var expected: [Int: Double] = [:]
        for (rollout, step) in zip(rollouts, first) {
            expected[step.choice] = Double(Tensor([rollout.logProbabilities[0]]).exp().values[0])
        }
        var chiSquare = 0.0
        for choice in first[0].mask.choices {
            let probability = expected[choice] ?? 0
            let count = Double(first.count { $0.choice == choice })
            if probability > 0 {
                chiSquare += (count - 2000 * probability) * (count - 2000 * probability) / (2000 * probability)
            }
        }
        // 99.9% of χ² with three degrees of freedom.
        #expect(first[0].mask.count == 4 && chiSquare < 16.3, "χ² = \(chiSquare)")
    }

    // MARK: Learning

    /// Before anything is learned from a batch the policy is the one that made it.
    @Test func theRatioIsExactlyOneOnTheFirstMinibatch() throws {
        var agent = try agent()
        for _ in 0..<8 {
            let proposals = try agent.ask()
            let metrics = try agent.tell(proposals.map { .earning(arbitraryReward($0)) })
            #expect(try metric("firstRatioError", metrics) == 0)
            #expect(try metric("rolloutError", metrics) < 1e-5)
        }
    }

    /// The check finds a mask that is not the one that the choice was made under.
    @Test func anotherMaskGivesAnotherRatio() throws {
        let agent = try agent()
        let loss = PPOLoss(configuration: .small, process: agent.process, entropyCoefficient: 0)
        var samples: [Sample] = []
        for rollout in try agent.process.rollouts(agent.policy, episodes: 0..<8, seed: 4) {
            samples += rollout.steps.indices.map { t in
                Sample(step: rollout.steps[t], logProbability: rollout.logProbabilities[t], value: 0, advantage: 0)
            }
        }
        let sizes = agent.process.problem.problem.searchSpace.parameters.map(\.count)
        let masked = try #require(samples.firstIndex { $0.step.mask.count < sizes[$0.step.parameter] })
        var minibatches = [samples]
        #expect(loss.takeOldProbabilities(of: agent.policy, for: &minibatches) < 1e-5)
        #expect(loss(agent.policy, on: minibatches[0], imitating: []).ratios.allSatisfy { $0 == 1 })

        samples[masked].step.mask = ChoiceMask(allowingFirst: sizes[samples[masked].step.parameter])
        let ratio = loss(agent.policy, on: samples, imitating: []).ratios[masked]
        #expect(ratio < 0.95, "With more choices allowed each is less likely: \(ratio)")
        minibatches = [samples]
        #expect(loss.takeOldProbabilities(of: agent.policy, for: &minibatches) > 0.05)
    }

    @Test func saysWhatItLearned() throws {
        var agent = try agent()
        let proposals = try agent.ask()
        let metrics = try agent.tell(proposals.map { .earning(arbitraryReward($0)) })
        #expect(Set(metrics.map(\.name)).count == metrics.count)
        #expect(metrics.allSatisfy { $0.value.isFinite })
        let mean = proposals.map(arbitraryReward).reduce(0, +) / Double(proposals.count)
        #expect(abs(try metric("meanReward", metrics) - mean) < 1e-6)
        #expect(
            try metric("uniqueShare", metrics) == Double(Set(proposals).count) / Double(proposals.count))
        for name in ["policyLoss", "valueLoss", "entropy", "approximateKL", "clipFraction", "gradientNorm"] {
            _ = try metric(name, metrics)
        }
        // Next to uniform over five batch sizes.
        #expect(abs(try metric("entropy/batch", metrics) - 1.609) < 0.05)
        #expect(try metric("entropy/padding", metrics) == 0)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func aRewardThatIsNoNumberNamesTheTrial(reward: Double) throws
    {
        var agent = try agent()
        _ = try agent.tell(try agent.ask().map { .earning(arbitraryReward($0)) })
        var outcomes = try agent.ask().map { Outcome.earning(arbitraryReward($0)) }
        outcomes[3].reward = reward
        let error = #expect(throws: DiagnosticError.self) { try agent.tell(outcomes) }
        #expect(error?.message.contains("trial 20:") == true, "\(String(describing: error))")
    }

    /// Where all designs are equally good there is nothing to learn, and nothing breaks.
    @Test func equalRewardsTeachNothing() throws {
        var configuration = PPOConfiguration.small
        configuration.eliteCoefficient = 0
        configuration.entropyStart = 0
        configuration.entropyEnd = 0
        var agent = try agent(seed: 7, configuration)
        for _ in 0..<3 {
            let metrics = try agent.tell(try agent.ask().map { _ in .earning(-9.5) })
            #expect(metrics.allSatisfy { $0.value.isFinite })
        }
    }

    /// A space in which every decision is forced has one design.
    @Test func aSpaceOfOneDesignIsSearchedWithoutComplaint() throws {
        var agent = PPOAgent(problem: try .flat(.open([:])), configuration: .small, seed: 1)
        let metrics = try agent.tell(try agent.ask().map { _ in .earning(1) })
        #expect(metrics.allSatisfy { $0.value.isFinite })
        #expect(Set(try agent.ask()).count == 1)
    }

    // MARK: Elites

    @Test func elitesAreTheBestDistinctDesigns() throws {
        var agent = try agent()
        var seen: [[Int?]: Double] = [:]
        for _ in 0..<6 {
            let proposals = try agent.ask()
            for decisions in proposals { seen[decisions] = arbitraryReward(decisions) }
            _ = try agent.tell(proposals.map { .earning(arbitraryReward($0)) })
        }
        let best = seen.sorted { $0.value > $1.value }.prefix(4)
        #expect(agent.elites.elites.map(\.decisions) == best.map(\.key))
        #expect(agent.elites.elites.map(\.reward) == best.map { Float($0.value) })
        for elite in agent.elites.elites {
            #expect(try agent.process.steps(of: elite.decisions).map(\.choice) == elite.steps.map(\.choice))
        }
    }

    /// A share of a batch varies the best designs; what the policy draws for the rest is what it would draw without them.
    @Test func aShareOfABatchVariesElites() throws {
        var configuration = PPOConfiguration.small
        configuration.variationShare = 0.5
        var varying = try agent(seed: 7, configuration)
        configuration.variationShare = 0
        var plain = try agent(seed: 7, configuration)
        let first = try plain.ask()
        #expect(try varying.ask() == first)
        let rewards = first.map { Outcome.earning(arbitraryReward($0)) }
        _ = try plain.tell(rewards)
        _ = try varying.tell(rewards)
        let (own, mixed) = (try plain.ask(), try varying.ask())
        let half = configuration.batch / 2
        #expect(Array(mixed.prefix(half)) == Array(own.prefix(half)))
        let elites = varying.elites.elites.map(\.decisions)
        /// Decisions in which a design differs from an elite.
        func distance(_ decisions: [Int?], _ elite: [Int?]) -> Int { zip(decisions, elite).count { $0 != $1 } }
        func nearest(_ designs: some Sequence<[Int?]>) -> [Int] {
            designs.map { design in elites.map { distance(design, $0) }.min() ?? 0 }.sorted()
        }
        let (varied, drawn) = (nearest(mixed.suffix(half)), nearest(own.suffix(half)))
        #expect(varied[half / 2] < drawn[half / 2], "\(varied) against \(drawn)")
        for decisions in mixed {
            #expect(!elites.contains(decisions))
            // Throws where a mask doesn't allow it.
            #expect(try !varying.process.steps(of: decisions).isEmpty)
        }
        // What was varied earns nothing for the policy's steps, but a place among the elites.
        let outcomes = mixed.enumerated().map { Outcome.earning($0.offset == half ? 2 : 0.5) }
        let metrics = try varying.tell(outcomes)
        #expect(varying.elites.elites[0].decisions == mixed[half])
        #expect(metrics.first { $0.name == "meanReward" }?.value == 0.5)
    }
}
