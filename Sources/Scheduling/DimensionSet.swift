public import Workloads

/// Some of the eight dimensions of a loop nest.
public struct DimensionSet: OptionSet, Hashable, Sendable {
    /// Bit d stands for the dimension of raw value d.
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ dimensions: [Dimension]) {
        rawValue = dimensions.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
    }

    public static let all = DimensionSet(rawValue: .max)

    public func contains(_ dimension: Dimension) -> Bool { rawValue & 1 << UInt8(dimension.rawValue) != 0 }
}
