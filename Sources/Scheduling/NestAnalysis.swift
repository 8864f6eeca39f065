internal import Accelerators
public import Workloads

/// Counts what a mapping of a loop nest costs on a datapath.
///
/// A buffer's tile is fetched inside the innermost loop that concerns its operand; further in it is reused, and the window of a
/// convolution's input slides: what the next tile shares with the one before is kept when the fetching loop runs along the
/// window. Partial sums go up as float32 and come back when a reduction loop stands outside. What PEs share is multicast
/// and read once. Operands are bfloat16.
public struct NestAnalysis: Sendable {
    public let nest: LoopNest
    public let view: SchedulingView
    private let whole: Extents
    private let vertical: SlidingWindow
    private let horizontal: SlidingWindow

    public init(_ nest: LoopNest, on view: SchedulingView) {
        self.nest = nest
        self.view = view
        whole = Extents(nest)
        vertical = nest.verticalWindow
        horizontal = nest.horizontalWindow
    }

    /// What a mapping costs.
    ///
    /// - Precondition: the mapping is valid: see `MappingValidation`.
    public func cost(of mapping: Mapping) -> MappingCost {
        let hasL2 = view.l2 != nil
        let gridTile = mapping.l2Tile * mapping.gridFactors
        let gridSteps = whole.tiles(of: gridTile)
        // What a PE holds of a dimension in all its steps but the last, and in the last.
        let last = lastExtents(gridTile: gridTile, steps: gridSteps, peTile: mapping.l2Tile)

        let levels = outerLevels(mapping, gridTile: gridTile)
        let l1Steps = sequentialSteps(gridSteps, peTile: mapping.l2Tile, last: last, tile: mapping.l1Tile)
        let l2Level = LoopLevel(
            order: mapping.l2Order, trips: mapping.l2Tile.tiles(of: mapping.l1Tile), totals: l1Steps,
            enclosingTile: mapping.l2Tile, spatialFactors: Extents())

        var cost = MappingCost()
        cost.activePEs = activePEs(gridTile: gridTile, peTile: mapping.l2Tile)
        cost.globalMemory = traffic(tile: mapping.l2Tile, levels: levels.span)
        cost.dram =
            view.stagingBytes == nil
            ? cost.globalMemory
            : traffic(tile: mapping.globalTile, levels: levels.span.extracting(1..<2))
        if hasL2 {
            let allLevels: InlineArray<3, LoopLevel> = [l2Level, levels[0], levels[1]]
            let perPE = peTraffic(
                mapping, last: last, gridSteps: gridSteps, l1Steps: l1Steps, levels: allLevels.span)
            cost.l2Cycles = perPE.total / view.l2BytesPerCycle
            cost.l2 = perPE.scaled(by: Double(cost.activePEs))
        }
        countCompute(
            &cost, mapping.unit, l1Tile: mapping.l1Tile, l2Tile: mapping.l2Tile, gridSteps: gridSteps, last: last)

        cost.globalMemoryTileBytes = view.stagingBytes == nil ? 0 : stagedBytes(mapping.globalTile)
        let firstTile = tileBytes(gridTile.clamped(to: whole), accumulates: false)
        cost.firstInputBytes = Double(firstTile.input)
        cost.firstWeightBytes = Double(firstTile.weight)
        cost.lastOutputBytes = Double(firstTile.output)
        return cost
    }

    /// The loops over the grid's tiles within a Global Memory tile, and the loops over those.
    private func outerLevels(_ mapping: Mapping, gridTile: Extents) -> InlineArray<2, LoopLevel> {
        let dramTrips = whole.tiles(of: mapping.globalTile)
        let dramLevel = LoopLevel(
            order: mapping.dramOrder, trips: dramTrips, totals: dramTrips, enclosingTile: whole,
            spatialFactors: Extents())
        let globalLevel = LoopLevel(
            order: mapping.globalOrder, trips: mapping.globalTile.clamped(to: whole).tiles(of: gridTile),
            totals: whole.tiles(of: gridTile), enclosingTile: mapping.globalTile, spatialFactors: mapping.gridFactors)
        return [globalLevel, dramLevel]
    }

