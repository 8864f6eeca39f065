import Accelerators

extension SplitMix64 {
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func chance(_ oneIn: Int) -> Bool { number(1...oneIn) == 1 }

    /// 2 to a random power.
    mutating func power(_ exponents: ClosedRange<Int>) -> Int { 1 << number(exponents) }
}
