import Accelerators
import Workloads

/// What the objective makes small; of equals the mapping that is busier on the chip is worse.
struct Score: Comparable {
    var value: Double
    var cycles: Double
    var onChipCycles: Double

    /// The score of what can't be.
    static let none = Score(value: .infinity, cycles: .infinity, onChipCycles: .infinity)

    static func == (a: Score, b: Score) -> Bool { a.value == b.value }

    static func < (a: Score, b: Score) -> Bool { a.value < b.value }

    /// Whether to look here first: of equal scores where the chip is less busy.
    func precedes(_ other: Score) -> Bool { (value, onChipCycles) < (other.value, other.onChipCycles) }

    /// Whether a score is as good as another, but for rounding.
    static func <= (a: Score, b: Score) -> Bool { a.value <= b.value * (1 + 1e-12) }
}

/// Scores that no mapping beats, from what is known of its cycles and bytes.
struct BoundScoring {
    private let criterion: Criterion
    /// Bytes of an output between the level above the PEs and them.
    let gridOutputBytes: TrafficOptimum.OutputBytes
    private let hasGlobalMemory: Bool
    private let compulsoryBytes: Double
    private let dramBytes: Double
    private let globalMemoryBytesPerCycle: Double
    private let dramBytesPerCycle: Double

    init(_ criterion: Criterion, _ analysis: NestAnalysis, compulsoryBytes: Double, dramOptimum: TrafficOptimum?) {
        self.criterion = criterion
        self.compulsoryBytes = compulsoryBytes
        let view = analysis.view
        hasGlobalMemory = view.stagingBytes != nil
        gridOutputBytes = hasGlobalMemory ? .reads(analysis) : .bothWays(analysis)
        dramBytes = dramOptimum.map { $0.isExact ? max(compulsoryBytes, $0.bytes) : compulsoryBytes } ?? compulsoryBytes
        globalMemoryBytesPerCycle = view.globalMemoryBytesPerCycle
        dramBytesPerCycle = view.dramBytesPerCycle
    }

    /// The least score with so many compute cycles.
    ///
    /// - Parameter gridBytes: what the level above the PEs moves at least, if that is known.
    func bound(computeCycles: Double, startCycles: Double, gridBytes: Double = 0) -> Score {
        let gridBytes = max(gridBytes, compulsoryBytes)
        let onChip = max(computeCycles, gridBytes / globalMemoryBytesPerCycle)
        let dramCycles = (hasGlobalMemory ? dramBytes : gridBytes) / dramBytesPerCycle
        return criterion.leastScore(cycles: max(onChip, dramCycles) + startCycles, onChipCycles: onChip)
    }
}

/// The least score of a branch by how finely its PEs' buffers cut any tiling.
struct CapacityScoring {
    let unit: MappingSearch.Unit
    let share: Extents
    let factors: Extents
    let operandBytes: OperandBytes
    /// What the level above the L2s moves at least; nil where there is no L2.
    let gridBytes: Double?
    /// Cycles of the vector unit to add up what PEs share of a reduction.
    let reductionCycles: Double
    let scoring: BoundScoring
    /// Bytes of Global Memory that bound the tiles of all PEs; nil to leave them out.
    let staging: Int?

    /// The least score below a limit, and the depth of tiles that has it; nil where no tile that fits scores less.
    func least(_ analysis: NestAnalysis, below limit: Score) -> (score: Score, depth: CapacityBound.Depth)? {
        var least: (score: Score, depth: CapacityBound.Depth)?
        var groups = groupsAtOnce
        while groups > 0 {
            let capacity = CapacityBound(
                analysis, factors: factors, in: analysis.view.l1, staging: staging, groups: groups)
            capacity.forEachDepth(
                shallowMayPackBetter: analysis.mayPackBetter(unit.unit),
                where: { score(analysis, $0, groups, packsChannels: false) < least?.score ?? limit }
            ) { tiles in
                let score = score(analysis, tiles, groups, packsChannels: true)
                if score < least?.score ?? limit { least = (score, tiles.depth) }
            }
            // Fewer groups side by side where as many as the array takes don't fit.
            groups = groups > 1 ? divideRoundingUp(groupsAtOnce, divideRoundingUp(groupsAtOnce, groups - 1)) : 0
        }
        return least
    }

    private var groupsAtOnce: Int {
        if case .arrayBlockDiagonal(let packed, _) = unit.unit { min(packed, share[.groups]) } else { 1 }
    }

    @inline(__always)
    private func score(_ analysis: NestAnalysis, _ tiles: CapacityBound.Tiles, _ groups: Int, packsChannels: Bool)
        -> Score
    {
        let cycles = analysis.computeCycles(
            unit.unit, on: unit.array, share: share, cutInto: tiles, groups: groups,
            packsChannels: packsChannels)
        return scoring.bound(
            computeCycles: max(reductionCycles, cycles), startCycles: unit.startCycles,
            gridBytes: gridBytes
                ?? analysis.leastBytes(cutInto: tiles, operandBytes, outputs: scoring.gridOutputBytes))
    }
}