    /// The compute part of a mapping's cost alone.
    func computeCost(unit: ComputeUnit, l1Tile: Extents, l2Tile: Extents, gridTile: Extents) -> MappingCost {
        let steps = whole.tiles(of: gridTile)
        var cost = MappingCost()
        countCompute(
            &cost, unit, l1Tile: l1Tile, l2Tile: l2Tile, gridSteps: steps,
            last: lastExtents(gridTile: gridTile, steps: steps, peTile: l2Tile))
        return cost
    }

    /// Gives the loops within Global Memory and L2 tiles the orders that move the fewest bytes.
    func chooseInnerOrders(_ mapping: inout Mapping) {
        let gridTile = mapping.l2Tile * mapping.gridFactors
        var fewest = Double.infinity
        var chosen = mapping
        for order in LoopOrder.reuseClasses {
            mapping.globalOrder = order
            // Without a Global Memory the loops over grid tiles are DRAM's.
            if view.stagingBytes == nil { mapping.dramOrder = order }
            let levels = outerLevels(mapping, gridTile: gridTile)
            let bytes = traffic(tile: mapping.l2Tile, levels: levels.span).total
            if bytes < fewest {
                fewest = bytes
                chosen = mapping
            }
        }
        mapping = chosen
        guard mapping.l2Tile != mapping.l1Tile else { return }
        fewest = .infinity
        for order in LoopOrder.reuseClasses {
            mapping.l2Order = order
            let bytes = cost(of: mapping).l2.total
            if bytes < fewest {
                fewest = bytes
                chosen = mapping
            }
        }
        mapping = chosen
    }

    /// Bytes from and to DRAM with a Global Memory tile and an order of the loops over it.
    func dramBytes(globalTile: Extents, order: LoopOrder) -> Double {
        let trips = whole.tiles(of: globalTile)
        let level: InlineArray<1, LoopLevel> = [
            LoopLevel(order: order, trips: trips, totals: trips, enclosingTile: whole, spatialFactors: Extents())
        ]
        return traffic(tile: globalTile, levels: level.span).total
    }

    // MARK: - Tiles

    /// Bytes of a tile of each operand.
    func tileBytes(_ tile: Extents, accumulates: Bool) -> (input: Int, weight: Int, output: Int) {
        let width = Datapath.operandBytes
        let rows = min(vertical.rows(tile[.outputHeight]), vertical.stored)
        let columns = min(horizontal.rows(tile[.outputWidth]), horizontal.stored)
        let input = tile[.groups] &* tile[.batch] &* tile[.inputChannels] &* rows &* columns &* width
        let weight =
            tile[.groups] &* tile[.outputChannels] &* tile[.inputChannels] &* tile[.filterHeight]
            &* tile[.filterWidth] &* width
        let output =
            tile[.groups] &* tile[.batch] &* tile[.outputChannels] &* tile[.outputHeight] &* tile[.outputWidth]
            &* (accumulates ? Datapath.accumulatorBytes : width)
        return (input, weight, output)
    }

    private func buffered(_ bytes: (input: Int, weight: Int, output: Int), repeats: Bool) -> Int {
        (bytes.input + bytes.weight + bytes.output) * (repeats ? 2 : 1)
    }

    /// Whether a tile fits a PE's buffers, twice where it changes: the next one is loaded while this one is worked on.
    func fits(_ tile: Extents, in buffers: BufferLevel) -> Bool {
        let bytes = tileBytes(tile, accumulates: true)
        let copies = tile == whole ? 1 : 2
        return buffers.holds(
            input: bytes.input * copies, weight: bytes.weight * copies, output: bytes.output * copies)
    }

    /// Bytes of Global Memory that a tile takes, twice where it changes.
    func stagedBytes(_ tile: Extents) -> Int {
        let accumulates = tile[.inputChannels] < whole[.inputChannels]
        return buffered(
            tileBytes(tile.clamped(to: whole), accumulates: accumulates),
            repeats: !whole.isCovered(by: tile))
    }

