import Accelerators
import Workloads

/// What the capacity of buffers makes of any tiling: tiles of a given depth of output and input channels leave room for so many rows
/// N·P·Q. Cutting more finely costs more folds, and more traffic.
///
/// Halos are left out, which makes the bound less, never more, than any mapping's cost.
struct CapacityBound {
    /// A depth of tiles, and the fewest tiles along K, C and N·P·Q that a PE works through with it.
    struct Tiles {
        var depth: Depth
        var outputChannels: Int
        var inputChannels: Int
        var rows: Int
    }

    /// Output and input channels of a tile.
    struct Depth: Hashable {
        var outputChannels: Int
        var inputChannels: Int
    }

    /// Bytes that a tile's weights take, and each row N·P·Q of inputs and of outputs.
    private struct Footprint {
        var weights: Double
        var inputRow: Double
        var outputRow: Double
        /// Whether a tile has but a part of the inputs, or of the outputs, of all its rows, so that it is held twice, as the next is loaded.
        var cutsInputs: Bool
        var cutsOutputs: Bool
        /// How often a part is held.
        var copies: Double

        /// Rows that fit one store beside the weights, at most `all`; below 1 where none do.
        @inline(__always)
        func rows(in capacity: Double, upTo all: Double) -> Double {
            let room = capacity - weights
            let complete = all * (inputRow * (cutsInputs ? copies : 1) + outputRow * (cutsOutputs ? copies : 1))
            return complete <= room ? all : min(all, (room / (copies * (inputRow + outputRow))).rounded(.down))
        }

        /// Rows that fit stores of their own.
        @inline(__always)
        func rows(in capacity: OperandBytes, upTo all: Double) -> Double {
            guard weights <= capacity.weight else { return 0 }
            func fitting(_ row: Double, _ capacity: Double, _ isCut: Bool) -> Double {
                all * row * (isCut ? copies : 1) <= capacity
                    ? all : min(all, (capacity / (copies * row)).rounded(.down))
            }
            return min(
                fitting(inputRow, capacity.input, cutsInputs), fitting(outputRow, capacity.output, cutsOutputs))
        }
    }

    private let whole: Extents
    private let factors: Extents
    private let buffers: BufferLevel
    private let staging: Double?
    private let rowFactor: Double
    private let groups: Double
    private let taps: Double
    private let shareK: Int
    private let shareC: Int
    let shareRows: Double
    /// What a PE has of each dimension.
    private let share: Extents
    private let sharesGroups: Bool
    private let copies: Double
    private let accumulatorBytes: Double
    /// Bytes of an element of each operand.
    private let width: OperandBytes

    /// - Parameters:
    ///   - factors: PEs along each dimension.
    ///   - staging: bytes of Global Memory that the tiles of all PEs may take, if more than half of the PEs along each dimension have one.
    ///   - groups: how many groups a tile has side by side.
    init(
        _ analysis: NestAnalysis, factors: Extents, in buffers: BufferLevel, staging: Int?, groups: Int = 1
    ) {
        let whole = analysis.whole
        copies = analysis.view.isDoubleBuffered ? 2 : 1
        accumulatorBytes = Double(analysis.view.accumulatorBytes)
        width = analysis.width
        self.groups = Double(groups)
        taps = Double(whole[.filterHeight] &* whole[.filterWidth])
        share = whole.tiles(of: factors)
        shareK = share[.outputChannels]
        shareC = share[.inputChannels]
        shareRows =
            Double(share[.batch]) * Double(share[.outputHeight]) * Double(share[.outputWidth])
        sharesGroups = whole[.groups] > factors[.groups] &* groups
        self.whole = whole
        self.factors = factors
        self.buffers = buffers
        self.staging = staging.map { Double($0) }
        // Between half of the PEs and all share a dimension; the last of them may have less than a whole tile.
        func certain(_ dimension: Dimension) -> Double { Double(max(1, factors[dimension] / 2)) }
        rowFactor = certain(.batch) * certain(.outputHeight) * certain(.outputWidth)
    }

