import Environments
import Testing

/// Pays the square of the steps taken so far, with every other sign turned, for a given number of steps; both actions do the same.
private struct PayingEnvironment: Environment {
    struct Info: Hashable, Sendable {}

    let length: Int
    private var steps: Int?

    init(length: Int) { self.length = length }

    var observationSpace: Box { Box(bounds: 0...1e6, count: 1) }
    var actionSpace: Discrete { Discrete(count: 3) }
    var rewardBounds: ClosedRange<Double> { -1e12...1e12 }

    mutating func reset(seed: UInt64?) -> (observation: [Float], info: Info) {
        steps = 0
        return ([0], Info())
    }

    mutating func step(_ action: Int) throws -> EnvironmentStep<[Float], Info> {
        guard let taken = steps else { throw EnvironmentError.notReset }
        guard taken < length else { throw EnvironmentError.episodeOver }
        guard allows(action) else { throw EnvironmentError.actionOutsideSpace(expected: "1 or 2") }
        steps = taken + 1
        return EnvironmentStep(
            observation: [Float(taken + 1)], reward: Self.reward(taken), terminated: taken + 1 == length,
            truncated: false,
            info: Info())
    }

    static func reward(_ taken: Int) -> Double { Double(taken * taken) * (taken.isMultiple(of: 2) ? 1 : -1) }

    func allows(_ action: Int) -> Bool { steps.map { $0 < length } ?? false && (1...2).contains(action) }

    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        allows(1) ? Int.random(in: 1...2, using: &generator) : nil
    }
}

@Suite struct WrapperTests {
    @Test(arguments: [1, 3, 4, 5, 9]) func aTimeLimitTruncatesWhatHasNotEnded(limit: Int) throws {
        var environment = TimeLimited(PayingEnvironment(length: 5), maximumSteps: limit)
        #expect(throws: EnvironmentError.notReset) { try environment.step(1) }
        for _ in 0..<2 {
            _ = try environment.reset(seed: nil)
            for taken in 1...min(limit, 5) {
                let step = try environment.step(1)
                #expect(step.terminated == (taken == 5))
                #expect(step.truncated == (taken == limit && limit < 5))
            }
            #expect(throws: EnvironmentError.episodeOver) { try environment.step(1) }
            #expect(!environment.allows(1))
        }
    }

    @Test func statisticsAddUpEpisodes() throws {
        var environment = EpisodeStatistics(TimeLimited(PayingEnvironment(length: 9), maximumSteps: 6), capacity: 2)
        for _ in 0..<3 {
            _ = try environment.reset(seed: nil)
            for taken in 0..<6 {
                let episode = try environment.step(1).info.episode
                // Σ (−1)ᵗ t² over t < n is (−1)ⁿ⁻¹ n (n − 1) / 2: for 6 steps −15.
                #expect(episode == (taken == 5 ? .init(return: -15, length: 6) : nil))
            }
        }
        #expect(environment.episodes == [.init(return: -15, length: 6), .init(return: -15, length: 6)])
    }

    /// Against mean and variance written out over all discounted returns, with the first's weight of 10⁻⁴ at (0, 1).
    @Test(arguments: [0, 0.5, 0.99, 1]) func rewardsAreScaledByTheSpreadOfReturns(discount: Double) throws {
        var environment = NormalizedReward(PayingEnvironment(length: 4), discount: discount, limit: 1e9)
        var returns: [Double] = []
        for _ in 0..<5 {
            _ = try environment.reset(seed: nil)
            var sum = 0.0
            for taken in 0..<4 {
                sum = discount * sum + PayingEnvironment.reward(taken)
                returns.append(sum)
                let weight = 1e-4 + Double(returns.count)
                let mean = returns.reduce(0, +) / weight
                let squares = returns.reduce(1e-4 * (1 + mean * mean)) { $0 + ($1 - mean) * ($1 - mean) }
                let expected = PayingEnvironment.reward(taken) / (squares / weight + 1e-8).squareRoot()
                let found = try environment.step(1).reward
                #expect(abs(found - expected) <= 1e-9 * max(1, abs(expected)), "\(found) \(expected)")
            }
        }
        // Frozen, the scale stays.
        environment.isUpdating = false
        let frozen = environment.statistics
        _ = try environment.reset(seed: nil)
        _ = try environment.step(1)
        #expect(environment.statistics == frozen)
    }

