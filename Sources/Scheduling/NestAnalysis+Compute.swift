import Accelerators
import Workloads

extension NestAnalysis {
    /// Cycles of the busiest PE's array and vector unit for the operator's products: every L1 tile one after the other.
    func computeCycles(_ unit: ComputeUnit, on array: SystolicArray, l1Tile: Extents, _ sharing: GridSharing) -> (
        array: Double, vector: Double
    ) {
        guard !view.unrollsByFactors else { return computeCyclesByFactors(unit, on: array, l1Tile: l1Tile, sharing) }
        func pieces(_ dimension: Dimension) -> TilePieces {
            sharing.busiestPieces(dimension, tile: l1Tile[dimension])
        }
        return computeCycles(
            unit, on: array, groups: pieces(.groups),
            rows: RowPieces(batch: pieces(.batch), height: pieces(.outputHeight), width: pieces(.outputWidth)),
            inputChannels: pieces(.inputChannels), outputChannels: pieces(.outputChannels))
    }

    /// The same for the tiles that it works through along each dimension.
    @inline(__always)
    func computeCycles(
        _ unit: ComputeUnit, on array: SystolicArray, groups: TilePieces, rows: RowPieces, inputChannels: TilePieces,
        outputChannels: TilePieces
    ) -> (array: Double, vector: Double) {
        let filter = filterTaps
        switch unit {
        case .array(let dataflow):
            let folds =
                switch dataflow {
                case .weightStationary:
                    (
                        inputChannels.sum { divideRoundingUp($0 &* filter, array.rows) },
                        outputChannels.sum { divideRoundingUp($0, array.columns) }
                    )
                case .outputStationary:
                    (
                        rows.sum { divideRoundingUp($0, array.rows) },
                        outputChannels.sum { divideRoundingUp($0, array.columns) }
                    )
                case .inputStationary:
                    (
                        inputChannels.sum { divideRoundingUp($0 &* filter, array.rows) },
                        rows.sum { divideRoundingUp($0, array.columns) }
                    )
                }
            let stream = streamCycles(
                dataflow, on: array, rows: rows, inputChannels: inputChannels, outputChannels: outputChannels)
            return (groups.sum { $0 } * folds.0 * folds.1 * stream * arrayPasses, 0)

        case .arrayBlockDiagonal(let packed, let taps):
            let passes = groups.sum { divideRoundingUp($0, packed) }
            let tapFolds = inputChannels.sum { divideRoundingUp($0 &* filter, taps) }
            let columnFolds = outputChannels.sum { divideRoundingUp($0, array.columns) }
            let stream = rows.sum { array.cyclesPerFold(stream: $0, dataflow: .weightStationary) }
            return (passes * tapFolds * columnFolds * stream * arrayPasses, 0)

        case .vector:
            let products = inputChannels.sum { $0 } * Double(filter)
            var passes = 0.0
            groups.forEach { g, countG in
                outputChannels.forEach { k, countK in
                    passes += rows.sum { divideRoundingUp($0 &* g &* k, view.vectorLanes) } * Double(countG &* countK)
                }
            }
            return (0, passes * products * Double(operationsPerTap))
        }
    }

    /// Cycles of one fold, added up over the tiles along the dimension that streams.
    @inline(__always)
    func streamCycles(
        _ dataflow: Dataflow, on array: SystolicArray, rows: RowPieces, inputChannels: TilePieces,
        outputChannels: TilePieces
    ) -> Double {
        let filter = filterTaps
        return switch dataflow {
        case .weightStationary: rows.sum { array.cyclesPerFold(stream: $0, dataflow: dataflow) }
        case .outputStationary: inputChannels.sum { array.cyclesPerFold(stream: $0 &* filter, dataflow: dataflow) }
        case .inputStationary: outputChannels.sum { array.cyclesPerFold(stream: $0, dataflow: dataflow) }
        }
    }

    /// Compute cycles of a PE whose share is one tile; no other tiling of the share takes fewer, because rounded-up quotients of parts add
    /// up to at least that of the whole.
    func computeCycles(_ unit: ComputeUnit, on array: SystolicArray, share: Extents) -> Double {
        let filter = filterTaps
        let rows = share[.batch] &* share[.outputHeight] &* share[.outputWidth]
        let outputChannels = share[.outputChannels]
        let inputChannels = share[.inputChannels]
        switch unit {
        case .array(let dataflow):
            return arrayPasses * Double(share[.groups])
                * Double(
                    array.cycles(
                        rows: rows, columns: outputChannels, reduction: inputChannels &* filter, dataflow: dataflow)
                        - array.fillAndDrainCycles(dataflow))
        case .arrayBlockDiagonal(let packed, let taps):
            return arrayPasses * Double(divideRoundingUp(share[.groups], packed))
                * Double(divideRoundingUp(inputChannels &* filter, taps))
                * Double(divideRoundingUp(outputChannels, array.columns))
                * Double(array.cyclesPerFold(stream: rows, dataflow: .weightStationary))
        case .vector:
            return Double(divideRoundingUp(rows &* share[.groups] &* outputChannels, view.vectorLanes))
                * Double(inputChannels &* filter) * Double(operationsPerTap)
        }
    }

