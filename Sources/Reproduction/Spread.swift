internal import Foundation

/// A figure over several seeds.
public struct Spread: Hashable, Sendable, Codable {
    public let median: Double
    public let least: Double
    public let greatest: Double
    /// How many seeds.
    public let count: Int

    /// - Precondition: there is a value.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "A spread has a value.")
        let sorted = values.sorted()
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] * sorted[middle]).squareRoot()
        least = sorted[0]
        greatest = sorted[sorted.count - 1]
        count = sorted.count
    }

    private enum CodingKeys: String, CodingKey {
        case median, least, greatest
        case count = "seeds"
    }
}

/// The n-th root of the product of n positive values; nil of none.
public func geometricMean(_ values: some Collection<Double>) -> Double? {
    values.isEmpty ? nil : exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
}
