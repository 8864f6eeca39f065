/// The set that an observation or an action lies in, as in Gymnasium.
public protocol Space<Element>: Sendable {
    associatedtype Element: Sendable

    /// Whether a value lies in the space.
    func contains(_ value: Element) -> Bool

    /// A random value of the space, all equally likely.
    func sample(using generator: inout some RandomNumberGenerator) -> Element
}

/// The whole numbers 0 ..< count.
public struct Discrete: Space, Hashable {
    public let count: Int

    public init(count: Int) {
        precondition(count > 0, "A discrete space has at least one value.")
        self.count = count
    }

    public func contains(_ value: Int) -> Bool { (0..<count).contains(value) }

    public func sample(using generator: inout some RandomNumberGenerator) -> Int {
        Int.random(in: 0..<count, using: &generator)
    }

    /// One of the values that a mask allows, all equally likely; nil where it allows none.
    public func sample(mask: ChoiceMask, using generator: inout some RandomNumberGenerator) -> Int? {
        let within = ChoiceMask(allowingFirst: min(count, ChoiceMask.maximumCount))
        return ChoiceMask(bits: mask.bits & within.bits).randomChoice(using: &generator)
    }
}

/// Lists of whole numbers, the i-th in 0 ..< counts[i].
public struct MultiDiscrete: Space, Hashable {
    public let counts: [Int]

    public init(counts: [Int]) {
        precondition(counts.allSatisfy { $0 > 0 }, "Each component of a multi-discrete space has at least one value.")
        self.counts = counts
    }

    public func contains(_ value: [Int]) -> Bool {
        value.count == counts.count && zip(value, counts).allSatisfy { (0..<$1).contains($0) }
    }

    public func sample(using generator: inout some RandomNumberGenerator) -> [Int] {
        counts.map { Int.random(in: 0..<$0, using: &generator) }
    }

    /// A list of values each of which its mask allows; nil where a mask allows none.
    public func sample(masks: [ChoiceMask], using generator: inout some RandomNumberGenerator) -> [Int]? {
        precondition(masks.count == counts.count, "A multi-discrete space takes one mask a component.")
        var values: [Int] = []
        for (count, mask) in zip(counts, masks) {
            guard let value = Discrete(count: count).sample(mask: mask, using: &generator) else { return nil }
            values.append(value)
        }
        return values
    }
}

/// Vectors of numbers between two bounds.
public struct Box: Space, Hashable {
    public let bounds: ClosedRange<Float>
    public let count: Int

    public init(bounds: ClosedRange<Float>, count: Int) {
        precondition(
            bounds.lowerBound.isFinite && bounds.upperBound.isFinite && count >= 0,
            "A box has finite bounds and a count of at least 0.")
        self.bounds = bounds
        self.count = count
    }

    public func contains(_ value: [Float]) -> Bool {
        // NaN lies in no range.
        value.count == count && value.allSatisfy(bounds.contains)
    }

    public func sample(using generator: inout some RandomNumberGenerator) -> [Float] {
        (0..<count).map { _ in Float.random(in: bounds, using: &generator) }
    }
}
