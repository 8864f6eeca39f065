import Workloads

/// Compute cycles of one tile after another, each of them L1's and L2's.
///
/// What a PE works through along a dimension follows from the tile's extent in it alone: it is made anew only where that has changed, as divisions are dear.
struct TileCycles {
    private let analysis: NestAnalysis
    private let unit: MappingSearch.Unit
    private let gridFactors: Extents
    private var tile = Extents(repeating: 0)
    private var groups = TilePieces()
    private var batch = TilePieces()
    private var height = TilePieces()
    private var width = TilePieces()
    private var inputChannels = TilePieces()
    private var outputChannels = TilePieces()

    init(_ analysis: NestAnalysis, _ unit: MappingSearch.Unit, _ unrolling: SpatialUnrolling) {
        self.analysis = analysis
        self.unit = unit
        gridFactors = unrolling.gridFactors
    }

    mutating func callAsFunction(_ tile: Extents) -> Double {
        let cycles: (array: Double, vector: Double)
        if analysis.view.unrollsByFactors {
            cycles = analysis.computeCycles(
                unit.unit, on: unit.array, l1Tile: tile,
                GridSharing(analysis.whole, peTile: tile, gridFactors: gridFactors))
        } else {
            groups = updated(groups, .groups, tile)
            batch = updated(batch, .batch, tile)
            height = updated(height, .outputHeight, tile)
            width = updated(width, .outputWidth, tile)
            inputChannels = updated(inputChannels, .inputChannels, tile)
            outputChannels = updated(outputChannels, .outputChannels, tile)
            self.tile = tile
            cycles = analysis.computeCycles(
                unit.unit, on: unit.array, groups: groups,
                rows: RowPieces(batch: batch, height: height, width: width), inputChannels: inputChannels,
                outputChannels: outputChannels)
        }
        return max(cycles.array, cycles.vector)
    }

    @inline(__always)
    private func updated(_ pieces: TilePieces, _ dimension: Dimension, _ tile: Extents) -> TilePieces {
        let extent = tile[dimension]
        guard extent != self.tile[dimension] else { return pieces }
        let whole = analysis.whole[dimension]
        let step = extent &* gridFactors[dimension]
        let steps = divideRoundingUp(whole, step)
        return TilePieces(steps: steps, tile: extent, last: min(extent, whole &- (steps &- 1) &* step))
    }
}