    /// Bytes between the L1s and the units of all PEs.
    ///
    /// The array reads its stationary operand once a fold and streams the others past it; what leaves it is a partial sum, added to what L1
    /// has where the reduction takes several folds. The vector unit holds its outputs, of one channel first, while it goes through their taps.
    func l1Traffic(_ unit: ComputeUnit, on array: SystolicArray, l1Tile: Extents, l2Tile: Extents) -> LevelTraffic {
        func pieces(_ dimension: Dimension) -> TilePieces {
            let tile = min(l2Tile[dimension], whole[dimension])
            let steps = divideRoundingUp(whole[dimension], tile)
            return TilePieces(
                steps: steps, peTile: tile, last: whole[dimension] - (steps - 1) * tile, tile: l1Tile[dimension])
        }
        let rowPieces = RowPieces(
            batch: pieces(.batch), height: pieces(.outputHeight), width: pieces(.outputWidth))
        let outputPieces = pieces(.outputChannels)
        let inputPieces = pieces(.inputChannels)
        let filter = filterTaps
        let groups = Double(whole[.groups])
        let rows = rowPieces.sum { $0 }
        let columns = Double(whole[.outputChannels])
        let reduction = Double(whole[.inputChannels]) * Double(filter)
        /// How often inputs are read for other output channels, weights for other rows, and outputs written for other parts of the reduction.
        var (inputPasses, weightPasses, outputPasses) = (1.0, 1.0, 1.0)

        switch unit {
        case .array(.weightStationary):
            inputPasses = outputPieces.sum { divideRoundingUp($0, array.columns) }
            weightPasses = rowPieces.tiles
            outputPasses = inputPieces.sum { divideRoundingUp($0 &* filter, array.rows) }
        case .array(.outputStationary):
            inputPasses = outputPieces.sum { divideRoundingUp($0, array.columns) }
            weightPasses = rowPieces.sum { divideRoundingUp($0, array.rows) }
            outputPasses = Double(inputPieces.tiles)
        case .array(.inputStationary):
            inputPasses = Double(outputPieces.tiles)
            weightPasses = rowPieces.sum { divideRoundingUp($0, array.columns) }
            outputPasses = inputPieces.sum { divideRoundingUp($0 &* filter, array.rows) }
        case .arrayBlockDiagonal(_, let taps):
            inputPasses = outputPieces.sum { divideRoundingUp($0, array.columns) }
            weightPasses = rowPieces.tiles
            outputPasses = inputPieces.sum { divideRoundingUp($0 &* filter, taps) }
        case .vector:
            inputPasses = columns
            weightPasses = rowPieces.sum { divideRoundingUp($0, view.vectorLanes) }
            outputPasses = Double(inputPieces.tiles)
        }
        let accumulator = Double(view.accumulatorBytes)
        // What is wider than a cell comes in terms of two bytes, one a pass.
        let passes = unit == .vector ? 1 : arrayPasses
        func bytes(_ width: Double) -> Double { passes > 1 ? passes * Double(Datapath.operandBytes) : width }
        var traffic = LevelTraffic()
        traffic.inputReads = groups * rows * reduction * inputPasses * bytes(width.input)
        traffic.weightReads = groups * columns * reduction * weightPasses * bytes(width.weight)
        traffic.outputWrites = groups * rows * columns * outputPasses * passes * accumulator
        traffic.outputReads = traffic.outputWrites - groups * rows * columns * accumulator
        return traffic
    }

    /// R·S
    @inline(__always)
    var filterTaps: Int { nest.filterHeight &* nest.filterWidth }

    var operationsPerTap: Int { VectorCost.operationsPerTap(filterTaps: filterTaps) }
}

/// The sizes of the L1 tiles along N, P and Q, which together are the rows N·P·Q of a matrix product.
struct RowPieces {
    var batch: TilePieces
    var height: TilePieces
    var width: TilePieces

    /// Number of tiles.
    var tiles: Double { Double(batch.tiles) * Double(height.tiles) * Double(width.tiles) }

    /// Adds up a function of the rows of each tile.
    @inline(__always)
    func sum(_ value: (Int) -> Int) -> Double {
        var sum = 0.0
        batch.forEach { n, countN in
            height.forEach { p, countP in
                width.forEach { q, countQ in
                    sum += Double(value(n &* p &* q)) * Double(countN) * Double(countP) * Double(countQ)
                }
            }
        }
        return sum
    }
}
