import Accelerators
import Workloads

/// Every way to cut the PEs' shares of one branch into L1 tiles, where no L2 stands between: what the bounds of compute and of traffic leave
/// open when each is taken by itself is settled by taking them together.
///
/// Tilings with the same number of tiles along every dimension are a class: they move the same bytes but for halos, and compute in Σ f(tile) cycles,
/// a product of three sums over K, over C and over N·P·Q, whose least is found by trying the extents that give those numbers. A class is bounded
/// by both; those that may beat the best mapping are tried, the most promising first.
struct TilingClasses {
    /// The extents of a dimension's tile that make so many tiles of a PE's share.
    private struct Extent {
        var tiles: Int
        var least: Int
        var most: Int
        /// The extent with the least sum of cycles or folds, and that sum; for K and C.
        var best = 0
        var sum = 0.0
    }

    private struct Class {
        var bound: Score
        var outputChannels: Extent
        var inputChannels: Extent
        var batch: Extent
        var height: Extent
        var width: Extent

        /// Tiles along N·P·Q.
        var rowTiles: Int { batch.tiles &* height.tiles &* width.tiles }
    }

    /// What a matrix product's dimension does on the array: it is laid on so many rows or columns, or streams through.
    private enum Role {
        case laid(on: Int)
        case streamed
    }

    private static let mostClasses = 256
    /// Extents of a class that are tried, a dimension.
    private static let mostExtents = 48

    private let analysis: NestAnalysis
    private let unit: MappingSearch.Unit
    private let dataflow: Dataflow
    private let factors: Extents
    private let share: Extents
    private let operandBytes: OperandBytes
    private let reductionCycles: Double
    private let scoring: BoundScoring
    private let capacity: CapacityBound
    private let staging: Int?
    /// More than half of the PEs along each dimension.
    private let leastFactors: Extents
    private var budget: Int
    private var classes: [Class] = []
    private var isComplete = true

    /// - Parameters:
    ///   - factors: PEs along each dimension.
    ///   - reductionCycles: cycles of the vector units to add up what PEs share of a reduction.
    ///   - staging: bytes of Global Memory that bound the tiles of all PEs; nil to leave them out.
    ///   - budget: how many classes may be looked at.
    init(
        _ analysis: NestAnalysis, unit: MappingSearch.Unit, dataflow: Dataflow, factors: Extents,
        operandBytes: OperandBytes, reductionCycles: Double, scoring: BoundScoring, staging: Int?, budget: Int
    ) {
        self.analysis = analysis
        self.unit = unit
        self.dataflow = dataflow
        self.factors = factors
        self.operandBytes = operandBytes
        self.reductionCycles = reductionCycles
        self.scoring = scoring
        self.budget = budget
        share = analysis.whole.tiles(of: factors)
        self.staging = staging
        var leastFactors = factors
        for dimension in Dimension.allCases where factors[dimension] > 1 {
            leastFactors[dimension] = factors[dimension] / 2 + 1
        }
        self.leastFactors = leastFactors
        capacity = CapacityBound(analysis, factors: factors, in: analysis.view.l1, staging: staging)
    }

    /// Tries the tiles of every class that may beat the best.
    ///
    /// - Parameters:
    ///   - best: the best score so far.
    ///   - tryTile: costs the mapping with a PE's tile, and returns the best score then.
    /// - Returns: What no tiling of the branch that is not tried scores less than, or nil where there are too many to tell.
    mutating func search(best: Score, _ tryTile: (Extents) -> Score) -> Score? {
        // n has fewer than 2√n numbers of tiles: of 2^40 too many even to list.
        let longest = Dimension.allCases.map { share[$0] }.max() ?? 1
        guard longest <= budget / 2 * (budget / 2) else { return nil }
        collect(below: best)
        guard isComplete else { return nil }
        classes.sort { $0.bound.value < $1.bound.value }
        var best = best
        var left = Score.none
        for candidate in classes {
            guard candidate.bound < best else { break }
            let (rows, sum) = bestRows(candidate)
            let bound = max(candidate.bound, score(candidate, rowSum: sum, rowTiles: candidate.rowTiles))
            guard bound < best else { continue }
            if let tile = tile(candidate, rows: rows) { best = min(best, tryTile(tile)) }
            if !(best <= bound) { left = min(left, bound) }
        }
        return left
    }

    // MARK: - Classes

