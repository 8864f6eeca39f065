internal import Accelerators
public import Workloads

/// Counts what a mapping of a loop nest costs on a datapath.
///
/// A buffer's tile is fetched inside the innermost loop that indexes its operand; further in it is reused, and the window of a
/// convolution's input slides: of a tile that follows the one before along the window, only the new rows are fetched. Partial sums go up
/// as float32 and come back when a reduction loop stands outside; those of PEs that share a reduction are added on their way
/// up. What PEs share is multicast and read once.
///
/// A class, for searches hold one analysis in many places, and a value of this size would be copied at every use.
public final class NestAnalysis: Sendable {
    public let nest: LoopNest
    public let view: SchedulingView
    let whole: Extents
    let vertical: SlidingWindow
    let horizontal: SlidingWindow
    /// Bytes of an element of each operand.
    let width: OperandBytes
    /// How often the array goes over its operands.
    let arrayPasses: Double

    public init(_ nest: LoopNest, on view: SchedulingView) {
        self.nest = nest
        self.view = view
        whole = Extents(nest)
        vertical = nest.verticalWindow
        horizontal = nest.horizontalWindow
        let types = nest.types
        width = OperandBytes(
            input: Double(types.input.bytes), weight: Double(types.weight.bytes), output: Double(types.output.bytes))
        arrayPasses = Double(types.arrayPasses)
    }

    /// What a mapping costs.
    ///
    /// - Precondition: the mapping is valid: see `MappingValidation`.
    public func cost(of mapping: Mapping) -> MappingCost {
        let sharing = GridSharing(whole, mapping)
        let levels = outerLevels(mapping, sharing)
        var cost = MappingCost()
        cost.activePEs = sharing.activePEs.product
        cost.globalMemory = gridTraffic(mapping, levels: levels)
        cost.dram =
            view.stagingBytes == nil
            ? cost.globalMemory : dramTraffic(globalTile: mapping.globalTile, order: mapping.dramOrder)
        if view.l2 != nil {
            cost.l2Cycles = busiestL2Traffic(mapping, sharing, outer: levels).total / view.l2BytesPerCycle
            cost.l2 = allL2Traffic(mapping, sharing, outer: levels)
        }
        let array = mapping.usedArray(of: view.array)
        let cycles = computeCycles(mapping.unit, on: array, l1Tile: mapping.l1Tile, sharing)
        cost.arrayCycles = cycles.array
        cost.vectorCycles = cycles.vector
        cost.l1 = l1Traffic(mapping.unit, on: array, l1Tile: mapping.l1Tile, l2Tile: mapping.l2Tile)
        if view.array.loadsOnAverage, mapping.unit != .vector {
            // Each PE's weight buffer feeds a row of the array a cycle.
            let row = Double(array.columns) * width.weight * Double(cost.activePEs)
            cost.arrayCycles = max(cost.arrayCycles, cost.l1.weightReads / row)
        }
        if mapping.unit == .vector {
            cost.vectorOperations = macs * Double(operationsPerTap)
        }
        addReduction(&cost, sharing, levels: levels)
        cost.globalMemoryTileBytes = view.stagingBytes == nil ? 0 : Int(stagedBytes(mapping.globalTile))
        addStart(&cost, mapping.unit, on: array)
        return cost
    }

    /// Multiply–accumulates.
    var macs: Double {
        var product = 1.0
        for dimension in Dimension.allCases { product *= Double(whole[dimension]) }
        return product
    }

    /// Bytes of each operand that are moved if every element that is touched is moved once.
    var compulsoryOperandBytes: OperandBytes {
        let rows = Double(vertical.storedRows)
        let columns = Double(horizontal.storedRows)
        let images = Double(whole[.batch]) * Double(whole[.groups])
        var bytes = tileBytes(whole, accumulates: false)
        bytes.input = images * Double(whole[.inputChannels]) * rows * columns * width.input
        return bytes
    }

    // MARK: - Tiles

    /// Bytes of a tile of each operand.
    func tileBytes(_ tile: Extents, accumulates: Bool) -> OperandBytes {
        let rows = Double(min(vertical.rows(tile[.outputHeight]), vertical.stored))
        let columns = Double(min(horizontal.rows(tile[.outputWidth]), horizontal.stored))
        let groups = Double(tile[.groups])
        let images = Double(tile[.batch]) * groups
        let outputChannels = Double(tile[.outputChannels])
        let inputChannels = Double(tile[.inputChannels])
        return OperandBytes(
            input: images * inputChannels * rows * columns * width.input,
            weight: groups * outputChannels * inputChannels * Double(tile[.filterHeight]) * Double(tile[.filterWidth])
                * width.weight,
            output: images * outputChannels * Double(tile[.outputHeight]) * Double(tile[.outputWidth])
                * (accumulates ? Double(view.accumulatorBytes) : width.output))
    }

