internal import Foundation

extension Double {
    /// A ratio for a message, e.g. 1.07, 3.71 or 24.5: three digits that count, two decimals at most.
    package var ratioText: String {
        String(format: abs(self) < 10 ? "%.2f" : abs(self) < 100 ? "%.1f" : "%.0f", self)
    }

    /// A time span in seconds for people, e.g. `45 s`, `2 min 05 s`, `3 h 20 min`.
    package var durationText: String {
        guard isFinite, self < 1e9 else { return "unknown" }
        let seconds = Int(self.rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return String(format: "%d min %02d s", seconds / 60, seconds % 60) }
        return String(format: "%d h %02d min", seconds / 3600, seconds / 60 % 60)
    }
}

extension Int {
    /// The number with commas between thousands.
    package var groupedText: String {
        var text = ""
        for (position, digit) in String(magnitude).reversed().enumerated() {
            if position > 0, position % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}
