import Foundation

/// Numbers for people: three significant digits with a prefix of the SI.
enum NumberFormat {
    /// 37.7 G, 5.29 M, 128, 0.0412; a unit is set behind the prefix.
    static func short(_ value: Double, unit: String = "") -> String {
        let separator = unit.isEmpty ? "" : " "
        guard value != 0, value.isFinite else { return "0\(separator)\(unit)" }
        let prefixes: [(Double, String)] = [
            (1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"),
            (1e-6, "µ"),
            (1e-9, "n"),
        ]
        // Rounding may carry into the next prefix: 999.9 k is 1 M.
        let magnitude = abs(value) * (1 + 5e-4)
        let usable = unit.isEmpty ? prefixes.filter { $0.0 >= 1 } : prefixes
        let (scale, prefix) = usable.first { magnitude >= $0.0 } ?? usable[usable.count - 1]
        let text = digits(value / scale)
        return prefix.isEmpty && unit.isEmpty ? text : "\(text) \(prefix)\(unit)"
    }

    /// Three significant digits.
    static func digits(_ value: Double) -> String {
        let magnitude = abs(value)
        let decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 4
        return String(format: "%.\(decimals)f", value)
    }

    static func percent(_ share: Double) -> String { String(format: "%.1f%%", share * 100) }

    /// 96 B, 1.50 KiB, 12.0 MiB.
    static func bytes(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        return unit == "B" ? "\(bytes) B" : "\(digits(value)) \(unit)"
    }
}