    @Test func noRewardGoesBeyondTheLimit() throws {
        var environment = NormalizedReward(PayingEnvironment(length: 50), limit: 0.5)
        _ = try environment.reset(seed: nil)
        for _ in 0..<50 { #expect(abs(try environment.step(1).reward) <= 0.5) }
    }

    @Test func theNearestAllowedActionIsTaken() throws {
        var environment = NearestAllowedAction(PayingEnvironment(length: 3))
        #expect(throws: EnvironmentError.notReset) { try environment.step(0) }
        _ = try environment.reset(seed: nil)
        for action in [0, 1, 2] { #expect(environment.allows(action)) }
        #expect(!environment.allows(3) && !environment.allows(-1))
        #expect(throws: EnvironmentError.self) { try environment.step(3) }
        _ = try environment.step(0)

        let tight = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(4), tdpWatts: .value(7)))
        var design = NearestAllowedAction(DesignEnvironment(tight))
        var info = try design.reset(seed: nil).info
        while let mask = info.mask {
            let wanted = design.actionSpace.count - 1
            info = try design.step(wanted).info
            let taken = try #require(info.decisions.last { $0 != nil } ?? nil)
            #expect(mask.contains(taken) && !(taken + 1...63).contains { mask.contains($0) })
        }
        #expect(info.outcome?.isFeasible == true)
    }

    @Test func anAllowedActionIsTakenAsItIs() throws {
        var base = DesignEnvironment(try .fake())
        var wrapped = NearestAllowedAction(base)
        var stream = RandomStream(seed: 2, purpose: .action)
        for _ in 0..<20 {
            _ = (try base.reset(seed: nil), try wrapped.reset(seed: nil))
            while let action = base.randomAllowedAction(using: &stream) {
                #expect(try wrapped.step(action) == base.step(action))
            }
        }
    }

    /// Wrappers keep the contract of what they wrap.
    @Test func wrappersPassTheChecker() throws {
        let environment = DesignEnvironment(try .fake())
        var failed: [EnvironmentCheck] = []
        failed += EnvironmentChecker(hasTimeLimit: true).checks(of: TimeLimited(environment, maximumSteps: 7))
        failed += EnvironmentChecker().checks(of: EpisodeStatistics(environment))
        var normalized = NormalizedReward(environment)
        normalized.isUpdating = false
        failed += EnvironmentChecker().checks(of: normalized)
        failed += EnvironmentChecker().checks(of: NearestAllowedAction(environment))
        failed = failed.filter { !$0.passed }
        #expect(failed.isEmpty, "\(failed)")
        // A scale that goes on being learned is carried from episode to episode, and the checker says so.
        let learning = EnvironmentChecker().checks(of: NormalizedReward(environment)).filter { !$0.passed }
        #expect(learning.map(\.name) == ["a reset begins anew, as its seed says, whatever was before"])
    }
}

@Suite struct FlatRowTests {
    private let space = CompositeSpace([
        "stage": .discrete(Discrete(count: 5)), "sizes": .multiDiscrete(MultiDiscrete(counts: [2, 3])),
        "rest": .box(Box(bounds: -1...1, count: 3)),
    ])

    @Test func aCompositesRowIsItsComponentsRows() {
        #expect(space.flatCount == 6)
        let row = space.flattened([
            "rest": .box([-1, 0, 0.5]), "stage": .discrete(4), "sizes": .multiDiscrete([1, 2]),
        ])
        #expect(row == [4, 1, 2, -1, 0, 0.5])
    }

    /// Under masks every value is allowed, and each that is allowed comes up.
    @Test func compositesAreSampledUnderMasks() throws {
        var stream = RandomStream(seed: 1, purpose: .checking)
        let masks = [
            "stage": [ChoiceMask(bits: 0b10010)], "sizes": [ChoiceMask(bits: 0b10), ChoiceMask(bits: 0b101)],
        ]
        var seen: Set<[Float]> = []
        for _ in 0..<200 {
            let value = try #require(space.sample(masks: masks, using: &stream))
            #expect(space.contains(value))
            seen.insert(Array(space.flattened(value).prefix(3)))
        }
        #expect(seen == [[1, 1, 0], [1, 1, 2], [4, 1, 0], [4, 1, 2]])
        #expect(space.sample(masks: ["stage": [ChoiceMask()]], using: &stream) == nil)
        #expect(space.sample(masks: [:], using: &stream).map(space.contains) == true)
    }
}
