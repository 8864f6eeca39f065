/// A mapping's loops in one row, innermost first, with the tiles that stand between them.
///
/// All sizes are whole numbers held as Double: exact up to 2⁵³, and no product overflows.
struct TiledNest {
    struct Loop {
        var dimension: Int
        /// The storage level whose loop it is.
        var level: Int
        var isSpatial: Bool
        /// Iterations, and those in the residual.
        var end: Double
        var residual: Double
        /// By how much an iteration advances its dimension.
        var stride: Double
    }

    let dimensionCount: Int
    let levelCount: Int
    /// Innermost first; loops that don't iterate are left out.
    let loops: [Loop]
    /// The first loop above a level's tile; index `level + 1`, so that 0 is above the MACs.
    private let firstLoopAbove: [Int]
    /// Extents of a level's tile in each dimension, [level + 1][dimension] in one row; the MACs' are 1.
    private let extents: [Double]
    /// The same where all loops further out are in their last iteration.
    private let residualExtents: [Double]
    /// Dimensions with a residual that differs from its factor.
    let ragged: [Bool]
    /// What the loops cover of each dimension.
    let covered: [Double]

    init(_ mapping: TimeloopMapping, dimensionCount: Int) {
        self.dimensionCount = dimensionCount
        levelCount = mapping.levels.count
        var all: [Loop] = []
        for (index, level) in mapping.levels.enumerated() {
            for (loops, isSpatial) in [(level.spatialX, true), (level.spatialY, true), (level.temporal, false)] {
                for loop in loops {
                    all.append(
                        Loop(
                            dimension: loop.dimension, level: index, isSpatial: isSpatial, end: Double(loop.factor),
                            residual: Double(loop.residual), stride: 1))
                }
            }
        }
        // A loop that no other iteration surrounds is always in the residual.
        var isSurrounded = [Bool](repeating: false, count: dimensionCount)
        for index in all.indices.reversed() {
            let d = all[index].dimension
            if !isSurrounded[d] { all[index].end = all[index].residual }
            if all[index].end > 1 { isSurrounded[d] = true }
        }

        var loops: [Loop] = []
        var firstLoopAbove = [0]
        var extent = [Double](repeating: 1, count: dimensionCount)
        var residual = extent
        var extents = extent
        var residualExtents = extent
        var ragged = [Bool](repeating: false, count: dimensionCount)
        var next = 0
        for level in mapping.levels.indices {
            while next < all.count, all[next].level == level {
                var loop = all[next]
                next += 1
                guard loop.end > 1 else { continue }
                let d = loop.dimension
                loop.stride = extent[d]
                residual[d] += extent[d] * (loop.residual - 1)
                extent[d] *= loop.end
                if loop.end != loop.residual { ragged[d] = true }
                loops.append(loop)
            }
            firstLoopAbove.append(loops.count)
            extents += extent
            residualExtents += residual
        }
        self.loops = loops
        self.firstLoopAbove = firstLoopAbove
        self.extents = extents
        self.residualExtents = residualExtents
        self.ragged = ragged
        covered = residual
    }

    /// The loops above a level's tile; −1 is the MACs' level.
    func loopsAbove(_ level: Int) -> Range<Int> { firstLoopAbove[level + 1]..<loops.count }

    /// The extent of a level's tile in a dimension.
    func extent(_ level: Int, _ dimension: Int) -> Double { extents[(level + 1) * dimensionCount + dimension] }

    /// The extent of the last tile.
    func residualExtent(_ level: Int, _ dimension: Int) -> Double {
        residualExtents[(level + 1) * dimensionCount + dimension]
    }

    /// The extent of the largest tile: the last one where it is the only one.
    func largestExtent(_ level: Int, _ dimension: Int) -> Double {
        let isOnlyOne = loops[loopsAbove(level)].allSatisfy { $0.dimension != dimension }
        return isOnlyOne ? residualExtent(level, dimension) : extent(level, dimension)
    }

    /// Instances of a level that have work.
    func instances(_ level: Int) -> Double {
        loops[loopsAbove(level)].reduce(1) { $1.isSpatial ? $0 * $1.end : $0 }
    }
}
