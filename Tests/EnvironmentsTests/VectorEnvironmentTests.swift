import Environments
import Foundation
import Testing

@Suite struct VectorEnvironmentTests {
    /// Every instance does what it would do alone, with the next episode begun in the step that ends one.
    @Test(arguments: [1, 2, 5], [0, 1, 2] as [UInt64])
    func itEqualsSeparateEnvironments(threads: Int, seed: UInt64) throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(30), tdpWatts: .value(60)))
        let count = 7
        var vector = VectorEnvironment(repeating: DesignEnvironment(evaluator), count: count, threads: threads)
        var alone = (0..<count).map { _ in DesignEnvironment(evaluator) }
        let starts = try vector.reset(seed: seed)
        for index in 0..<count {
            let start = try alone[index].reset(seed: seed + UInt64(index))
            #expect(starts[index].observation == start.observation && starts[index].info == start.info)
        }
        var ends = 0
        for round in 0..<100 {
            let actions = try (0..<count).map { index in
                var stream = RandomStream(seed: seed, episode: round, step: index, purpose: .action)
                return try #require(alone[index].randomAllowedAction(using: &stream))
            }
            let steps = try vector.step(actions)
            for index in 0..<count {
                let expected = try alone[index].step(actions[index])
                #expect(steps[index].step.reward == expected.reward)
                #expect(steps[index].step.terminated == expected.terminated && !steps[index].step.truncated)
                guard expected.terminated else {
                    #expect(steps[index].final == nil && steps[index].step == expected)
                    continue
                }
                ends += 1
                let final = try #require(steps[index].final)
                #expect(final.observation == expected.observation && final.info == expected.info)
                let start = try alone[index].reset(seed: nil)
                #expect(steps[index].step.observation == start.observation && steps[index].step.info == start.info)
            }
        }
        #expect(ends > 20)
    }

    /// Flat episodes end in every step: all steps take long, and the threads share them.
    @Test func episodesOfOneStepOnManyThreads() throws {
        let evaluator = try ProblemEvaluator.fake()
        var one = VectorEnvironment(repeating: FlatDesignEnvironment(evaluator), count: 33)
        var many = VectorEnvironment(repeating: FlatDesignEnvironment(evaluator), count: 33, threads: 8)
        _ = (try one.reset(seed: 1), try many.reset(seed: 1))
        for round in 0..<20 {
            let actions = (0..<33).map { index in
                var stream = RandomStream(seed: 5, episode: round, step: index, purpose: .action)
                return one.environments[0].actionSpace.sample(using: &stream)
            }
            let (a, b) = (try one.step(actions), try many.step(actions))
            for index in 0..<33 {
                #expect(a[index].step == b[index].step && a[index].final?.info == b[index].final?.info)
                #expect(a[index].step.terminated)
            }
        }
    }

    @Test(arguments: [1, 4]) func aRefusedActionChangesNoInstance(threads: Int) throws {
        let evaluator = try ProblemEvaluator.fake()
        var vector = VectorEnvironment(repeating: FlatDesignEnvironment(evaluator), count: 4, threads: threads)
        _ = try vector.reset(seed: 1)
        let good = Array(repeating: 0, count: 21)
        let error = try #require(throws: VectorEnvironmentError.self) {
            try vector.step([good, good, [999], good])
        }
        #expect(error.environment == 2 && "\(error)".hasPrefix("environment 2: expected an action"))
        // None has taken its one step.
        #expect(try vector.step([good, good, good, good]).allSatisfy { $0.step.terminated })
    }
}

@Suite struct SnapshotTests {
    /// A snapshot that went through JSON is restored in a fresh instance, which then does what the original does.
    private func check<E: RestorableEnvironment>(_ environment: E, steps: Int) throws
    where E.ObservationSpace.Element: Equatable {
        var original = environment
        let untouched = try JSONDecoder().decode(
            E.Snapshot.self, from: JSONEncoder().encode(environment.snapshot))
        var stream = RandomStream(seed: 4, purpose: .action)
        _ = try original.reset(seed: 9)
        for _ in 0..<steps {
            guard let action = original.randomAllowedAction(using: &stream) else { break }
            _ = try original.step(action)
        }
        let snapshot = try JSONDecoder().decode(
            E.Snapshot.self, from: JSONEncoder().encode(original.snapshot))
        var restored = environment
        try restored.restore(snapshot)
        #expect(restored.snapshot == original.snapshot)
        while let action = original.randomAllowedAction(using: &stream) {
            #expect(restored.allows(action))
            #expect(try restored.step(action) == original.step(action))
        }
        #expect(throws: EnvironmentError.episodeOver) { try restored.step(restored.actionSpace.sample(using: &stream)) }
        try restored.restore(untouched)
        #expect(throws: EnvironmentError.notReset) { try restored.step(restored.actionSpace.sample(using: &stream)) }
    }

    @Test(arguments: [0, 1, 9, 12, 30]) func theDesignEnvironments(steps: Int) throws {
        let evaluator = try ProblemEvaluator.fake()
        try check(DesignEnvironment(evaluator), steps: steps)
        try check(FlatDesignEnvironment(evaluator), steps: min(steps, 1))
        try check(NearestAllowedAction(DesignEnvironment(evaluator)), steps: steps)
        try check(EpisodeStatistics(DesignEnvironment(evaluator)), steps: steps)
        try check(NormalizedReward(DesignEnvironment(evaluator)), steps: steps)
        try check(TimeLimited(DesignEnvironment(evaluator), maximumSteps: 11), steps: steps)
    }

    @Test func aSnapshotOfAnotherProblemIsRefused() throws {
        var environment = DesignEnvironment(try .fake())
        _ = try environment.reset(seed: nil)
        let before = environment.snapshot
        #expect(throws: (any Error).self) { try environment.restore(.init(choices: [0, 0, 7])) }
        #expect(environment.snapshot == before)
    }
}
