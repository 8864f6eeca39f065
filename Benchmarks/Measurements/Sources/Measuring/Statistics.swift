/// The value below which a part of all values lies; not a number where there are none.
public func percentile(_ values: [Double], _ part: Double) -> Double {
    values.isEmpty ? .nan : values.sorted()[Int(Double(values.count - 1) * part)]
}

/// A text filled up with blanks.
public func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
