internal import Accelerators
internal import Parallelism

/// Checks that an environment keeps its contract: what Gymnasium's checker looks at, and what it misses.
///
///     let checks = EnvironmentChecker().checks(of: DesignEnvironment(evaluator))
///     checks.filter { !$0.passed }        // none
///
/// Every deviation is a failure; there are no warnings.
public struct EnvironmentChecker: Sendable {
    /// Seed of the checker's own draws.
    public var seed: UInt64
    /// Full episodes that are played.
    public var episodes: Int
    /// Random actions that are tried in each state, to compare the mask with what `step` accepts.
    public var probes: Int
    /// Steps after which an episode counts as endless.
    public var stepLimit: Int
    /// Whether episodes may be broken off: without, each must come to its end.
    public var hasTimeLimit: Bool

    public init(
        seed: UInt64 = 0, episodes: Int = 3, probes: Int = 12, stepLimit: Int = 10_000, hasTimeLimit: Bool = false
    ) {
        self.seed = seed
        self.episodes = episodes
        self.probes = probes
        self.stepLimit = stepLimit
        self.hasTimeLimit = hasTimeLimit
    }

    /// Checks an environment, which must not have been reset before.
    public func checks<E: Environment>(of environment: E) -> [EnvironmentCheck]
    where E.ObservationSpace.Element: Equatable, E.ActionSpace.Element: Equatable {
        let list: [(String, (E) throws -> Void)] = [
            ("a step before the first reset is refused", stepBeforeReset),
            ("spaces contain what they sample, and rewards have finite bounds", spacesAreSound),
            ("episodes end; observations lie in the space and rewards in their bounds", episodesKeepToSpaces),
            ("a step after the end is refused", stepAfterEnd),
            ("an episode is told to be over, or broken off, never both", endsAreTold),
            ("the mask allows exactly what a step accepts, and a refused action changes nothing", maskAgreesWithStep),
            ("equal seeds and actions give equal results", instancesAgree),
            ("a reset begins anew, as its seed says, whatever was before", resetsBeginAnew),
            ("another environment that runs in between changes nothing", instancesAreIsolated),
            ("a copy continues as the original does", copiesAreSnapshots),
            ("observations that were given out don't change", observationsDoNotAlias),
            ("threads don't change results", threadsAgree),
            ("actions make a difference", actionsMatter),
        ]
        return list.map { name, check in
            do {
                try check(environment)
                return EnvironmentCheck(name: name)
            } catch let fault as EnvironmentFault {
                return EnvironmentCheck(name: name, failure: fault.message)
            } catch {
                return EnvironmentCheck(name: name, failure: "an error was thrown: \(error)")
            }
        }
    }

    /// Checks the environments of a problem, and that the baseline scores exactly 1: both design environments, and where the
    /// baseline has a Global Memory the residency of the first workload on it.
    public func checks(of evaluator: ProblemEvaluator) -> [EnvironmentCheck] {
        let baseline: EnvironmentCheck
        let name = "the baseline scores exactly 1"
        do {
            let objective = try evaluator.baselineOutcome().objective
            baseline = EnvironmentCheck(
                name: name, failure: objective == 1 ? nil : "it scores \(objective.map { "\($0)" } ?? "nothing")")
        } catch {
            baseline = EnvironmentCheck(name: name, failure: "an error was thrown: \(error)")
        }
        func named(_ prefix: String, _ checks: [EnvironmentCheck]) -> [EnvironmentCheck] {
            checks.map { EnvironmentCheck(name: "\(prefix): \($0.name)", failure: $0.failure) }
        }
        return [baseline] + named("sequential", checks(of: DesignEnvironment(evaluator)))
            + named("flat", checks(of: FlatDesignEnvironment(evaluator)))
            + named("residency", residencyChecks(evaluator))
    }

    private func residencyChecks(_ evaluator: ProblemEvaluator) -> [EnvironmentCheck] {
        guard evaluator.baseline.datapath.globalMemoryMiB > 0 else { return [] }
        do {
            let workload = evaluator.problem.workloads[0]
            return checks(
                of: try ResidencyEnvironment(
                    ofNetwork: workload.name, dimensions: workload.dimensions, on: evaluator.baseline))
        } catch {
            return [EnvironmentCheck(name: "there is one", failure: "an error was thrown: \(error)")]
        }
    }

    /// Observations that are looked at again, to see whether they changed.
    private static let keptObservations = 8
    /// Threads that play episodes at the same time.
    private static let threads = 8

    // MARK: - The checks

    private func stepBeforeReset<E: Environment>(_ environment: E) throws {
        var stream = stream(episode: 0)
        let action = environment.actionSpace.sample(using: &stream)
        var environment = environment
        try expectRefusal(of: action, by: &environment, "before the first reset")
        guard environment.randomAllowedAction(using: &stream) == nil, !environment.allows(action) else {
            throw EnvironmentFault("an action is allowed before the first reset")
        }
    }

