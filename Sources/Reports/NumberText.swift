internal import Foundation

extension Double {
    /// The number with three digits that count and commas between thousands: 0.0123, 1.23, 12.3, 123, 1,230, 1,230,000.
    ///
    /// A dash where it isn't finite.
    package var threeDigits: String {
        guard isFinite else { return "–" }
        guard self != 0 else { return "0" }
        let exponent = exponentOfTen
        // Beyond these the zeros would be counted, not read.
        guard (-5...14).contains(exponent) else { return String(format: "%.2e", self) }
        let decimals = Swift.max(0, 2 - exponent)
        guard exponent >= 3 else { return String(format: "%.\(decimals)f", self) }
        let unit = pow(10, Double(exponent - 2))
        return Int((self / unit).rounded() * unit).grouped
    }

    /// The number with three digits that count, a prefix and a unit: `1.23 ms`, `45.6 MB`, `999 GB`.
    package func text(in unit: String) -> String {
        guard isFinite, self != 0 else { return "\(threeDigits) \(unit)" }
        let exponent = exponentOfTen
        let thousands = Swift.min(5, Swift.max(-5, Int((Double(exponent) / 3).rounded(.down))))
        let prefix = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P"][thousands + 5]
        return "\((self / pow(1000, Double(thousands))).threeDigits) \(prefix)\(unit)"
    }

    /// A ratio: `3.71×`.
    package var ratio: String { "\(threeDigits)×" }

    /// A share as a percentage, with a decimal below 10: `4.2%`, `37%`; `<0.1%` where it would round to nothing.
    package var percent: String {
        guard isFinite else { return "–" }
        if self > 0, self < 0.0005 { return "<0.1%" }
        if self == 0 { return "0%" }
        return String(format: self < 0.0995 ? "%.1f%%" : "%.0f%%", self * 100)
    }

    /// The power of ten of the first digit, after rounding to three: 1 for 9.996, which becomes 10.0.
    private var exponentOfTen: Int {
        var exponent = Int(log10(magnitude).rounded(.down))
        // The logarithm may be off by one at a power of ten.
        if magnitude >= pow(10, Double(exponent + 1)) { exponent += 1 }
        if magnitude < pow(10, Double(exponent)) { exponent -= 1 }
        let digits = (magnitude / pow(10, Double(exponent - 2))).rounded()
        return digits >= 1000 ? exponent + 1 : exponent
    }

    /// A time span for people: `0.82 s`, `45 s`, `2 min 05 s`, `3 h 20 min`.
    package var duration: String {
        guard isFinite, self < 1e9 else { return "–" }
        if self < 10 { return text(in: "s") }
        let seconds = Int(rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return String(format: "%d min %02d s", seconds / 60, seconds % 60) }
        return String(format: "%d h %02d min", seconds / 3600, seconds / 60 % 60)
    }
}

extension Int {
    /// The number with commas between thousands.
    package var grouped: String {
        var text = ""
        for (position, digit) in String(magnitude).reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "−" : "") + String(text.reversed())
    }
}