    private func lastExtents(gridTile: Extents, steps: Extents, peTile: Extents) -> Extents {
        let one = Extents()
        let rest = Extents(storage: whole.storage &- (steps.storage &- one.storage) &* gridTile.storage)
        return rest.clamped(to: peTile)
    }

    private func activePEs(gridTile: Extents, peTile: Extents) -> Int {
        whole.clamped(to: gridTile).tiles(of: peTile).product
    }

    /// Tiles that one PE works through, one after the other, in each dimension.
    private func sequentialSteps(_ steps: Extents, peTile: Extents, last: Extents, tile: Extents) -> Extents {
        let full = peTile.tiles(of: tile)
        let rest = last.tiles(of: tile)
        return Extents(storage: (steps.storage &- SIMD8(repeating: 1)) &* full.storage &+ rest.storage)
    }

    // MARK: - Traffic

    /// Bytes that the level above a buffer reads and writes for it; data that several PEs share counts once.
    private func traffic(tile: Extents, levels: Span<LoopLevel>) -> LevelTraffic {
        var traffic = LevelTraffic()
        let width = Double(Datapath.operandBytes)
        let input = Fetch(of: Relevance.input, under: levels)
        let rows = vertical.storedRows(inTilesOf: slidingTile(.outputHeight, tile, input, levels))
        let columns = horizontal.storedRows(inTilesOf: slidingTile(.outputWidth, tile, input, levels))
        traffic.inputReads =
            Double(nest.batch * nest.groups) * Double(nest.inputChannels) * Double(rows) * Double(columns)
            * input.repetitions * width

        let weight = Fetch(of: Relevance.weight, under: levels)
        traffic.weightReads = Double(nest.weightElements) * weight.repetitions * width

        let output = Fetch(of: Relevance.output, under: levels)
        let elements = Double(nest.outputElements)
        traffic.outputWrites = elements * (width + (output.repetitions - 1) * Double(Datapath.accumulatorBytes))
        traffic.outputReads = elements * (output.repetitions - 1) * Double(Datapath.accumulatorBytes)
        return traffic
    }

    /// The outputs that share one fetch of input rows (or columns): the enclosing tile where the window slides along the fetching
    /// loop, the buffer's own tile otherwise.
    private func slidingTile(
        _ dimension: Dimension, _ tile: Extents, _ fetch: Fetch, _ levels: Span<LoopLevel>
    ) -> Int {
        // Wherever the loop stands: a PE's next tile is not its neighbour's where neighbouring tiles lie in different PEs.
        if let loop = fetch.loop, loop.dimension == dimension, levels[0].spatialFactors[dimension] == 1 {
            return levels[loop.level].enclosingTile[dimension]
        }
        return tile[dimension]
    }

    /// Bytes that the busiest PE's L2 reads and writes for its L1.
    private func peTraffic(
        _ mapping: Mapping, last: Extents, gridSteps: Extents, l1Steps: Extents, levels: Span<LoopLevel>
    ) -> LevelTraffic {
        // A PE's share of each dimension over all its steps.
        let one = SIMD8<Int>(repeating: 1)
        let share = Extents(
            storage: (gridSteps.storage &- one) &* mapping.l2Tile.storage &+ last.storage)
        let width = Double(Datapath.operandBytes)
        var traffic = LevelTraffic()
        let input = Fetch(of: Relevance.input, under: levels)
        let rows = windowRows(vertical, .outputHeight, share, l1Steps, gridSteps, input)
        let columns = windowRows(horizontal, .outputWidth, share, l1Steps, gridSteps, input)
        traffic.inputReads =
            Double(share[.batch] * share[.groups]) * Double(share[.inputChannels]) * rows * columns
            * input.repetitions * width
        let weight = Fetch(of: Relevance.weight, under: levels)
        traffic.weightReads =
            Double(share[.groups] * share[.outputChannels]) * Double(share[.inputChannels])
            * Double(nest.filterHeight * nest.filterWidth) * weight.repetitions * width
        let output = Fetch(of: Relevance.output, under: levels)
        let elements =
            Double(share[.groups] * share[.batch]) * Double(share[.outputChannels])
            * Double(share[.outputHeight] * share[.outputWidth])
        traffic.outputWrites = elements * (width + (output.repetitions - 1) * Double(Datapath.accumulatorBytes))
        traffic.outputReads = elements * (output.repetitions - 1) * Double(Datapath.accumulatorBytes)
        return traffic
    }

