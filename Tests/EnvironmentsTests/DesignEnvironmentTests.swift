import Accelerators
import Environments
import Testing

@Suite struct DesignEnvironmentTests {
    @Test func anEpisodeDecidesOneParameterAStep() throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(30), tdpWatts: .value(60)))
        var environment = DesignEnvironment(evaluator)
        var (observation, info) = try environment.reset(seed: 1)
        #expect(environment.observationSpace.contains(observation))
        #expect(info.parameter == .peGridX && info.outcome == nil && info.mask?.isEmpty == false)
        let target = enumerateSmallSpace()[100]
        for (index, decision) in target.decisions.enumerated() {
            guard let decision else { continue }
            #expect(info.parameter == ParameterName.allCases[index])
            let step = try environment.step(decision)
            (observation, info) = (step.observation, step.info)
            #expect(environment.observationSpace.contains(observation))
            #expect(!step.truncated)
            #expect(step.terminated == (index == 20))
            if index < 19 { #expect(step.reward == 0 && step.info.outcome == nil) }
        }
        #expect(info.decisions == target.decisions)
        let expected = try evaluator.outcome(of: target.design)
        #expect(info.outcome == expected)
        #expect(info.mask == nil && info.parameter == nil)
        #expect(throws: EnvironmentError.episodeOver) { try environment.step(0) }
        (_, info) = try environment.reset(seed: nil)
        #expect(info.decisions.allSatisfy { $0 == nil })
    }

    @Test func theLastRewardIsTheOutcomes() throws {
        let evaluator = try ProblemEvaluator.fake()
        for episode in 0..<50 {
            var stream = RandomStream(seed: 8, episode: episode, purpose: .action)
            var environment = DesignEnvironment(evaluator)
            _ = try environment.reset(seed: 0)
            var rewards: [Double] = []
            var last: DesignEnvironment.Info?
            while let action = environment.randomAllowedAction(using: &stream) {
                let step = try environment.step(action)
                rewards.append(step.reward)
                last = step.info
            }
            let info = try #require(last)
            #expect(rewards.last == info.outcome?.reward)
            #expect(rewards.dropLast().allSatisfy { $0 == 0 })
            #expect(try evaluator.outcome(of: info.decisions) == info.outcome)
            // The mask keeps to the budget.
            #expect(info.outcome?.isFeasible == true)
        }
    }

    @Test func deniedChoicesCarryTheMask() throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(4), tdpWatts: .value(7)))
        var environment = DesignEnvironment(evaluator)
        #expect(throws: EnvironmentError.notReset) { try environment.step(0) }
        let mask = try #require(try environment.reset(seed: 0).info.mask)
        #expect(mask.choices == [0])
        #expect(!environment.allows(1))
        #expect(throws: EnvironmentError.choiceDenied(parameter: .peGridX, choice: 1, count: 2, mask: mask)) {
            try environment.step(1)
        }
        #expect(try environment.step(0).info.parameter == .peGridY)
    }

    @Test func theFlatFormAgreesWithTheSequentialOne() throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(30), tdpWatts: .value(60)))
        var sequential = DesignEnvironment(evaluator)
        var flat = FlatDesignEnvironment(evaluator)
        for entry in enumerateSmallSpace() where entry.decisions[15] == 0 {
            guard FakeSimulator().totals(of: entry.design.datapath).meets(evaluator.budget) else { continue }
            _ = try sequential.reset(seed: 0)
            var last: EnvironmentStep<[String: CompositeSpace.Value], DesignEnvironment.Info>?
            for decision in entry.decisions { if let decision { last = try sequential.step(decision) } }
            _ = try flat.reset(seed: 0)
            let step = try flat.step(entry.decisions.map { $0 ?? 0 })
            #expect(step.terminated && !step.truncated)
            #expect(step.observation == last?.observation && step.reward == last?.reward)
            #expect(step.info.decisions == entry.decisions && step.info.outcome == last?.info.outcome)
            #expect(throws: EnvironmentError.episodeOver) { try flat.step(entry.decisions.map { $0 ?? 0 }) }
        }
    }

    @Test func flatActionsBeyondTheBudgetEndInfeasible() throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(4), tdpWatts: .value(7)))
        var flat = FlatDesignEnvironment(evaluator)
        let largest = evaluator.problem.searchSpace.parameters.map { $0.count - 1 }
        #expect(throws: EnvironmentError.notReset) { try flat.step(largest) }
        _ = try flat.reset(seed: 0)
        let step = try flat.step(largest)
        #expect(step.terminated && step.info.outcome?.isFeasible == false)
        #expect(step.reward < RewardRule.floor && step.reward >= RewardRule.lowest)
        #expect(flat.observationSpace.contains(step.observation))
        _ = try flat.reset(seed: 0)
        #expect(throws: EnvironmentError.self) { try flat.step(largest.map { $0 + 1 }) }
        #expect(throws: EnvironmentError.self) { try flat.step([0]) }
        #expect(!flat.allows([0]) && flat.allows(largest))
    }

    @Test func compositeSpacesKnowTheirValues() {
        let space = CompositeSpace(["a": .discrete(Discrete(count: 2)), "b": .box(Box(bounds: -1...1, count: 2))])
        #expect(space.contains(["a": .discrete(1), "b": .box([0, 1])]))
        #expect(!space.contains(["a": .discrete(2), "b": .box([0, 1])]))
        #expect(!space.contains(["a": .discrete(1), "b": .box([0, .nan])]))
        #expect(!space.contains(["a": .discrete(1), "b": .box([0])]))
        #expect(!space.contains(["a": .discrete(1)]))
        #expect(!space.contains(["a": .discrete(1), "c": .box([0, 1])]))
        #expect(!space.contains(["a": .box([0, 1]), "b": .box([0, 1])]))
        #expect(MultiDiscrete(counts: [2, 3]).contains([1, 2]))
        #expect(!MultiDiscrete(counts: [2, 3]).contains([2, 2]) && !MultiDiscrete(counts: [2, 3]).contains([1]))
    }
}
