/// An episode designs one chip: each step decides one parameter by the position of a choice.
///
/// The reward is 0 until the last step, which gives the outcome's. The episode then terminates; it is never truncated.
/// Actions that the mask denies are refused. Nothing is left to chance, so the seed of a reset changes nothing.
public struct DesignEnvironment: Environment {
    /// What there is to know beside the observation.
    public struct Info: Hashable, Sendable {
        /// The parameter that is decided next; nil at the end.
        public var parameter: ParameterName?
        /// The choices of that parameter which can still lead to a design within the budget; nil at the end.
        public var mask: ChoiceMask?
        /// The choices made so far.
        public var decisions: [Int?]
        /// What came of the design; nil before the end.
        public var outcome: Outcome?
    }

    public let evaluator: ProblemEvaluator
    /// What observations are made with.
    public let observer: DesignObserver
    /// The episode that is under way or has ended; nil before the first reset.
    public internal(set) var episode: DesignEpisode?

    public init(_ evaluator: ProblemEvaluator) {
        self.evaluator = evaluator
        observer = DesignObserver(evaluator)
    }

    public var observationSpace: CompositeSpace { observer.space }

    public var actionSpace: Discrete { Discrete(count: evaluator.problem.searchSpace.maximumChoices) }

    public var rewardBounds: ClosedRange<Double> { RewardRule.lowest...RewardRule.ceiling }

    public mutating func reset(seed: UInt64?) throws -> (observation: [String: CompositeSpace.Value], info: Info) {
        let episode = evaluator.episode()
        self.episode = episode
        return (observer.observation(of: episode), info(of: episode, outcome: nil))
    }

    public mutating func step(_ action: Int) throws -> EnvironmentStep<[String: CompositeSpace.Value], Info> {
        guard var episode else { throw EnvironmentError.notReset }
        try episode.apply(action)
        let outcome = episode.isComplete ? try evaluator.outcome(of: episode.decisions) : nil
        self.episode = episode
        return EnvironmentStep(
            observation: observer.observation(of: episode), reward: outcome?.reward ?? 0,
            terminated: episode.isComplete, truncated: false, info: info(of: episode, outcome: outcome))
    }

    /// The step that completes a design evaluates it.
    public func expectedWork(of action: Int) -> Double {
        guard let episode, episode.position == episode.decisions.count - 1 else { return 0 }
        return episode.cheapestDesign.expectedWork
    }

    public func allows(_ action: Int) -> Bool {
        episode?.mask?.contains(action) ?? false
    }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        guard let mask = episode?.mask else { return nil }
        return actionSpace.sample(mask: mask, using: &generator)
    }

    private func info(of episode: DesignEpisode, outcome: Outcome?) -> Info {
        Info(
            parameter: episode.parameter?.name, mask: episode.mask, decisions: episode.decisions, outcome: outcome)
    }
}