    /// Rows that a PE reads over all its tiles along a window: each tile its own, or each L2 tile once where the window slides.
    private func windowRows(
        _ window: SlidingWindow, _ dimension: Dimension, _ share: Extents, _ l1Steps: Extents, _ gridSteps: Extents,
        _ fetch: Fetch
    ) -> Double {
        var tiles = l1Steps[dimension]
        if let loop = fetch.loop, loop.level == 0, loop.dimension == dimension { tiles = gridSteps[dimension] }
        let span = (window.filter - 1) * window.dilation + 1
        guard window.stride < span else { return Double(share[dimension] * window.filter) }
        return Double(share[dimension] * window.stride + tiles * (span - window.stride))
    }

    // MARK: - Compute

    private func countCompute(
        _ cost: inout MappingCost, _ unit: ComputeUnit, l1Tile: Extents, l2Tile: Extents, gridSteps: Extents,
        last: Extents
    ) {
        func pieces(_ dimension: Dimension) -> TilePieces {
            TilePieces(
                steps: gridSteps[dimension], peTile: l2Tile[dimension], last: last[dimension],
                tile: l1Tile[dimension])
        }
        let filter = nest.filterHeight * nest.filterWidth
        let array = view.array
        let groups = pieces(.groups)
        let outputChannels = pieces(.outputChannels)
        let inputChannels = pieces(.inputChannels)
        let batch = pieces(.batch)
        let height = pieces(.outputHeight)
        let width = pieces(.outputWidth)

        /// Adds up a function of the output rows N·P·Q of each tile.
        func sumOverRows(_ value: (Int) -> Double) -> Double {
            var sum = 0.0
            batch.forEach { n, countN in
                height.forEach { p, countP in
                    width.forEach { q, countQ in sum += value(n * p * q) * Double(countN * countP * countQ) }
                }
            }
            return sum
        }
        let pes = Double(cost.activePEs)
        let operand = Double(Datapath.operandBytes)
        let accumulator = Double(Datapath.accumulatorBytes)

        switch unit {
        case .array(let dataflow):
            let groupCount = groups.sum { $0 }
            let rows = sumOverRows { Double($0) }
            let reduction = inputChannels.sum { Double($0 * filter) }
            let columns = outputChannels.sum { Double($0) }
            let rowTiles = Double(batch.tiles * height.tiles * width.tiles)
            cost.fillAndDrainCycles = Double(array.fillAndDrainCycles(dataflow))
            switch dataflow {
            case .weightStationary:
                let reductionFolds = inputChannels.sum { divideRoundingUp($0 * filter, array.rows) }
                let columnFolds = outputChannels.sum { divideRoundingUp($0, array.columns) }
                let stream = sumOverRows { Double(array.cyclesPerFold(stream: $0, dataflow: dataflow)) }
                cost.arrayCycles = Double(groupCount) * Double(reductionFolds) * Double(columnFolds) * stream
                cost.l1.inputReads = rows * reduction * Double(columnFolds)
                cost.l1.weightReads = columns * reduction * rowTiles
                cost.l1.outputWrites = rows * columns * Double(reductionFolds)
            case .outputStationary:
                let rowFolds = sumOverRows { Double(divideRoundingUp($0, array.rows)) }
                let columnFolds = outputChannels.sum { divideRoundingUp($0, array.columns) }
                let stream = inputChannels.sum { Double(array.cyclesPerFold(stream: $0 * filter, dataflow: dataflow)) }
                cost.arrayCycles = Double(groupCount) * rowFolds * Double(columnFolds) * stream
                cost.l1.inputReads = rows * reduction * Double(columnFolds)
                cost.l1.weightReads = columns * reduction * rowFolds
                cost.l1.outputWrites = rows * columns * Double(inputChannels.tiles)
            case .inputStationary:
                let reductionFolds = inputChannels.sum { divideRoundingUp($0 * filter, array.rows) }
                let rowFolds = sumOverRows { Double(divideRoundingUp($0, array.columns)) }
                let stream = outputChannels.sum { Double(array.cyclesPerFold(stream: $0, dataflow: dataflow)) }
                cost.arrayCycles = Double(groupCount) * Double(reductionFolds) * rowFolds * stream
                cost.l1.inputReads = rows * reduction * Double(outputChannels.tiles)
                cost.l1.weightReads = columns * reduction * rowFolds
                cost.l1.outputWrites = rows * columns * Double(reductionFolds)
            }
            cost.l1.outputReads = cost.l1.outputWrites - rows * columns
            cost.l1 = cost.l1.scaled(
                operand: operand * Double(groupCount) * pes, accumulator: accumulator * Double(groupCount) * pes)

        case .arrayBlockDiagonal(let packed, let taps):
            let passes = groups.sum { Double(divideRoundingUp($0, packed)) }
            let tapFolds = inputChannels.sum { divideRoundingUp($0 * filter, taps) }
            let columnFolds = outputChannels.sum { divideRoundingUp($0, array.columns) }
            let stream = sumOverRows { Double(array.cyclesPerFold(stream: $0, dataflow: .weightStationary)) }
            cost.arrayCycles = passes * Double(tapFolds) * Double(columnFolds) * stream
            cost.fillAndDrainCycles = Double(array.fillAndDrainCycles(.weightStationary))
            let groupCount = Double(groups.sum { $0 })
            let rows = sumOverRows { Double($0) }
            let reduction = inputChannels.sum { Double($0 * filter) }
            let columns = outputChannels.sum { Double($0) }
            cost.l1.inputReads = rows * reduction * Double(columnFolds)
            cost.l1.weightReads = columns * reduction * Double(batch.tiles * height.tiles * width.tiles)
            cost.l1.outputWrites = rows * columns * Double(tapFolds)
            cost.l1.outputReads = cost.l1.outputWrites - rows * columns
            cost.l1 = cost.l1.scaled(operand: operand * groupCount * pes, accumulator: accumulator * groupCount * pes)

        case .vector:
            let perTap = Double(VectorCost.operationsPerTap(filterTaps: filter))
            let products = inputChannels.sum { Double($0 * filter) }
            var passes = 0.0
            groups.forEach { g, countG in
                outputChannels.forEach { k, countK in
                    passes +=
                        sumOverRows { Double(divideRoundingUp($0 * g * k, view.vectorLanes)) }
                        * Double(countG * countK)
                }
            }
            cost.vectorCycles = passes * products * perTap
            cost.vectorOperations = Double(nest.macs) * perTap
            let results =
                sumOverRows { Double($0) } * Double(groups.sum { $0 }) * outputChannels.sum { Double($0) } * pes
            cost.l1.inputReads = results * products * operand
            cost.l1.weightReads = results / max(1, sumOverRows { Double($0) }) * products * operand
            cost.l1.outputWrites = results * accumulator
        }
    }
}

extension LevelTraffic {
    fileprivate func scaled(by factor: Double) -> LevelTraffic {
        scaled(operand: factor, accumulator: factor)
    }

    fileprivate func scaled(operand: Double, accumulator: Double) -> LevelTraffic {
        var scaled = self
        scaled.inputReads *= operand
        scaled.weightReads *= operand
        scaled.outputReads *= accumulator
        scaled.outputWrites *= accumulator
        return scaled
    }
}
