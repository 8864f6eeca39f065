/// A problem that an agent solves by acting, with Gymnasium's contract.
///
///     var (observation, info) = try environment.reset(seed: 7)
///     while true {
///         let step = try environment.step(action)
///         if step.terminated || step.truncated { break }
///     }
///
/// Under one seed, equal actions give equal results, on any thread. Environments are values: a copy is a snapshot, from
/// which the episode can be continued again. An action that the environment refuses throws and changes nothing.
public protocol Environment: Sendable {
    associatedtype ObservationSpace: Space
    associatedtype ActionSpace: Space
    /// What there is to know beside the observation: masks, and at the end what came of the design.
    associatedtype Info: Hashable & Sendable

    /// The space that every observation lies in.
    var observationSpace: ObservationSpace { get }
    /// The space that every action lies in; in a given state some may be masked besides.
    var actionSpace: ActionSpace { get }
    /// What every reward lies within.
    var rewardBounds: ClosedRange<Double> { get }

    /// Begins an episode.
    ///
    /// - Parameter seed: decides whatever the environment leaves to chance; nil goes on from where chance stands.
    mutating func reset(seed: UInt64?) throws -> (observation: ObservationSpace.Element, info: Info)

    /// Acts.
    ///
    /// - Returns: `terminated` when the episode has come to its end, `truncated` when it was broken off.
    /// - Throws: `EnvironmentError` where the action isn't allowed, or no episode is under way.
    mutating func step(_ action: ActionSpace.Element) throws -> EnvironmentStep<ObservationSpace.Element, Info>

    /// Whether `step` takes the action in the present state.
    func allows(_ action: ActionSpace.Element) -> Bool

    /// How long a step takes compared with other instances' and actions': the longest begin first where a vector has several
    /// threads. 0 where it takes less than tens of microseconds, so that giving it to another thread doesn't pay.
    func expectedWork(of action: ActionSpace.Element) -> Double

    /// A random action that the present state's mask allows; nil when no episode is under way.
    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> ActionSpace.Element?
}

extension Environment {
    public func expectedWork(of action: ActionSpace.Element) -> Double { 1 }
}

/// What a step gives back.
public struct EnvironmentStep<Observation: Sendable, Info: Hashable & Sendable>: Sendable {
    public var observation: Observation
    public var reward: Double
    /// The episode has come to its end.
    public var terminated: Bool
    /// The episode was broken off before its end.
    public var truncated: Bool
    public var info: Info

    public init(observation: Observation, reward: Double, terminated: Bool, truncated: Bool, info: Info) {
        self.observation = observation
        self.reward = reward
        self.terminated = terminated
        self.truncated = truncated
        self.info = info
    }
}

extension EnvironmentStep: Equatable where Observation: Equatable {}
