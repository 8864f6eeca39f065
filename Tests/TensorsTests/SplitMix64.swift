import Tensors

/// A small generator for tests (Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Tensor {
    /// The bits of every element: equality that tells -0 from 0 and one NaN from another.
    var bits: [UInt32] { values.map(\.bitPattern) }

    /// The largest difference to another tensor's elements.
    func distance(to other: [Double]) -> Double {
        precondition(count == other.count)
        return zip(values, other).map { abs(Double($0) - $1) }.max() ?? 0
    }
}
