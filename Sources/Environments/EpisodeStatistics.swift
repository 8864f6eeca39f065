/// Adds up what episodes return, as Gymnasium's `RecordEpisodeStatistics`, but for the time on the clock, which no seed decides.
///
///     var environment = EpisodeStatistics(DesignEnvironment(evaluator))
///     …
///     if let episode = step.info.episode { print(episode.return, episode.length) }
public struct EpisodeStatistics<Base: Environment>: Environment {
    /// An episode as a whole.
    public struct Episode: Hashable, Sendable, Codable {
        /// The sum of its rewards.
        public var `return`: Double
        /// Its steps.
        public var length: Int

        public init(return: Double, length: Int) {
            self.return = `return`
            self.length = length
        }
    }

    /// What the environment below tells, and at its end the episode.
    public struct Info: Hashable, Sendable {
        public var base: Base.Info
        public var episode: Episode?
    }

    public internal(set) var base: Base
    /// How many episodes are remembered.
    public let capacity: Int
    /// The episodes that ended last, the latest at the end.
    public private(set) var episodes: [Episode] = []
    private var current = Episode(return: 0, length: 0)

    /// - Precondition: the capacity is at least 1.
    public init(_ base: Base, capacity: Int = 100) {
        precondition(capacity > 0, "Statistics hold at least one episode.")
        self.base = base
        self.capacity = capacity
    }

    public var observationSpace: Base.ObservationSpace { base.observationSpace }
    public var actionSpace: Base.ActionSpace { base.actionSpace }
    public var rewardBounds: ClosedRange<Double> { base.rewardBounds }

    public mutating func reset(seed: UInt64?) throws -> (observation: Base.ObservationSpace.Element, info: Info) {
        let (observation, info) = try base.reset(seed: seed)
        current = Episode(return: 0, length: 0)
        return (observation, Info(base: info, episode: nil))
    }

    public mutating func step(
        _ action: Base.ActionSpace.Element
    ) throws -> EnvironmentStep<Base.ObservationSpace.Element, Info> {
        let step = try base.step(action)
        current.return += step.reward
        current.length += 1
        let isOver = step.terminated || step.truncated
        if isOver {
            if episodes.count == capacity { episodes.removeFirst() }
            episodes.append(current)
        }
        return EnvironmentStep(
            observation: step.observation, reward: step.reward, terminated: step.terminated, truncated: step.truncated,
            info: Info(base: step.info, episode: isOver ? current : nil))
    }

    public func expectedWork(of action: Base.ActionSpace.Element) -> Double { base.expectedWork(of: action) }

    public func allows(_ action: Base.ActionSpace.Element) -> Bool { base.allows(action) }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Base.ActionSpace.Element? {
        base.randomAllowedAction(using: &generator)
    }
}

extension EpisodeStatistics: RestorableEnvironment where Base: RestorableEnvironment {
    public struct Snapshot: Codable, Hashable, Sendable {
        public var base: Base.Snapshot
        public var episodes: [Episode]
        public var current: Episode
    }

    public var snapshot: Snapshot { Snapshot(base: base.snapshot, episodes: episodes, current: current) }

    public mutating func restore(_ snapshot: Snapshot) throws {
        try base.restore(snapshot.base)
        (episodes, current) = (snapshot.episodes.suffix(capacity), snapshot.current)
    }
}