    /// Whether a tile of each of the PEs that share the nest fits their buffers.
    func fits(_ tile: Extents, sharedBy factors: Extents, in buffers: BufferLevel) -> Bool {
        buffers.holds(bufferedBytes(tile, sharedBy: factors))
    }

    /// Bytes of a PE's buffers that a tile takes, an operand twice where it changes: the next one is loaded while this one is worked on.
    func bufferedBytes(_ tile: Extents, sharedBy factors: Extents) -> OperandBytes {
        doubled(tileBytes(tile, accumulates: true), tile * factors)
    }

    /// Bytes of Global Memory that a tile takes, an operand twice where it changes.
    func stagedBytes(_ tile: Extents) -> Double {
        let accumulates = tile[.inputChannels] < whole[.inputChannels]
        return doubled(tileBytes(tile.clamped(to: whole), accumulates: accumulates), tile).total
    }

    /// Twice the bytes of every operand that a tile holds but a part of, where buffers are double.
    func doubled(_ bytes: OperandBytes, _ tile: Extents) -> OperandBytes {
        guard view.isDoubleBuffered else { return bytes }
        let common = isCut(.groups, tile) || isCut(.filterHeight, tile) || isCut(.filterWidth, tile)
        let rows = isCut(.batch, tile) || isCut(.outputHeight, tile) || isCut(.outputWidth, tile)
        let inputs = isCut(.inputChannels, tile)
        let outputs = isCut(.outputChannels, tile)
        return OperandBytes(
            input: common || rows || inputs ? 2 * bytes.input : bytes.input,
            weight: common || inputs || outputs ? 2 * bytes.weight : bytes.weight,
            output: common || rows || outputs ? 2 * bytes.output : bytes.output)
    }

    @inline(__always)
    private func isCut(_ dimension: Dimension, _ tile: Extents) -> Bool { whole[dimension] > tile[dimension] }

    // MARK: - Start

    /// What nothing overlaps: the array's fill and drain, and DRAM's part in the first fold and the last of one PE: the operands that it
    /// starts with must have come, and its last results must leave. The other PEs' come and go while it works.
    func addStart(_ cost: inout MappingCost, _ unit: ComputeUnit, on array: SystolicArray) {
        guard view.chargesStart else { return }
        cost.fillAndDrainCycles = fillAndDrainCycles(unit)
        let first = tileBytes(fold(unit, on: array), accumulates: false)
        cost.firstInputBytes = first.input
        cost.firstWeightBytes = first.weight
        cost.lastOutputBytes = first.output
    }

    /// Cycles that nothing overlaps, with DRAM's part.
    func startCycles(_ unit: ComputeUnit, on array: SystolicArray) -> Double {
        var cost = MappingCost()
        addStart(&cost, unit, on: array)
        return cost.startCycles(on: view)
    }

    private func fillAndDrainCycles(_ unit: ComputeUnit) -> Double {
        switch unit {
        case .array(let dataflow): Double(view.array.fillAndDrainCycles(dataflow))
        case .arrayBlockDiagonal: Double(view.array.fillAndDrainCycles(.weightStationary))
        case .vector: 0
        }
    }

    /// The part of the nest that a unit works on at once.
    private func fold(_ unit: ComputeUnit, on array: SystolicArray) -> Extents {
        var fold = Extents()
        fold[.filterHeight] = whole[.filterHeight]
        fold[.filterWidth] = whole[.filterWidth]
        func put(_ dimension: Dimension, upTo limit: Int) { fold[dimension] = min(whole[dimension], max(1, limit)) }
        /// Neighbouring outputs, in rows of the image.
        func putOutputs(upTo limit: Int) {
            put(.outputWidth, upTo: limit)
            put(.outputHeight, upTo: limit / fold[.outputWidth])
            put(.batch, upTo: limit / (fold[.outputWidth] * fold[.outputHeight]))
        }
        switch unit {
        case .array(.weightStationary):
            put(.outputChannels, upTo: array.columns)
            put(.inputChannels, upTo: array.rows / filterTaps)
        case .array(.outputStationary):
            put(.outputChannels, upTo: array.columns)
            putOutputs(upTo: array.rows)
        case .array(.inputStationary):
            put(.inputChannels, upTo: array.rows / filterTaps)
            putOutputs(upTo: array.columns)
        case .arrayBlockDiagonal:
            // The first group's block; the others' come while it streams.
            put(.outputChannels, upTo: array.columns)
            put(.inputChannels, upTo: array.rows / filterTaps)
        case .vector:
            putOutputs(upTo: view.vectorLanes)
            let channels = view.vectorLanes / (fold[.outputWidth] * fold[.outputHeight] * fold[.batch])
            put(.outputChannels, upTo: channels)
            put(.groups, upTo: channels / fold[.outputChannels])
        }
        return fold
    }
}