    private mutating func collect(below best: Score) {
        let filter = analysis.filterTaps
        let laidOnRows = Role.laid(on: unit.array.rows)
        let laidOnColumns = Role.laid(on: unit.array.columns)
        let (channelRole, columnRole): (Role, Role) =
            switch dataflow {
            case .weightStationary: (laidOnRows, laidOnColumns)
            case .outputStationary: (.streamed, laidOnColumns)
            case .inputStationary: (laidOnRows, .streamed)
            }
        let (batches, heights, widths) = (extents(.batch), extents(.outputHeight), extents(.outputWidth))
        let allInputChannels = extents(.inputChannels).map { bounded($0, .inputChannels, times: filter, channelRole) }
        var known = [Int](repeating: 0, count: 128)
        for k in extents(.outputChannels) {
            var candidate = Class(
                bound: .none, outputChannels: bounded(k, .outputChannels, times: 1, columnRole),
                inputChannels: allInputChannels[0], batch: batches[0], height: heights[0], width: widths[0])
            // Of these bounds none falls as tiles become more, but those of their sums may.
            guard spend(), mayBeat(best, &candidate) else { break }
            let columns = summed(k, .outputChannels, times: 1, columnRole)
            for c in allInputChannels {
                candidate.inputChannels = c
                guard spend(), mayBeat(best, &candidate) else { break }
                let rows = capacity.rows(k.least, c.least, isWhole: (k.tiles == 1, c.tiles == 1))
                guard rows >= 1 else { continue }
                let least = rows < capacity.shareRows ? capacity.leastTiles(rows: Int(rows), &known) : 1
                guard score(candidate, rowSum: leastRowSum(tiles: least), rowTiles: least) < best else { continue }
                var deep = candidate
                deep.outputChannels = columns
                deep.inputChannels = summed(c, .inputChannels, times: filter, channelRole)
                guard score(deep, rowSum: leastRowSum(tiles: least), rowTiles: least) < best else { continue }
                for width in widths where Double(width.least) <= rows {
                    deep.width = width
                    (deep.height, deep.batch) = (heights[0], batches[0])
                    guard spend(), mayBeat(best, &deep) else { break }
                    for height in heights where Double(height.least &* width.least) <= rows {
                        deep.height = height
                        deep.batch = batches[0]
                        guard spend(), mayBeat(best, &deep) else { break }
                        for batch in batches where Double(batch.least &* height.least &* width.least) <= rows {
                            deep.batch = batch
                            guard spend(), mayBeat(best, &deep) else { break }
                            if fits(leastTile(deep)) { classes.append(deep) }
                        }
                    }
                }
                guard isComplete, classes.count <= TilingClasses.mostClasses else {
                    isComplete = false
                    return
                }
            }
        }
    }

    private mutating func spend() -> Bool {
        budget -= 1
        if budget < 0 { isComplete = false }
        return isComplete
    }

    private func mayBeat(_ best: Score, _ candidate: inout Class) -> Bool {
        candidate.bound = score(candidate, rowSum: leastRowSum(tiles: candidate.rowTiles), rowTiles: candidate.rowTiles)
        return candidate.bound < best
    }

    /// Extents of a dimension's tile by the number of tiles, the fewest first.
    private func extents(_ dimension: Dimension) -> [Extent] {
        var extents: [Extent] = []
        var most = share[dimension]
        while most > 0 {
            let tiles = divideRoundingUp(share[dimension], most)
            let least = divideRoundingUp(share[dimension], tiles)
            extents.append(Extent(tiles: tiles, least: least, most: most))
            most = least - 1
        }
        return extents
    }

    /// The least bound of a class from its number of tiles.
    private func score(_ candidate: Class, rowSum: Double, rowTiles: Int) -> Score {
        let cycles =
            analysis.arrayPasses * Double(share[.groups]) * candidate.outputChannels.sum * candidate.inputChannels.sum
            * rowSum
        let tiles = CapacityBound.Tiles(
            depth: CapacityBound.Depth(outputChannels: 0, inputChannels: 0),
            outputChannels: candidate.outputChannels.tiles, inputChannels: candidate.inputChannels.tiles,
            rows: rowTiles)
        return scoring.bound(
            computeCycles: max(reductionCycles, cycles), startCycles: unit.startCycles,
            gridBytes: analysis.leastBytes(cutInto: tiles, operandBytes, outputs: scoring.gridOutputBytes))
    }

    // MARK: - Sums over tiles

    @inline(__always)
    private func value(_ extent: Int, _ role: Role) -> Int {
        switch role {
        case .laid(let size): divideRoundingUp(extent, size)
        case .streamed: unit.array.cyclesPerFold(stream: extent, dataflow: dataflow)
        }
    }

    /// The tiles that the busiest PE works through along a dimension: so many whole ones and a last.
    @inline(__always)
    private func pieces(_ dimension: Dimension, tile: Int, tiles: Int) -> (whole: Int, last: Int) {
        let left = analysis.whole[dimension] &- (tiles &- 1) &* tile &* factors[dimension]
        return (tiles &- 1, min(left, tile))
    }

    /// Bounds the sum by what lies on the array at once; the bound does not fall as tiles become more.
    private func bounded(_ extent: Extent, _ dimension: Dimension, times: Int, _ role: Role) -> Extent {
        var extent = extent
        extent.best = extent.least
        extent.sum = Double(
            max(value(share[dimension] &* times, role), extent.tiles &* value(1, role)))
        return extent
    }

