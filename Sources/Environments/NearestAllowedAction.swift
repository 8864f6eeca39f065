/// Takes the allowed action nearest to the one that is asked for, for learners that don't know masks.
///
/// An action that is allowed is taken as it is; of two that are as near, the lower. Every action of the action space is therefore
/// accepted while an episode is under way.
public struct NearestAllowedAction<Base: Environment>: Environment where Base.ActionSpace == Discrete {
    public typealias Info = Base.Info

    public internal(set) var base: Base

    public init(_ base: Base) { self.base = base }

    public var observationSpace: Base.ObservationSpace { base.observationSpace }
    public var actionSpace: Discrete { base.actionSpace }
    public var rewardBounds: ClosedRange<Double> { base.rewardBounds }

    public mutating func reset(seed: UInt64?) throws -> (observation: Base.ObservationSpace.Element, info: Info) {
        try base.reset(seed: seed)
    }

    public mutating func step(_ action: Int) throws -> EnvironmentStep<Base.ObservationSpace.Element, Info> {
        try base.step(nearestAllowed(to: action) ?? action)
    }

    public func expectedWork(of action: Int) -> Double { base.expectedWork(of: action) }

    public func allows(_ action: Int) -> Bool { nearestAllowed(to: action) != nil }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        guard allows(0) else { return nil }
        return actionSpace.sample(using: &generator)
    }

    /// The action that is taken for one of the action space; nil for any other, and where none is allowed.
    private func nearestAllowed(to action: Int) -> Int? {
        guard actionSpace.contains(action) else { return nil }
        for distance in 0..<actionSpace.count {
            if base.allows(action - distance) { return action - distance }
            if base.allows(action + distance) { return action + distance }
        }
        return nil
    }
}

extension NearestAllowedAction: RestorableEnvironment where Base: RestorableEnvironment {
    public var snapshot: Base.Snapshot { base.snapshot }
    public mutating func restore(_ snapshot: Base.Snapshot) throws { try base.restore(snapshot) }
}
