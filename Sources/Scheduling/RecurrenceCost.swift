internal import Accelerators
public import Workloads

/// What all steps of a recurrent layer take, with the mapping of one step's product h[t−1]·W.
///
/// Every step waits for the hidden state of the one before, so that nothing of two steps overlaps: each fills and drains the array,
/// computes the gates when its product is done, and hands the hidden state on before the next can begin. What does not depend on the
/// step before comes and goes meanwhile: the input's part of the gates (the region reads it as it goes), finished states, and
/// weights. With T steps on a datapath
///
///     cycles = max(T·array, T·L2, T·vector, Global Memory bytes / bandwidth, DRAM bytes / bandwidth) + T·serial + W / DRAM bandwidth
///     serial = fill and drain + gates + hand-over
///     gates  = operations · ⌈units / (active PEs · lanes)⌉    with units = N·D·H; `VectorCost.operations(of:)`: 27 for an LSTM
///     hand-over = (states written + first operand read) / bandwidth of where the hidden state is
///
/// where W is what the first step waits for: all weights if they stay on the chip, else the first fold's of each step. Directions are
/// groups of the product: the grid may share them out.
///
/// Weights, the hidden state (twice: the one before and the next) and the cell state (what each unit carries over, as float32) stay where there is room:
///
/// - in the PEs: weights whose share of each PE fits into its L1 or L2 beside the mapping's tiles, read once in all; the cell state of a
///   PE's units beside its outputs; the hidden state if there is one PE only, since all others need it;
/// - in Global Memory beside the mapping's tiles, states first: weights come from DRAM once, and go to the PEs every step;
/// - in DRAM, which is read and written every step.
public struct RecurrenceCost: Hashable, Sendable {
    /// Where something stays from one step to the next.
    public enum Place: String, Hashable, Sendable {
        case processingElements, globalMemory, dram
    }

    public var weights = Place.dram
    public var hiddenState = Place.dram
    public var cellState = Place.dram

    /// Cycles of the arrays, the vector units (for the product where it runs there) and the busiest L2, of all steps together.
    public var arrayCycles: Double
    public var vectorCycles: Double
    public var l2Cycles: Double
    /// Cycles of all steps that nothing overlaps, besides waiting for DRAM.
    public var serialCycles: Double
    /// Lane operations of the products.
    public var productVectorOperations: Double
    /// Bytes of weights that DRAM reads, that the PEs read, and that the region waits for.
    public var weightDRAMBytes: Double
    public var weightPEBytes: Double
    public var weightExposedBytes: Double
    /// Bytes of states and partial sums that DRAM reads and writes, besides the output.
    public var stateDRAMReadBytes: Double
    public var stateDRAMWriteBytes: Double
    /// Bytes of states and partial sums that the PEs read and write, besides the output.
    public var statePEReadBytes: Double
    public var statePEWriteBytes: Double
    /// Bytes of Global Memory for tiles, and what stays there.
    public var globalMemoryTileBytes: Int