    /// Finds the extent with the least sum, where there are few; otherwise bounds it.
    private func summed(_ extent: Extent, _ dimension: Dimension, times: Int, _ role: Role) -> Extent {
        var extent = extent
        func sum(_ tile: Int) -> Double {
            let pieces = pieces(dimension, tile: tile, tiles: extent.tiles)
            return Double(pieces.whole &* value(tile &* times, role) &+ value(pieces.last &* times, role))
        }
        (extent.best, extent.sum) = (extent.least, sum(extent.least))
        // Between two multiples of what lies side by side only the last tile changes, and grows no larger.
        var step = 1
        var tile = extent.least
        if case .laid(let size) = role, times == 1 {
            step = size
            tile = divideRoundingUp(extent.least, size) * size
        }
        guard (extent.most - tile) / step <= TilingClasses.mostExtents else {
            return bounded(extent, dimension, times: times, role)
        }
        func consider(_ tile: Int) {
            let sum = sum(tile)
            if sum < extent.sum { (extent.best, extent.sum) = (tile, sum) }
        }
        while tile <= extent.most {
            consider(tile)
            tile += step
        }
        consider(extent.most)
        return extent
    }

    private var rowRole: Role {
        switch dataflow {
        case .weightStationary: .streamed
        case .outputStationary: .laid(on: unit.array.rows)
        case .inputStationary: .laid(on: unit.array.columns)
        }
    }

    private func leastRowSum(tiles: Int) -> Double {
        let rows = share[.batch] &* share[.outputHeight] &* share[.outputWidth]
        switch rowRole {
        case .laid(let size): return Double(max(divideRoundingUp(rows, size), tiles))
        case .streamed:
            let each = value(0, .streamed)
            let array = unit.array
            return Double(
                array.overlapsLoading || array.loadsOnAverage ? max(rows, tiles &* each) : rows &+ tiles &* each)
        }
    }

    /// The extents of N, P and Q with the least sum, where there are few; otherwise the least extents, and a bound.
    private func bestRows(_ candidate: Class) -> (rows: Extents, sum: Double) {
        let least = leastTile(candidate)
        let role = rowRole
        func count(_ extent: Extent) -> Int { extent.most - extent.least + 1 }
        guard
            count(candidate.batch) * count(candidate.height) * count(candidate.width) <= TilingClasses.mostExtents
        else { return (least, leastRowSum(tiles: candidate.rowTiles)) }
        var best = (rows: least, sum: Double.infinity)
        var tile = least
        for n in candidate.batch.least...candidate.batch.most {
            let batch = pieces(.batch, tile: n, tiles: candidate.batch.tiles)
            for p in candidate.height.least...candidate.height.most {
                let height = pieces(.outputHeight, tile: p, tiles: candidate.height.tiles)
                for q in candidate.width.least...candidate.width.most {
                    let width = pieces(.outputWidth, tile: q, tiles: candidate.width.tiles)
                    (tile[.batch], tile[.outputHeight], tile[.outputWidth]) = (n, p, q)
                    guard fits(tile) else { continue }
                    var sum = 0
                    for (rowsN, countN) in [(n, batch.whole), (batch.last, 1)] where countN > 0 {
                        for (rowsP, countP) in [(p, height.whole), (height.last, 1)] where countP > 0 {
                            let rows = rowsN &* rowsP
                            sum &+=
                                countN &* countP
                                &* (width.whole &* value(rows &* q, role) &+ value(rows &* width.last, role))
                        }
                    }
                    if Double(sum) < best.sum { best = (tile, Double(sum)) }
                }
            }
        }
        return best
    }

    // MARK: - Tiles

    private func leastTile(_ candidate: Class) -> Extents {
        var tile = share
        tile[.groups] = 1
        tile[.outputChannels] = candidate.outputChannels.least
        tile[.inputChannels] = candidate.inputChannels.least
        tile[.batch] = candidate.batch.least
        tile[.outputHeight] = candidate.height.least
        tile[.outputWidth] = candidate.width.least
        return tile
    }

    /// Whether a tile fits L1, and those of more than half of the PEs Global Memory.
    private func fits(_ tile: Extents) -> Bool {
        guard analysis.fits(tile, sharedBy: factors, in: analysis.view.l1) else { return false }
        guard let staging else { return true }
        // All of a dimension held once may take less than twice a part of it.
        let tiles = (tile * leastFactors).clamped(to: analysis.whole)
        return analysis.tileBytes(tiles, accumulates: false).total <= Double(staging)
    }

    /// The tile with the least sums that fits L1; nil where none does.
    private func tile(_ candidate: Class, rows: Extents) -> Extents? {
        var tile = rows
        tile[.outputChannels] = candidate.outputChannels.best
        tile[.inputChannels] = candidate.inputChannels.best
        if fits(tile) { return tile }
        tile[.inputChannels] = candidate.inputChannels.least
        if fits(tile) { return tile }
        tile[.outputChannels] = candidate.outputChannels.least
        tile[.inputChannels] = candidate.inputChannels.best
        if fits(tile) { return tile }
        tile[.inputChannels] = candidate.inputChannels.least
        return fits(tile) ? tile : nil
    }
}
