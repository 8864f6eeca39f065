import Workloads

// A mapping as JSON: the unit by its name and parameters, tiles as letters with extents, loop orders as letters from the outermost in.

extension Mapping: Encodable {
    private enum CodingKeys: String, CodingKey {
        case unit, arrayRows, arrayColumns, gridX, gridY, l1Tile, l2Tile, globalTile, l2Order, globalOrder, dramOrder
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(unit, forKey: .unit)
        try container.encodeIfPresent(arrayRows, forKey: .arrayRows)
        try container.encodeIfPresent(arrayColumns, forKey: .arrayColumns)
        try container.encode(gridX, forKey: .gridX)
        try container.encode(gridY, forKey: .gridY)
        try container.encode(l1Tile, forKey: .l1Tile)
        try container.encode(l2Tile, forKey: .l2Tile)
        try container.encode(globalTile, forKey: .globalTile)
        try container.encode(l2Order.letters, forKey: .l2Order)
        try container.encode(globalOrder.letters, forKey: .globalOrder)
        try container.encode(dramOrder.letters, forKey: .dramOrder)
    }
}

extension ComputeUnit: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, groups, taps
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        guard case .arrayBlockDiagonal(let groups, let taps) = self else { return }
        try container.encode(groups, forKey: .groups)
        try container.encode(taps, forKey: .taps)
    }
}

extension LoopOrder {
    /// The loops' letters, outermost first.
    public var letters: String { dimensions.map(\.letter).joined() }
}

extension SpatialLoop: Encodable {
    private enum CodingKeys: String, CodingKey {
        case dimension, factor
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(dimension.letter, forKey: .dimension)
        try container.encode(factor, forKey: .factor)
    }
}
