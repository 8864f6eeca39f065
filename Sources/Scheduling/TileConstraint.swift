internal import Workloads

/// Extents that a mapping's tiles must have, level by level: what a user or an agent decides instead of the mapper.
///
///     var tiles = TileConstraint()
///     tiles.l1[.outputChannels] = 64
///
/// 0 leaves an extent to the mapper. A PE whose share is smaller has its share for a tile.
public struct TileConstraint: Hashable, Sendable {
    /// Extents of a PE's tile in L1.
    public var l1 = Extents(repeating: 0)
    /// Extents of a PE's tile in L2.
    public var l2 = Extents(repeating: 0)
    /// Extents of the tile in Global Memory: multiples of what the PE grid works on at a time, or all of a dimension.
    public var globalMemory = Extents(repeating: 0)

    public init() {}

    /// Whether every extent is left to the mapper.
    public var isEmpty: Bool { self == TileConstraint() }

    /// A tile with the extents that are given, at most those of the share that it is a part of.
    static func applying(_ given: Extents, to tile: Extents, of share: Extents) -> Extents {
        guard given != Extents(repeating: 0) else { return tile }
        var tile = tile
        for dimension in Dimension.allCases where given[dimension] > 0 {
            tile[dimension] = min(given[dimension], share[dimension])
        }
        return tile
    }

    /// Whether a tile has the extents that are given.
    static func allows(_ given: Extents, _ tile: Extents, of share: Extents) -> Bool {
        applying(given, to: tile, of: share) == tile
    }
}
