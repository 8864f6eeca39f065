/// Random numbers that belong to one step of one episode: the same for the same key, whoever draws them, in whatever order the
/// streams are made, on however many threads.
///
///     var stream = RandomStream(seed: 7, episode: 12, step: 3, purpose: .action)
///     let choice = mask.randomChoice(using: &stream)
///
/// A stream is a window of Philox4x32-10: the seed is the key; episode, step and purpose are words of the counter, and the
/// remaining word counts the blocks drawn. A stream holds 2³³ numbers of 64 bits.
public struct RandomStream: RandomNumberGenerator, Hashable, Codable, Sendable {
    /// What a stream is drawn for: streams of different purposes are independent.
    public struct Purpose: RawRepresentable, Hashable, Codable, Sendable {
        public var rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Choosing actions.
        public static let action = Purpose(rawValue: 0)
        /// Whatever an environment leaves to chance.
        public static let environment = Purpose(rawValue: 1)
        /// Initial weights.
        public static let weights = Purpose(rawValue: 2)
        /// The order of minibatches.
        public static let shuffling = Purpose(rawValue: 3)
        /// Changes that an evolutionary search makes.
        public static let mutation = Purpose(rawValue: 4)
        /// The environment checker's own draws.
        public static let checking = Purpose(rawValue: 5)
    }

    private let seed: UInt64
    private let episode: UInt32
    private let step: UInt32
    private let purpose: Purpose
    private var block: UInt32 = 0
    /// The second half of the last block, until it is drawn.
    private var pending: UInt64?

    /// The stream of a key.
    ///
    /// - Precondition: `episode` and `step` lie in 0 ..< 2³².
    public init(seed: UInt64, episode: Int = 0, step: Int = 0, purpose: Purpose) {
        guard let episode = UInt32(exactly: episode), let step = UInt32(exactly: step) else {
            preconditionFailure("A random stream's episode and step must lie in 0 ..< 2³².")
        }
        self.seed = seed
        self.episode = episode
        self.step = step
        self.purpose = purpose
    }

    public mutating func next() -> UInt64 {
        if let number = pending {
            pending = nil
            return number
        }
        let words = Philox4x32.block(
            counter: SIMD4(block, step, episode, purpose.rawValue),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
        block &+= 1
        pending = UInt64(words.z) | UInt64(words.w) << 32
        return UInt64(words.x) | UInt64(words.y) << 32
    }
}
