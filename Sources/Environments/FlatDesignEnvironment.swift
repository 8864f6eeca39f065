/// The design environment in one step: an action is a choice for every parameter at once.
///
/// Choices of parameters that don't apply (the sizes of a disabled L2) are ignored. Every action of the action space is taken;
/// one that breaks a budget ends the episode with the reward of an infeasible design. The episode terminates after its step.
public struct FlatDesignEnvironment: Environment {
    /// What there is to know beside the observation.
    public struct Info: Hashable, Sendable {
        /// For each parameter the choices that lie in some design within the budget, whatever the others are.
        public var masks: [ChoiceMask]
        /// The decisions that the action stands for; empty before the step.
        public var decisions: [Int?]
        /// What came of the design; nil before the step.
        public var outcome: Outcome?
    }

    public let evaluator: ProblemEvaluator
    /// What observations are made with.
    public let observer: DesignObserver
    private let masks: [ChoiceMask]
    var phase = Snapshot.notReset

    public init(_ evaluator: ProblemEvaluator) {
        self.evaluator = evaluator
        observer = DesignObserver(evaluator)
        masks = evaluator.budgetedSpace.marginalMasks
    }

    public var observationSpace: CompositeSpace { observer.space }

    public var actionSpace: MultiDiscrete {
        MultiDiscrete(counts: evaluator.problem.searchSpace.parameters.map(\.count))
    }

    public var rewardBounds: ClosedRange<Double> { RewardRule.lowest...RewardRule.ceiling }

    public mutating func reset(seed: UInt64?) throws -> (observation: [String: CompositeSpace.Value], info: Info) {
        phase = .open
        return (
            observer.observation(of: evaluator.episode()), Info(masks: masks, decisions: [], outcome: nil)
        )
    }

    public mutating func step(_ action: [Int]) throws -> EnvironmentStep<[String: CompositeSpace.Value], Info> {
        switch phase {
        case .notReset: throw EnvironmentError.notReset
        case .over: throw EnvironmentError.episodeOver
        case .open: break
        }
        guard actionSpace.contains(action) else {
            throw EnvironmentError.actionOutsideSpace(
                expected: "\(actionSpace.counts.count) choices, each below \(actionSpace.counts)")
        }
        let decisions = evaluator.problem.searchSpace.decisions(fromChoices: action)
        let outcome = try evaluator.outcome(of: decisions)
        let episode = try DesignEpisode(in: evaluator.budgetedSpace, completedBy: decisions)
        phase = .over
        return EnvironmentStep(
            observation: observer.observation(of: episode), reward: outcome.reward, terminated: true,
            truncated: false, info: Info(masks: masks, decisions: decisions, outcome: outcome))
    }

    public func expectedWork(of action: [Int]) -> Double {
        guard actionSpace.contains(action) else { return 0 }
        let space = evaluator.problem.searchSpace
        return (try? space.design(from: space.decisions(fromChoices: action)))?.expectedWork ?? 0
    }

    public func allows(_ action: [Int]) -> Bool {
        switch phase {
        case .open: actionSpace.contains(action)
        case .notReset, .over: false
        }
    }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> [Int]? {
        switch phase {
        case .open:
            // A size of L2 that no budget allows has an empty mask; any choice will do, as it never applies.
            zip(masks, actionSpace.counts).map { mask, count in
                mask.randomChoice(using: &generator) ?? Int.random(in: 0..<count, using: &generator)
            }
        case .notReset, .over: nil
        }
    }
}

extension SearchSpace {
    /// The decisions of a choice for every parameter: those of parameters that don't apply are dropped.
    ///
    /// - Precondition: there is a choice for each parameter.
    public func decisions(fromChoices choices: [Int]) -> [Int?] {
        precondition(choices.count == parameters.count, "There must be one choice for each parameter.")
        var partial = PartialDesign(cheapestOf: self)
        return zip(parameters, choices).map { parameter, choice in
            guard partial.needs(parameter.name) else { return nil }
            if parameter.codes.indices.contains(choice) { partial.set(parameter.name, to: parameter.codes[choice]) }
            return choice
        }
    }
}
