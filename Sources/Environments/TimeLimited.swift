/// Breaks episodes off after a number of steps, as Gymnasium's `TimeLimit`.
///
/// An episode that comes to its end in its last allowed step is `terminated`, not `truncated`.
public struct TimeLimited<Base: Environment>: Environment {
    public typealias Info = Base.Info

    public internal(set) var base: Base
    /// The most steps of an episode.
    public let maximumSteps: Int
    /// Steps of the present episode; nil where none is under way.
    private var steps: Int?
    private var wasReset = false

    /// - Precondition: `maximumSteps` is at least 1.
    public init(_ base: Base, maximumSteps: Int) {
        precondition(maximumSteps > 0, "A time limit is at least one step.")
        self.base = base
        self.maximumSteps = maximumSteps
    }

    public var observationSpace: Base.ObservationSpace { base.observationSpace }
    public var actionSpace: Base.ActionSpace { base.actionSpace }
    public var rewardBounds: ClosedRange<Double> { base.rewardBounds }

    public mutating func reset(seed: UInt64?) throws -> (observation: Base.ObservationSpace.Element, info: Info) {
        let start = try base.reset(seed: seed)
        (steps, wasReset) = (0, true)
        return start
    }

    public mutating func step(
        _ action: Base.ActionSpace.Element
    ) throws -> EnvironmentStep<Base.ObservationSpace.Element, Info> {
        guard let taken = steps else { throw wasReset ? EnvironmentError.episodeOver : .notReset }
        var step = try base.step(action)
        if !step.terminated, taken + 1 == maximumSteps { step.truncated = true }
        steps = step.terminated || step.truncated ? nil : taken + 1
        return step
    }

    public func expectedWork(of action: Base.ActionSpace.Element) -> Double { base.expectedWork(of: action) }

    public func allows(_ action: Base.ActionSpace.Element) -> Bool { steps != nil && base.allows(action) }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Base.ActionSpace.Element? {
        steps == nil ? nil : base.randomAllowedAction(using: &generator)
    }
}

extension TimeLimited: RestorableEnvironment where Base: RestorableEnvironment {
    public struct Snapshot: Codable, Hashable, Sendable {
        public var base: Base.Snapshot
        public var steps: Int?
        public var wasReset: Bool
    }

    public var snapshot: Snapshot { Snapshot(base: base.snapshot, steps: steps, wasReset: wasReset) }

    public mutating func restore(_ snapshot: Snapshot) throws {
        try base.restore(snapshot.base)
        (steps, wasReset) = (snapshot.steps, snapshot.wasReset)
    }
}
