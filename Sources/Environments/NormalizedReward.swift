/// Scales rewards so that the discounted return has about unit variance, as Gymnasium's `NormalizeReward`.
///
/// With Gₜ = γ Gₜ₋₁ + rₜ, from 0 at the beginning of every episode, and σ² the variance of every Gₜ so far, the reward is
/// rₜ / √(σ² + ε), held within ±`limit`. It is scaled, never shifted: signs stay what they were. (Gymnasium's carries an episode's last
/// reward over into the next one's G.) The scale moves as steps come in; `isUpdating` = false freezes it, as evaluation should.
public struct NormalizedReward<Base: Environment>: Environment {
    public typealias Info = Base.Info

    public internal(set) var base: Base
    /// γ, in [0, 1].
    public let discount: Double
    /// What no reward goes beyond.
    public let limit: Double
    /// Whether steps move the scale.
    public var isUpdating = true
    /// Mean and variance of the discounted returns.
    public private(set) var statistics = RunningMoments()
    private var discountedReturn = 0.0

    /// ε: keeps the scale finite where every reward was the same.
    public static var epsilon: Double { 1e-8 }

    /// - Precondition: the discount lies in [0, 1], the limit is positive and finite.
    public init(_ base: Base, discount: Double = 0.99, limit: Double = 10) {
        precondition((0...1).contains(discount), "A discount lies in [0, 1].")
        precondition(limit > 0 && limit.isFinite, "A limit is positive and finite.")
        self.base = base
        self.discount = discount
        self.limit = limit
    }

    public var observationSpace: Base.ObservationSpace { base.observationSpace }
    public var actionSpace: Base.ActionSpace { base.actionSpace }
    public var rewardBounds: ClosedRange<Double> { -limit...limit }

    public mutating func reset(seed: UInt64?) throws -> (observation: Base.ObservationSpace.Element, info: Info) {
        let start = try base.reset(seed: seed)
        discountedReturn = 0
        return start
    }

    public mutating func step(
        _ action: Base.ActionSpace.Element
    ) throws -> EnvironmentStep<Base.ObservationSpace.Element, Info> {
        var step = try base.step(action)
        discountedReturn = discount * discountedReturn + step.reward
        if isUpdating { statistics.add(discountedReturn) }
        let scaled = step.reward / (statistics.variance + Self.epsilon).squareRoot()
        step.reward = min(max(scaled, -limit), limit)
        return step
    }

    public func expectedWork(of action: Base.ActionSpace.Element) -> Double { base.expectedWork(of: action) }

    public func allows(_ action: Base.ActionSpace.Element) -> Bool { base.allows(action) }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Base.ActionSpace.Element? {
        base.randomAllowedAction(using: &generator)
    }
}

/// Mean and variance of numbers that come one at a time.
///
/// Begins with variance 1 at a weight of 10⁻⁴ of a number, so that it is defined from the start, as Gymnasium's `RunningMeanStd`.
public struct RunningMoments: Hashable, Codable, Sendable {
    public private(set) var mean = 0.0
    public private(set) var variance = 1.0
    /// Numbers added, with the weight that it began with.
    public private(set) var weight = 1e-4

    public init() {}

    /// Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979, eq. 2.1, for one number.
    public mutating func add(_ number: Double) {
        let distance = number - mean
        let total = weight + 1
        variance = (variance * weight + distance * distance * weight / total) / total
        mean += distance / total
        weight = total
    }
}

extension NormalizedReward: RestorableEnvironment where Base: RestorableEnvironment {
    public struct Snapshot: Codable, Hashable, Sendable {
        public var base: Base.Snapshot
        public var statistics: RunningMoments
        public var discountedReturn: Double
    }

    public var snapshot: Snapshot {
        Snapshot(base: base.snapshot, statistics: statistics, discountedReturn: discountedReturn)
    }

    public mutating func restore(_ snapshot: Snapshot) throws {
        try base.restore(snapshot.base)
        (statistics, discountedReturn) = (snapshot.statistics, snapshot.discountedReturn)
    }
}