    /// - Parameter step: one step's product with its mapping.
    public init(_ cell: RecurrentCell, steps: Int, of step: MappedOperator, on view: SchedulingView) {
        let (nest, cost) = (step.nest, step.cost)
        let count = Double(steps)
        let types = nest.types
        let hiddenBytes = Double(nest.inputElements * types.input.bytes)
        let carried = cell.carriesState ? view.accumulatorBytes : 0
        let cellBytes = Double(nest.inputElements * carried)
        let weightBytes = Double(nest.weightElements * types.weight.bytes)

        // Where things stay, the most dependent first.
        var buffers = StepBuffers(step, on: view)
        let units = divideRoundingUp(nest.inputElements, cost.activePEs)
        if buffers.peHolds({ $0.output += Double(units * carried) }) {
            cellState = .processingElements
        } else if buffers.globalMemoryHolds(cellBytes) {
            cellState = .globalMemory
        }
        if cost.activePEs == 1, buffers.peHolds({ $0.input = max($0.input, 2 * hiddenBytes) }) {
            hiddenState = .processingElements
        } else if buffers.globalMemoryHolds(2 * hiddenBytes) {
            hiddenState = .globalMemory
        }
        let share = buffers.weightShareBytes
        if buffers.peHolds({ $0.weight = max($0.weight, share) }) {
            weights = .processingElements
        } else if buffers.globalMemoryHolds(buffers.stagesAllWeights ? 0 : weightBytes) {
            weights = .globalMemory
        }
        globalMemoryTileBytes = cost.globalMemoryTileBytes + buffers.keptBytes

        arrayCycles = count * cost.arrayCycles
        vectorCycles = count * cost.vectorCycles
        l2Cycles = count * cost.l2Cycles
        productVectorOperations = count * cost.vectorOperations

        let vectors = divideRoundingUp(nest.inputElements, cost.activePEs * view.vectorLanes)
        let handedOver = hiddenBytes + cost.firstInputBytes
        let handOverCycles =
            switch hiddenState {
            case .processingElements: 0.0
            case .globalMemory: handedOver / view.globalMemoryBytesPerCycle
            case .dram: handedOver / view.dramBytesPerCycle
            }
        serialCycles =
            count * (cost.fillAndDrainCycles + Double(vectors * VectorCost.operations(of: cell)) + handOverCycles)

        weightDRAMBytes = weights == .dram ? count * cost.dram.weightReads : weightBytes
        weightPEBytes = weights == .processingElements ? weightBytes : count * cost.globalMemory.weightReads
        weightExposedBytes = weights == .dram ? count * cost.firstWeightBytes : weightBytes

        // The sums of a finished product stay in the PE for the gates; what is cut comes back.
        let finished = Double(nest.outputElements * types.output.bytes)
        stateDRAMReadBytes = count * cost.dram.outputReads
        stateDRAMWriteBytes = count * (cost.dram.outputWrites - finished)
        statePEReadBytes = count * cost.globalMemory.outputReads
        statePEWriteBytes = count * (cost.globalMemory.outputWrites - finished)
        if hiddenState != .processingElements { statePEReadBytes += count * cost.globalMemory.inputReads }
        if hiddenState == .dram { stateDRAMReadBytes += count * cost.dram.inputReads }
        if cellState != .processingElements {
            statePEReadBytes += count * cellBytes
            statePEWriteBytes += count * cellBytes
        }
        if cellState == .dram {
            stateDRAMReadBytes += count * cellBytes
            stateDRAMWriteBytes += count * cellBytes
        }
    }
}

/// The room that a step's mapping leaves in the buffers, as it is given away.
private struct StepBuffers {
    /// Each PE's levels, from L1 out, with what they hold.
    private var levels: [(buffers: BufferLevel, held: OperandBytes)]
    private var freeGlobalMemoryBytes: Double?
    /// Bytes of Global Memory given away.
    private(set) var keptBytes = 0
    /// The weights that each PE works with in the course of a step.
    let weightShareBytes: Double
    /// Whether the mapping has all weights in Global Memory at once.
    let stagesAllWeights: Bool

    init(_ step: MappedOperator, on view: SchedulingView) {
        let analysis = NestAnalysis(step.nest, on: view)
        let mapping = step.mapping
        let factors = mapping.gridFactors
        let whole = Extents(step.nest)
        func level(_ buffers: BufferLevel, _ tile: Extents) -> (buffers: BufferLevel, held: OperandBytes) {
            (buffers, analysis.bufferedBytes(tile, sharedBy: factors))
        }
        levels = [level(view.l1, mapping.l1Tile)]
        if let l2 = view.l2 { levels.append(level(l2, mapping.l2Tile)) }
        let share = (whole.tiles(of: mapping.l2Tile * factors) * mapping.l2Tile).clamped(to: whole)
        weightShareBytes = analysis.tileBytes(share, accumulates: false).weight
        stagesAllWeights =
            analysis.tileBytes(mapping.globalTile.clamped(to: whole), accumulates: false).weight
            == Double(step.nest.weightElements * step.nest.types.weight.bytes)
        freeGlobalMemoryBytes = view.stagingBytes.map { Double($0 - step.cost.globalMemoryTileBytes) }
    }

    /// Whether the innermost of a PE's levels that has room holds more, which then is held there.
    mutating func peHolds(_ addition: (inout OperandBytes) -> Void) -> Bool {
        for index in levels.indices {
            var held = levels[index].held
            addition(&held)
            guard levels[index].buffers.holds(held) else { continue }
            levels[index].held = held
            return true
        }
        return false
    }

    /// Whether Global Memory holds so many bytes more, which it then does.
    mutating func globalMemoryHolds(_ bytes: Double) -> Bool {
        guard let free = freeGlobalMemoryBytes, bytes <= free else { return false }
        freeGlobalMemoryBytes = free - bytes
        keptBytes += Int(bytes)
        return true
    }
}
