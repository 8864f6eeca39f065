package import RandomNumbers

extension SplitMix64 {
    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    package mutating func chance(_ oneIn: Int) -> Bool { number(1...oneIn) == 1 }

    /// 2 to a random power.
    package mutating func power(_ exponents: ClosedRange<Int>) -> Int { 1 << number(exponents) }
}