    private func leastFactor(_ dimension: Dimension) -> Int {
        let factor = factors[dimension]
        return factor > 1 ? factor / 2 &+ 1 : 1
    }

    /// The most rows that a tile of a depth can have.
    @inline(__always)
    func rows(_ k: Int, _ c: Int, isWhole: (k: Bool, c: Bool)) -> Double {
        let weights = Double(k) * Double(c) * taps * width.weight * groups
        let cutsInputs = !isWhole.c || sharesGroups
        let cutsOutputs = !isWhole.k || sharesGroups
        let tile = Footprint(
            weights: cutsInputs || cutsOutputs ? copies * weights : weights, inputRow: Double(c) * width.input * groups,
            outputRow: Double(k) * accumulatorBytes * groups, cutsInputs: cutsInputs, cutsOutputs: cutsOutputs,
            copies: copies)
        let rows =
            switch buffers.sharing {
            case .private:
                tile.rows(
                    in: OperandBytes(
                        input: Double(buffers.inputBytes), weight: Double(buffers.weightBytes),
                        output: Double(buffers.outputBytes)), upTo: shareRows)
            case .shared: tile.rows(in: buffers.totalBytes, upTo: shareRows)
            }
        guard let staging else { return rows }
        // All PEs' tiles together; a Global Memory tile that has more of K or C takes no less.
        let gridK = Double(min(k &* leastFactor(.outputChannels), whole[.outputChannels]))
        let gridC = Double(min(c &* leastFactor(.inputChannels), whole[.inputChannels]))
        let grid = Footprint(
            weights: gridK * gridC * taps * width.weight * groups, inputRow: rowFactor * gridC * width.input * groups,
            outputRow: rowFactor * gridK * width.output * groups, cutsInputs: false, cutsOutputs: false, copies: copies)
        return min(rows, grid.rows(in: staging, upTo: shareRows))
    }

    /// The fewest tiles that N, P and Q can be cut into with at most so many rows in each.
    func leastTiles(rows: Int, _ known: inout [Int]) -> Int {
        guard rows < known.count else { return leastTiles(rows: rows) }
        if known[rows] == 0 { known[rows] = leastTiles(rows: rows) }
        return known[rows]
    }

    private func leastTiles(rows: Int) -> Int {
        let (batch, height, width) = (share[.batch], share[.outputHeight], share[.outputWidth])
        // No cut has fewer.
        let enough = divideRoundingUp(batch &* height &* width, rows)
        var least = Int.max
        var tileWidth = min(width, rows)
        while tileWidth > 0 {
            let across = divideRoundingUp(width, tileWidth)
            guard across < least else { break }
            // No cut of these columns has fewer; where it has no more than another, the heights need no trying.
            let columnRows = rows / tileWidth
            let enoughInColumns = across &* divideRoundingUp(batch &* height, columnRows)
            var tileHeight = enoughInColumns < least ? min(height, columnRows) : 0
            while tileHeight > 0 {
                let image = across &* divideRoundingUp(height, tileHeight)
                guard image < least else { break }
                let images = min(batch, rows / (tileWidth &* tileHeight))
                least = min(least, image &* divideRoundingUp(batch, images))
                if least <= enoughInColumns { break }
                tileHeight = tileHeight > 1 ? divideRoundingUp(height, divideRoundingUp(height, tileHeight &- 1)) : 0
            }
            if least <= enough { return least }
            tileWidth = tileWidth > 1 ? divideRoundingUp(width, divideRoundingUp(width, tileWidth &- 1)) : 0
        }
        return least
    }

