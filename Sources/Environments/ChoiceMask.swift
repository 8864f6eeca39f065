/// Which of a parameter's choices are allowed, as a set of at most 64 positions.
///
/// A mask is one machine word, so that it is copied, stored with a rollout and compared for free.
public struct ChoiceMask: Hashable, Codable, Sendable {
    /// The most choices that a mask can tell apart.
    public static let maximumCount = 64

    /// Bit i is set where choice i is allowed.
    public private(set) var bits: UInt64

    public init(bits: UInt64 = 0) { self.bits = bits }

    /// The mask that allows the first `count` choices.
    public init(allowingFirst count: Int) {
        precondition((0...ChoiceMask.maximumCount).contains(count), "A mask holds from 0 to 64 choices.")
        bits = count == ChoiceMask.maximumCount ? .max : (1 << UInt64(count)) - 1
    }

    /// Allowed choices.
    public var count: Int { bits.nonzeroBitCount }

    public var isEmpty: Bool { bits == 0 }

    public func contains(_ choice: Int) -> Bool {
        (0..<ChoiceMask.maximumCount).contains(choice) && bits & (1 << UInt64(choice)) != 0
    }

    public mutating func insert(_ choice: Int) {
        precondition((0..<ChoiceMask.maximumCount).contains(choice), "A mask holds choices from 0 to 63.")
        bits |= 1 << UInt64(choice)
    }

    /// The allowed choices in ascending order.
    public var choices: [Int] {
        (0..<ChoiceMask.maximumCount).filter(contains)
    }

    /// The mask as one truth value a choice, for the first `count` choices.
    public func booleans(count: Int) -> [Bool] {
        (0..<count).map(contains)
    }

    /// One of the allowed choices, all equally likely; nil where none is.
    public func randomChoice(using generator: inout some RandomNumberGenerator) -> Int? {
        guard bits != 0 else { return nil }
        var rest = bits
        for _ in 0..<Int.random(in: 0..<count, using: &generator) { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }
}