/// Bytes of each operand.
public struct OperandBytes: Hashable, Sendable {
    public var input: Double
    public var weight: Double
    public var output: Double

    public init(input: Double, weight: Double, output: Double) {
        self.input = input
        self.weight = weight
        self.output = output
    }

    public var total: Double { input + weight + output }
}

/// How the PE grid shares a loop nest out: it takes tiles of all its PEs one after the other; the last may be smaller.
struct GridSharing {
    let whole: Extents
    /// A PE's part of a grid tile.
    let peTile: Extents
    let gridFactors: Extents
    let gridTile: Extents
    /// Grid tiles along each dimension.
    let steps: Extents
    /// What the last grid tile is short of, or has: its extents.
    let lastStep: Extents

    @inline(__always)
    init(_ whole: Extents, _ mapping: Mapping) {
        self.init(whole, peTile: mapping.l2Tile, gridFactors: mapping.gridFactors)
    }

    @inline(__always)
    init(_ whole: Extents, peTile: Extents, gridFactors: Extents) {
        self.whole = whole
        self.peTile = peTile
        self.gridFactors = gridFactors
        gridTile = peTile * gridFactors
        steps = whole.tiles(of: gridTile)
        lastStep = Extents(storage: whole.storage &- (steps.storage &- SIMD8(repeating: 1)) &* gridTile.storage)
    }

    /// PEs along each dimension that have work.
    @inline(__always)
    var activePEs: Extents { whole.clamped(to: gridTile).tiles(of: peTile) }

    /// What the busiest PE, the first, has of the last grid tile.
    @inline(__always)
    var busiestLast: Extents { lastStep.clamped(to: peTile) }

    /// What the busiest PE has of each dimension, all grid tiles together.
    @inline(__always)
    var busiestShare: Extents {
        Extents(storage: (steps.storage &- SIMD8(repeating: 1)) &* peTile.storage &+ busiestLast.storage)
    }

    /// The pieces that the busiest PE works through along a dimension.
    @inline(__always)
    func busiestPieces(_ dimension: Dimension, tile: Int) -> TilePieces {
        TilePieces(
            steps: steps[dimension], peTile: peTile[dimension],
            last: min(lastStep[dimension], peTile[dimension]), tile: tile)
    }

    /// For every dimension, over the PEs along it: their L1 tiles, their grid tiles, their Global Memory tiles, and the PEs, added up.
    func sums(l1Tile: Extents, globalTile: Extents) -> (l1: Extents, grid: Extents, dram: Extents, pes: Extents) {
        var sums = (l1: Extents(), grid: Extents(), dram: Extents(), pes: activePEs)
        for dimension in Dimension.allCases {
            let factor = gridFactors[dimension]
            let steps = steps[dimension]
            let full = divideRoundingUp(peTile[dimension], l1Tile[dimension])
            let fullPEs = lastStep[dimension] / peTile[dimension]
            let rest = lastStep[dimension] - fullPEs * peTile[dimension]
            let lastPEs = fullPEs + (rest > 0 ? 1 : 0)
            sums.l1[dimension] =
                ((steps - 1) * factor + fullPEs) * full + (rest > 0 ? divideRoundingUp(rest, l1Tile[dimension]) : 0)
            sums.grid[dimension] = (steps - 1) * factor + lastPEs
            let stepsInTile = divideRoundingUp(min(globalTile[dimension], whole[dimension]), gridTile[dimension])
            sums.dram[dimension] =
                divideRoundingUp(steps, stepsInTile) * lastPEs
                + divideRoundingUp(steps - 1, stepsInTile) * (steps > 1 ? factor - lastPEs : 0)
        }
        return sums
    }
}
