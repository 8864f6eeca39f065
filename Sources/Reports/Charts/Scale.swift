internal import Foundation

/// Maps values to positions along an axis, and finds round values to mark on it.
///
///     let scale = Scale(.linear, domain: 0...10, from: 0, to: 200)
///     scale.position(of: 2.5)     // 50
///     scale.ticks(about: 5)       // [0, 2, 4, 6, 8, 10]
package struct Scale: Sendable {
    package enum Kind: Sendable {
        case linear, logarithmic
    }

    package let kind: Kind
    package let domain: ClosedRange<Double>
    /// Positions of the domain's ends; the first may be the greater one, as on an axis that goes up.
    package let start: Double
    package let end: Double

    /// - Precondition: the domain is finite; a logarithmic one is positive.
    package init(_ kind: Kind, domain: ClosedRange<Double>, from start: Double, to end: Double) {
        precondition(domain.lowerBound.isFinite && domain.upperBound.isFinite, "An axis needs finite ends.")
        precondition(kind == .linear || domain.lowerBound > 0, "A logarithmic axis needs positive ends.")
        self.kind = kind
        self.domain = domain
        self.start = start
        self.end = end
    }

    /// Where a value stands; one outside the domain stands at its nearer end.
    package func position(of value: Double) -> Double {
        let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
        guard high > low else { return (start + end) / 2 }
        let clamped = min(max(value, domain.lowerBound), domain.upperBound)
        return start + (transformed(clamped) - low) / (high - low) * (end - start)
    }

    private func transformed(_ value: Double) -> Double { kind == .linear ? value : log(value) }

    /// Round values within the domain, in ascending order, about as many as asked for.
    package func ticks(about count: Int) -> [Double] {
        precondition(count > 0, "An axis needs at least one mark.")
        guard domain.upperBound > domain.lowerBound else { return [domain.lowerBound] }
        return kind == .linear ? linearTicks(count) : logarithmicTicks(count)
    }

    private func linearTicks(_ count: Int) -> [Double] {
        let step = Scale.roundStep((domain.upperBound - domain.lowerBound) / Double(count))
        // A little slack, so that an end that is a multiple of the step isn't lost to rounding.
        let first = (domain.lowerBound / step.value - 1e-9).rounded(.up)
        let last = (domain.upperBound / step.value + 1e-9).rounded(.down)
        guard first <= last else { return [] }
        return (Int(first)...Int(last)).map(step.multiple)
    }

    /// 1, 2 or 5 times a power of ten, the nearest that isn't smaller.
    private static func roundStep(_ wanted: Double) -> Step {
        let exponent = Int(log10(wanted).rounded(.down))
        let leading = wanted / pow(10, Double(exponent))
        let digit = [1.0, 2, 5].first { leading <= $0 * (1 + 1e-9) }
        return digit.map { Step(digit: $0, exponent: exponent) } ?? Step(digit: 1, exponent: exponent + 1)
    }

    private struct Step {
        var digit: Double
        var exponent: Int
        var value: Double { multiple(1) }

        /// Divided by a power of ten where the step is a fraction: 3 · 0.1 isn't 0.3, and 3 / 10 is.
        func multiple(_ count: Int) -> Double {
            let power = pow(10, Double(abs(exponent)))
            return exponent < 0 ? Double(count) * digit / power : Double(count) * digit * power
        }
    }

    private func logarithmicTicks(_ count: Int) -> [Double] {
        let first = Int(log10(domain.lowerBound).rounded(.down))
        let last = Int(log10(domain.upperBound).rounded(.up))
        // From coarse to fine: every so many decades, decades, 1-2-5, all digits.
        let decades = last - first
        var candidates = stride(from: (decades + count - 1) / count, to: 1, by: -1).map { stride in
            (first...last).filter { $0 % stride == 0 }.map { pow(10, Double($0)) }
        }
        for digits in [[1.0], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]] {
            candidates.append((first...last).flatMap { exponent in digits.map { $0 * pow(10, Double(exponent)) } })
        }
        let within = candidates.map { candidate in
            candidate.filter { domain.lowerBound * (1 - 1e-9) <= $0 && $0 <= domain.upperBound * (1 + 1e-9) }
        }
        let fitting = within.last { $0.count <= count + 1 } ?? within[0]
        if fitting.count >= 2 { return fitting }
        // Less than two round values of the kind lie in so narrow a domain.
        return linearTicks(count)
    }
}
