/// The counter-based random function Philox4x32-10: a block cipher's worth of mixing, so that any block of a stream can be had
/// without drawing those before it.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 3.3. Not for
/// cryptography.
public enum Philox4x32 {
    /// The random block at a counter under a key, ten rounds.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            let even = UInt64(counter.x) &* 0xD251_1F53
            let odd = UInt64(counter.z) &* 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: odd >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: odd),
                UInt32(truncatingIfNeeded: even >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: even))
            // Weyl sequences of the golden ratio and of √3 − 1.
            key = SIMD2(key.x &+ 0x9E37_79B9, key.y &+ 0xBB67_AE85)
        }
        return counter
    }
}