    /// Visits the fewest tiles for every depth that makes a difference; none where nothing fits.
    ///
    /// - Parameters:
    ///   - shallowMayPackBetter: whether tiles of fewer input channels may take fewer folds, so that all of them are visited, however many rows fit.
    ///   - isOfUse: whether a depth would be if all rows fitted one tile; where it isn't, no finer one is.
    @inline(__always)
    func forEachDepth(shallowMayPackBetter: Bool = false, where isOfUse: (Tiles) -> Bool, _ visit: (Tiles) -> Void) {
        var known = [Int](repeating: 0, count: 128)
        var k = shareK
        while true {
            let countK = divideRoundingUp(shareK, k)
            let most = rows(k, 1, isWhole: (countK == 1, shareC == 1))
            var c = shareC
            var depths = 0
            while true {
                let countC = divideRoundingUp(shareC, c)
                let rows = rows(k, c, isWhole: (countK == 1, countC == 1))
                var tiles = Tiles(
                    depth: Depth(outputChannels: k, inputChannels: c), outputChannels: countK, inputChannels: countC,
                    rows: 1)
                // Of use or not is dear to tell, and hardly changes from one depth to the next.
                depths &+= 1
                guard depths & 3 != 0 || isOfUse(tiles) else { break }
                if rows >= 1 {
                    tiles.rows = Int((shareRows / rows).rounded(.up))
                    if isOfUse(tiles) {
                        if rows < shareRows { tiles.rows = leastTiles(rows: Int(rows), &known) }
                        visit(tiles)
                    }
                    // Shallower tiles have room for more rows, unless outputs fill theirs.
                    if rows >= most && !shallowMayPackBetter { break }
                }
                guard c > 1 else { break }
                c = divideRoundingUp(shareC, divideRoundingUp(shareC, c &- 1))
            }
            guard k > 1 else { break }
            k = divideRoundingUp(shareK, divideRoundingUp(shareK, k &- 1))
            guard
                isOfUse(
                    Tiles(
                        depth: Depth(outputChannels: k, inputChannels: shareC),
                        outputChannels: divideRoundingUp(shareK, k), inputChannels: 1, rows: 1))
            else { break }
        }
    }
}

extension BufferLevel {
    /// Bytes of all its buffers.
    var totalBytes: Double { Double(inputBytes) + Double(weightBytes) + Double(outputBytes) }
}

extension NestAnalysis {
    /// Compute cycles that a PE's share takes at least when it is cut into so many tiles: every tile has a fold at least.
    ///
    /// - Parameters:
    ///   - groups: how many groups a tile has side by side, where the unit can use them.
    ///   - packsChannels: whether to count the rows that a tile's last fold leaves idle. That need not grow with the number of tiles; without it cycles do.
    func computeCycles(
        _ unit: ComputeUnit, on array: SystolicArray, share: Extents, cutInto tiles: CapacityBound.Tiles, groups: Int,
        packsChannels: Bool
    ) -> Double {
        let filter = filterTaps
        let rows = Double(share[.batch]) * Double(share[.outputHeight]) * Double(share[.outputWidth])
        let reduction = Double(share[.inputChannels]) * Double(filter)
        func folds(_ extent: Double, _ size: Int, tiles: Int) -> Double {
            max((extent / Double(size)).rounded(.up), Double(tiles))
        }
        func reductionFolds(_ tiles: Int) -> Double {
            let least = folds(reduction, array.rows, tiles: tiles)
            guard packsChannels, mayPackBetter(unit) else { return least }
            return max(least, Double(packing(share[.inputChannels], on: array, cutInto: tiles).folds))
        }
        /// Cycles of a dimension that streams through the array in so many tiles.
        func stream(_ extent: Double, tiles: Int, _ dataflow: Dataflow) -> Double {
            guard !array.loadsOnAverage, !array.overlapsLoading else {
                return max(extent, Double(tiles) * Double(array.cyclesPerFold(stream: 0, dataflow: dataflow)))
            }
            return extent + Double(tiles) * Double(array.cyclesPerFold(stream: 0, dataflow: dataflow))
        }
        let columns = Double(share[.outputChannels])
        switch unit {
        case .array(.weightStationary):
            return arrayPasses * Double(share[.groups]) * reductionFolds(tiles.inputChannels)
                * folds(columns, array.columns, tiles: tiles.outputChannels)
                * stream(rows, tiles: tiles.rows, .weightStationary)
        case .array(.outputStationary):
            return arrayPasses * Double(share[.groups]) * folds(rows, array.rows, tiles: tiles.rows)
                * folds(columns, array.columns, tiles: tiles.outputChannels)
                * stream(reduction, tiles: tiles.inputChannels, .outputStationary)
        case .array(.inputStationary):
            return arrayPasses * Double(share[.groups]) * reductionFolds(tiles.inputChannels)
                * folds(rows, array.columns, tiles: tiles.rows)
                * stream(columns, tiles: tiles.outputChannels, .inputStationary)
        case .arrayBlockDiagonal(let packed, let taps):
            return arrayPasses * Double(divideRoundingUp(share[.groups], min(packed, groups)))
                * folds(reduction, taps, tiles: tiles.inputChannels)
                * folds(columns, array.columns, tiles: tiles.outputChannels)
                * stream(rows, tiles: tiles.rows, .weightStationary)
        case .vector:
            // A tile may have outputs of any groups side by side.
            let passes = (rows * Double(share[.groups]) * columns / Double(view.vectorLanes)).rounded(.up)
            return passes * reduction * Double(operationsPerTap)
        }
    }

