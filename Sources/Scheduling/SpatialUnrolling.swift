import Accelerators
import Workloads

/// How the PE grid shares a loop nest out.
struct SpatialUnrolling {
    var gridX: SpatialLoop
    var gridY: SpatialLoop
    /// A PE's share of each dimension.
    var peShare: Extents

    /// The dimensions that PEs may share; filters are whole in every PE.
    static let dimensions: [Dimension] = [
        .outputChannels, .batch, .outputHeight, .outputWidth, .groups, .inputChannels,
    ]

    /// PEs along each dimension.
    var gridFactors: Extents { SpatialLoop.factors(gridX, gridY) }

    /// Shares dimensions out over all PEs along x and y, in multiples of what the unit's array takes at once: K in whole rows of
    /// columns, G in whole diagonals; unless as evenly as can be.
    init(
        _ x: Dimension?, _ y: Dimension?, of whole: Extents, unit: ComputeUnit, array: SystolicArray,
        among pes: Extent2D, inWholeGrains: Bool = true
    ) {
        func grain(_ dimension: Dimension) -> Int {
            guard inWholeGrains else { return 1 }
            return switch (unit, dimension) {
            case (.array(.weightStationary), .outputChannels), (.array(.outputStationary), .outputChannels):
                array.columns
            case (.array(.weightStationary), .inputChannels), (.array(.inputStationary), .inputChannels):
                max(1, array.rows / (whole[.filterHeight] * whole[.filterWidth]))
            case (.arrayBlockDiagonal(let packed, _), .groups): packed
            default: 1
            }
        }
        var share = whole
        func shareOut(_ dimension: Dimension?, among count: Int) -> SpatialLoop {
            guard let dimension else { return SpatialLoop(.batch, factor: 1) }
            let grain = min(grain(dimension), share[dimension])
            let extent = share[dimension]
            let each = min(extent, divideRoundingUp(divideRoundingUp(extent, grain), count) * grain)
            share[dimension] = each
            return SpatialLoop(dimension, factor: divideRoundingUp(extent, each))
        }
        gridX = shareOut(x, among: pes.x)
        gridY = shareOut(y, among: pes.y)
        peShare = share
    }

    /// Without the PEs that are left idle where each of the others has a tile.
    func sparing(_ tile: Extents, of whole: Extents) -> SpatialUnrolling {
        let busy = whole.tiles(of: tile)
        var unrolling = self
        unrolling.gridX.factor = min(gridX.factor, busy[gridX.dimension])
        let alongX = gridX.dimension == gridY.dimension ? unrolling.gridX.factor : 1
        unrolling.gridY.factor = min(gridY.factor, divideRoundingUp(busy[gridY.dimension], alongX))
        for loop in [gridX, gridY] where unrolling.gridFactors[loop.dimension] < gridFactors[loop.dimension] {
            unrolling.peShare[loop.dimension] = divideRoundingUp(
                whole[loop.dimension], unrolling.gridFactors[loop.dimension])
        }
        return unrolling
    }
}

extension ComputeUnit {
    /// The units that can run an operator, dense dataflows first.
    static func units(for nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints)
        -> [ComputeUnit]
    {
        var units = constraints.dataflow.dataflows.map { ComputeUnit.array($0) }
        guard nest.groups > 1, !nest.weightIsActivation else { return units }
        let taps = nest.inputChannels * nest.filterHeight * nest.filterWidth
        let array = view.array
        // For every number of folds the fewest rows that a group needs, so that the most groups lie side by side.
        var onRows = divideRoundingUp(taps, divideRoundingUp(taps, min(taps, array.rows)))
        while true {
            let packed = max(1, min(nest.groups, min(array.rows / onRows, array.columns / nest.outputChannels)))
            units.append(.arrayBlockDiagonal(groups: packed, taps: onRows))
            if onRows == 1 { break }
            onRows = divideRoundingUp(taps, divideRoundingUp(taps, onRows - 1))
        }
        if constraints.depthwise == .best { units.append(.vector) }
        return units
    }

    /// The parts of the array that folds may use: all of it, or as many rows and columns as divide what lies on them. Blocks on the diagonal
    /// are laid out by groups and taps, and are not padded.
    func arrays(for nest: LoopNest, on array: SystolicArray, padding: CompilerOptions.Padding) -> [SystolicArray] {
        guard padding != .array, case .array(let dataflow) = self else { return [array] }
        let reduction = nest.inputChannels * nest.filterHeight * nest.filterWidth
        let outputs = nest.batch * nest.outputHeight * nest.outputWidth
        let (onRows, onColumns) =
            switch dataflow {
            case .weightStationary: (reduction, nest.outputChannels)
            case .outputStationary: (outputs, nest.outputChannels)
            case .inputStationary: (reduction, outputs)
            }
        let rows = largestDivisor(of: onRows, upTo: array.rows)
        let columns = largestDivisor(of: onColumns, upTo: array.columns)
        func used(_ rows: Int, _ columns: Int) -> SystolicArray {
            var used = array
            (used.rows, used.columns) = (rows, columns)
            return used
        }
        guard padding == .searched else { return [used(rows, columns)] }
        // Each dimension by itself. Where loading overlaps, fewer columns save but skew, which is paid once: they are of use where they take no
        // more folds.
        let candidates =
            array.overlapsLoading
            ? [array, used(rows, onColumns <= array.columns ? columns : array.columns)]
            : [array, used(rows, array.columns), used(array.rows, columns), used(rows, columns)]
        return candidates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

private func largestDivisor(of number: Int, upTo limit: Int) -> Int {
    var divisor = min(number, limit)
    while number % divisor != 0 { divisor -= 1 }
    return divisor
}