    private func spacesAreSound<E: Environment>(_ environment: E) throws {
        let bounds = environment.rewardBounds
        guard bounds.lowerBound.isFinite, bounds.upperBound.isFinite else {
            throw EnvironmentFault("the bounds of rewards are \(bounds)")
        }
        var stream = stream(episode: 0)
        for _ in 0..<100 {
            let action = environment.actionSpace.sample(using: &stream)
            guard environment.actionSpace.contains(action) else { throw EnvironmentFault("action \(action)") }
            let observation = environment.observationSpace.sample(using: &stream)
            guard environment.observationSpace.contains(observation) else {
                throw EnvironmentFault("observation \(observation)")
            }
        }
    }

    private func episodesKeepToSpaces<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        for episode in 0..<episodes { _ = try play(environment, episode: episode) }
    }

    private func stepAfterEnd<E: Environment>(_ environment: E) throws where E.ObservationSpace.Element: Equatable {
        var stream = stream(episode: 1)
        let end = try play(environment, episode: 0)
        var ended = end.environment
        for _ in 0..<max(probes, 1) {
            try expectRefusal(of: environment.actionSpace.sample(using: &stream), by: &ended, "after the end")
        }
        guard ended.randomAllowedAction(using: &stream) == nil else {
            throw EnvironmentFault("an action is allowed after the end")
        }
        _ = try ended.reset(seed: seed)
        guard ended.randomAllowedAction(using: &stream) != nil else {
            throw EnvironmentFault("no action is allowed after a reset")
        }
    }

    /// Without a time limit what ends an episode is its end, also in an episode of one step.
    private func endsAreTold<E: Environment>(_ environment: E) throws where E.ObservationSpace.Element: Equatable {
        for episode in 0..<episodes {
            let steps = try play(environment, episode: episode).steps
            guard let last = steps.last, last.terminated || last.truncated else { continue }
            guard !(last.terminated && last.truncated) else {
                throw EnvironmentFault("step \(steps.count) is both terminated and truncated")
            }
            guard last.terminated || hasTimeLimit else {
                throw EnvironmentFault(
                    "step \(steps.count) is truncated, though nothing broke the episode off: expected terminated")
            }
        }
    }

    private func maskAgreesWithStep<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        var environment = environment
        var stream = stream(episode: 2)
        _ = try environment.reset(seed: seed)
        for _ in 0..<stepLimit {
            guard let allowed = environment.randomAllowedAction(using: &stream) else {
                throw EnvironmentFault("no action is allowed before the end")
            }
            guard environment.allows(allowed) else {
                throw EnvironmentFault("the random allowed action \(allowed) is one that the mask denies")
            }
            for _ in 0..<probes {
                let action = environment.actionSpace.sample(using: &stream)
                var copy = environment
                guard environment.allows(action) else {
                    try expectRefusal(of: action, by: &copy, "that the mask denies")
                    guard let next = copy.randomAllowedAction(using: &stream) else {
                        throw EnvironmentFault("the refused action \(action) ended the episode")
                    }
                    var untouched = environment
                    guard try copy.step(next) == untouched.step(next) else {
                        throw EnvironmentFault("the refused action \(action) changed the state")
                    }
                    continue
                }
                do {
                    _ = try copy.step(action)
                } catch let error as EnvironmentError {
                    throw EnvironmentFault("the allowed action \(action) is refused: \(error)")
                }
            }
            let step = try environment.step(allowed)
            if step.terminated || step.truncated { return }
        }
    }

    private func instancesAgree<E: Environment>(_ environment: E) throws where E.ObservationSpace.Element: Equatable {
        for episode in 0..<episodes {
            let (first, second) = (try play(environment, episode: episode), try play(environment, episode: episode))
            guard first.start == second.start, first.steps == second.steps else {
                throw EnvironmentFault("episode \(episode) differs when it is played again")
            }
        }
    }

    private func resetsBeginAnew<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        let first = try play(environment, episode: 0)
        // After an episode, and in the middle of one.
        var used = first.environment
        for circumstance in ["after a whole episode", "in the middle of an episode"] {
            let again = try play(used, episode: 0)
            guard again.start == first.start, again.steps == first.steps else {
                throw EnvironmentFault("an episode differs when its seed is given again \(circumstance)")
            }
            used = again.environment
            let start = try used.reset(seed: nil).observation
            guard used.observationSpace.contains(start) else {
                throw EnvironmentFault("the observation of a reset without a seed lies outside the space: \(start)")
            }
            var stream = stream(episode: 5)
            if let action = used.randomAllowedAction(using: &stream) { _ = try used.step(action) }
        }
    }

    private func instancesAreIsolated<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        let alone = try play(environment, episode: 0).steps
        let disturbed = try play(environment, episode: 0) {
            var other = environment
            _ = try other.reset(seed: seed &+ 99)
            var stream = stream(episode: 99)
            if let action = other.randomAllowedAction(using: &stream) { _ = try other.step(action) }
        }.steps
        guard alone == disturbed else { throw EnvironmentFault("an episode differs when another runs in between") }
    }

    private func copiesAreSnapshots<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        var environment = environment
        var stream = stream(episode: 3)
        _ = try environment.reset(seed: seed)
        for _ in 0..<stepLimit {
            guard let action = environment.randomAllowedAction(using: &stream) else { return }
            var copy = environment
            let expected = try environment.step(action)
            guard try copy.step(action) == expected else {
                throw EnvironmentFault("a copy gives another result for action \(action)")
            }
        }
    }

    private func observationsDoNotAlias<E: Environment>(_ environment: E) throws
    where E.ObservationSpace.Element: Equatable {
        var environment = environment
        var stream = stream(episode: 4)
        // As text, which is a copy also of what is passed by reference.
        var given = [try environment.reset(seed: seed).observation]
        var kept = given.map { "\($0)" }
        for _ in 0..<stepLimit {
            guard let action = environment.randomAllowedAction(using: &stream) else { break }
            let observation = try environment.step(action).observation
            for (index, earlier) in given.enumerated() where "\(earlier)" != kept[index] {
                throw EnvironmentFault("observation \(index) changed with a later step")
            }
            guard given.count < EnvironmentChecker.keptObservations else { continue }
            given.append(observation)
            kept.append("\(observation)")
        }
        _ = try environment.reset(seed: seed)
        for (index, earlier) in given.enumerated() where "\(earlier)" != kept[index] {
            throw EnvironmentFault("observation \(index) changed with a later reset")
        }
    }

    private func threadsAgree<E: Environment>(_ environment: E) throws where E.ObservationSpace.Element: Equatable {
        let expected = try (0..<episodes).map { try play(environment, episode: $0).steps }
        let faults = Locked<[String]>([])
        spreadWork(count: 2 * episodes, threads: EnvironmentChecker.threads) { iteration in
            let episode = iteration % episodes
            let fault: String?
            do {
                fault =
                    try play(environment, episode: episode).steps == expected[episode]
                    ? nil : "episode \(episode) differs on another thread"
            } catch {
                fault = "an error was thrown: \(error)"
            }
            if let fault { faults.withLock { $0.append(fault) } }
        }
        if let fault = faults.withLock({ $0.min() }) { throw EnvironmentFault(fault) }
    }

    private func actionsMatter<E: Environment>(_ environment: E) throws where E.ObservationSpace.Element: Equatable {
        let first = try play(environment, episode: 0).steps.last?.observation
        for episode in 1...max(episodes, 8)
        where try play(environment, episode: episode).steps.last?.observation != first {
            return
        }
        throw EnvironmentFault("all episodes end with the same observation whatever is done")
    }

    // MARK: - Playing

    private func stream(episode: Int) -> RandomStream {
        RandomStream(seed: seed, episode: episode, purpose: .checking)
    }

    private struct Playthrough<E: Environment> {
        /// At the end.
        var environment: E
        /// What the reset gave, as a step without a reward.
        var start: EnvironmentStep<E.ObservationSpace.Element, E.Info>
        var steps: [EnvironmentStep<E.ObservationSpace.Element, E.Info>]
    }

    /// Plays a full episode of random allowed actions, and checks each step against the spaces.
    private func play<E: Environment>(
        _ environment: E, episode: Int, beforeEachStep: () throws -> Void = {}
    ) throws -> Playthrough<E>
    where E.ObservationSpace.Element: Equatable {
        var environment = environment
        var stream = stream(episode: episode)
        let start = try environment.reset(seed: seed &+ UInt64(episode))
        guard environment.observationSpace.contains(start.observation) else {
            throw EnvironmentFault("the observation of the reset lies outside the space: \(start.observation)")
        }
        var steps: [EnvironmentStep<E.ObservationSpace.Element, E.Info>] = []
        while steps.count < stepLimit {
            try beforeEachStep()
            guard let action = environment.randomAllowedAction(using: &stream) else {
                throw EnvironmentFault("no action is allowed before the end")
            }
            guard environment.actionSpace.contains(action) else {
                throw EnvironmentFault("the allowed action \(action) lies outside the space")
            }
            let step = try environment.step(action)
            steps.append(step)
            guard environment.observationSpace.contains(step.observation) else {
                throw EnvironmentFault(
                    "the observation of step \(steps.count) lies outside the space: \(step.observation)")
            }
            guard environment.rewardBounds.contains(step.reward) else {
                throw EnvironmentFault("the reward of step \(steps.count), \(step.reward), lies outside its bounds")
            }
            if step.terminated || step.truncated {
                return Playthrough(
                    environment: environment,
                    start: EnvironmentStep(
                        observation: start.observation, reward: 0, terminated: false, truncated: false,
                        info: start.info), steps: steps)
            }
        }
        throw EnvironmentFault("an episode doesn't end within \(stepLimit) steps")
    }

    private func expectRefusal<E: Environment>(
        of action: E.ActionSpace.Element, by environment: inout E, _ circumstance: String
    ) throws {
        do {
            _ = try environment.step(action)
        } catch is EnvironmentError {
            return
        } catch {
            throw EnvironmentFault("the action \(action) \(circumstance) ends in another error: \(error)")
        }
        throw EnvironmentFault("the action \(action) \(circumstance) is accepted")
    }
}