    /// Whether fewer input channels may fill an array better, as their filter taps fill its rows to the last. Tiles of an L2 tile need not be even.
    func mayPackBetter(_ unit: ComputeUnit) -> Bool {
        switch unit {
        case .array(.weightStationary), .array(.inputStationary): filterTaps > 1 && view.l2 == nil
        case .array(.outputStationary), .arrayBlockDiagonal, .vector: false
        }
    }

    /// The fewest folds of input channels along an array's rows when they are cut into so many tiles, all but the last of one extent; and
    /// the extent that takes them. A tile's last fold may have rows to spare that another channel's filter taps don't fit.
    func packing(_ channels: Int, on array: SystolicArray, cutInto tiles: Int) -> (folds: Int, extent: Int) {
        let filter = filterTaps
        var extent = divideRoundingUp(channels, tiles)
        guard tiles > 1 else { return (divideRoundingUp(channels &* filter, array.rows), extent) }
        let last = max(extent, divideRoundingUp(channels, tiles &- 1) &- 1)
        // Taken by extents that fill the rows to the last, of which there is one in every so many rows.
        let least = divideRoundingUp(channels &* filter, array.rows)
        var best = (folds: Int.max, extent: extent)
        while extent <= last, best.folds > least {
            let foldsOfTile = divideRoundingUp(extent &* filter, array.rows)
            guard (tiles &- 1) &* foldsOfTile < best.folds else { break }
            // Of all extents that take as many folds the largest leaves the least to the last tile.
            extent = min(last, foldsOfTile &* array.rows / filter)
            let rest = max(1, channels &- (tiles &- 1) &* extent)
            let folds = (tiles &- 1) &* foldsOfTile &+ divideRoundingUp(rest &* filter, array.rows)
            if folds < best.folds { best = (folds, extent) }
            extent &+= 1
        }
        return best
    }

    /// Bytes that a level moves at least when the nest is cut into so many tiles: one of the three operands stays, the others are fetched
    /// for every tile of the dimensions that don't index them.
    func leastBytes(cutInto tiles: CapacityBound.Tiles, _ operands: OperandBytes, outputs: TrafficOptimum.OutputBytes)
        -> Double
    {
        let finished = self.outputs(whole) * outputs.first
        let partial = self.outputs(whole) * outputs.further * Double(tiles.inputChannels - 1)
        let weightsStay = operands.weight + operands.input * Double(tiles.outputChannels) + partial
        let inputsStay = operands.weight * Double(tiles.rows) + operands.input + partial
        let outputsStay = operands.weight * Double(tiles.rows) + operands.input * Double(tiles.outputChannels)
        return min(weightsStay, inputsStay, outputsStay) + finished
    }
}
