import Accelerators
import Workloads

/// A choice of unit and of the two dimensions that the PE grid shares out.
struct SpatialUnrolling {
    var gridX: SpatialLoop
    var gridY: SpatialLoop
    /// A PE's share of each dimension.
    var peShare: Extents

    /// PEs along each dimension.
    var gridFactors: Extents {
        var factors = Extents()
        factors[gridX.dimension] &*= gridX.factor
        factors[gridY.dimension] &*= gridY.factor
        return factors
    }

    /// The units that can run an operator, dense dataflows first.
    static func units(for nest: LoopNest, on view: SchedulingView, dataflow: CompilerOptions.DataflowChoice)
        -> [ComputeUnit]
    {
        var units = dataflow.dataflows.map { ComputeUnit.array($0) }
        guard nest.groups > 1, !nest.weightIsActivation else { return units }
        let taps = nest.inputChannels * nest.filterHeight * nest.filterWidth
        let array = view.array
        var seen: Set<Int> = []
        for tapsDown in [taps, taps / 2, nest.inputChannels] where tapsDown > 0 {
            let onRows = min(tapsDown, array.rows)
            let packed = max(1, min(nest.groups, min(array.rows / onRows, array.columns / nest.outputChannels)))
            if seen.insert(onRows).inserted { units.append(.arrayBlockDiagonal(groups: packed, taps: onRows)) }
        }
        // One group at a time with its taps down the rows.
        units.append(.arrayBlockDiagonal(groups: 1, taps: min(taps, array.rows)))
        units.append(.vector)
        return units
    }

    /// All ways to share two dimensions out over the PE grid, none twice.
    ///
    /// A dimension is not cut finer than the array uses it: K into fewer than a row of columns each, G into fewer than the array
    /// packs.
    static func all(for nest: LoopNest, unit: ComputeUnit, on view: SchedulingView) -> [SpatialUnrolling] {
        let whole = Extents(nest)
        var granularity = Extents()
        switch unit {
        case .array(.weightStationary), .array(.outputStationary):
            granularity[.outputChannels] = min(view.array.columns, nest.outputChannels)
        case .array(.inputStationary), .vector:
            break
        case .arrayBlockDiagonal(let packed, _):
            granularity[.groups] = packed
        }
        let dimensions: [Dimension] = [.outputChannels, .batch, .outputHeight, .outputWidth, .groups]
        let useful = dimensions.filter { whole[$0] > granularity[$0] }
        var unrollings: [SpatialUnrolling] = []
        var seen: Set<Extents> = []
        for x in useful.isEmpty ? [.outputChannels] : useful {
            for y in useful.isEmpty ? [.outputChannels] : useful {
                var peShare = whole
                let gridX = share(x, of: &peShare, among: view.peGrid.x, granularity)
                let gridY = share(y, of: &peShare, among: view.peGrid.y, granularity)
                if seen.insert(peShare).inserted {
                    unrollings.append(SpatialUnrolling(gridX: gridX, gridY: gridY, peShare: peShare))
                }
            }
        }
        return unrollings
    }

    /// Cuts a dimension among PEs into balanced multiples of its granularity.
    private static func share(_ dimension: Dimension, of peShare: inout Extents, among pes: Int, _ granularity: Extents)
        -> SpatialLoop
    {
        let grain = granularity[dimension]
        let extent = peShare[dimension]
        let grains = divideRoundingUp(extent, grain)
        let each = min(extent, divideRoundingUp(grains, pes) * grain)
        peShare[dimension] = each
        return SpatialLoop(dimension, factor: divideRoundingUp(extent, each))
    }
}
