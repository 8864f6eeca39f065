public import Accelerators
internal import Workloads

/// What tiles need of one buffer, and what it has.
public struct BufferUse: Hashable, Sendable, CustomStringConvertible {
    /// The memories of the chip that hold tiles.
    public enum Level: String, Hashable, Sendable, CaseIterable {
        case l1 = "L1"
        case l2 = "L2"
        case globalMemory = "Global Memory"
    }

    public var level: Level
    /// Whose buffer it is; nil for a pool that all operands share.
    public var operand: Operand?
    public var neededBytes: Int
    public var availableBytes: Int

    public init(level: Level, operand: Operand?, neededBytes: Int, availableBytes: Int) {
        self.level = level
        self.operand = operand
        self.neededBytes = neededBytes
        self.availableBytes = availableBytes
    }

    public var fits: Bool { neededBytes <= availableBytes }

    /// What is needed over what there is: above 1 where it doesn't fit.
    public var excess: Double { Double(neededBytes) / Double(max(1, availableBytes)) }

    /// The buffer's name: `L1 weight buffer`, `L2`, `Global Memory`.
    public var name: String { operand.map { "\(level.rawValue) \($0) buffer" } ?? level.rawValue }

    public var description: String { "\(name): \(neededBytes) of \(availableBytes) bytes" }
}

extension NestAnalysis {
    /// PEs along each dimension that hold all of it together in their L1: one where an L2 tile makes a PE work through several L1 tiles.
    func holders(of l1Tile: Extents, in l2Tile: Extents, sharedBy factors: Extents) -> Extents {
        let l2Tile = l2Tile.clamped(to: whole)
        var holders = factors
        for dimension in Dimension.allCases where l1Tile[dimension] < l2Tile[dimension] { holders[dimension] = 1 }
        return holders
    }

    /// What the tile of each of the PEs that share the nest needs of its buffers at a level.
    func uses(of tile: Extents, sharedBy factors: Extents, level: BufferUse.Level, in buffers: BufferLevel)
        -> [BufferUse]
    {
        let bytes = bufferedBytes(tile, sharedBy: factors)
        let uses = [
            BufferUse(
                level: level, operand: .input, neededBytes: wholeBytes(bytes.input), availableBytes: buffers.inputBytes),
            BufferUse(
                level: level, operand: .weight, neededBytes: wholeBytes(bytes.weight),
                availableBytes: buffers.weightBytes),
            BufferUse(
                level: level, operand: .output, neededBytes: wholeBytes(bytes.output),
                availableBytes: buffers.outputBytes),
        ]
        switch buffers.sharing {
        case .private: return uses
        case .shared:
            return [
                BufferUse(
                    level: level, operand: nil,
                    neededBytes: uses.reduce(0) {
                        $0.addingReportingOverflow($1.neededBytes).overflow ? .max : $0 + $1.neededBytes
                    },
                    availableBytes: uses.reduce(0) { $0 + $1.availableBytes })
            ]
        }
    }

    /// What the tiles of all levels need of the buffers that there are, from L1 out.
    func uses(l1Tile: Extents, l2Tile: Extents, sharedBy factors: Extents, globalTile: Extents) -> [BufferUse] {
        var all = uses(
            of: l1Tile, sharedBy: holders(of: l1Tile, in: l2Tile, sharedBy: factors), level: .l1, in: view.l1)
        if let l2 = view.l2 { all += uses(of: l2Tile, sharedBy: factors, level: .l2, in: l2) }
        if let capacity = view.stagingBytes {
            all.append(
                BufferUse(
                    level: .globalMemory, operand: nil, neededBytes: wholeBytes(stagedBytes(globalTile)),
                    availableBytes: capacity))
        }
        return all
    }

    /// Bytes as a number to print, the largest there is where they are more.
    private func wholeBytes(_ bytes: Double) -> Int { Int(exactly: bytes.rounded()) ?? .max }
}
