internal import Accelerators
internal import Workloads

/// Counts what a mapping of attention costs on a datapath.
///
/// A PE takes a tile of queries of one group, goes over all keys a tile at a time (scores, softmax, context), and adds up the context. The
/// scores never leave it. What changes from one tile to the next is held twice, so that array and vector unit work at the same time and the
/// next operands are on their way; so are scores and weights, of which the array makes the next while the vector unit has the last.
public struct AttentionAnalysis: Sendable {
    public let nest: AttentionNest
    public let view: SchedulingView

    public init(_ nest: AttentionNest, on view: SchedulingView) {
        self.nest = nest
        self.view = view
    }

    private var operand: Int { nest.type.bytes }
    private var arrayPasses: Int { nest.types.arrayPasses }
    private var copies: Int { view.isDoubleBuffered ? 2 : 1 }

    // MARK: - Shares

    private func groupShare(_ mapping: AttentionMapping) -> Int { divideRoundingUp(nest.groups, mapping.groupPEs) }
    private func queryShare(_ mapping: AttentionMapping) -> Int { divideRoundingUp(nest.queries, mapping.queryPEs) }
    private func queryTiles(_ mapping: AttentionMapping) -> Int {
        divideRoundingUp(queryShare(mapping), mapping.queryTile)
    }

    /// Whether a PE's keys and values stay from one tile to the next: one group, all keys at once.
    private func keysStay(_ mapping: AttentionMapping) -> Bool {
        mapping.keyTile >= nest.keys && groupShare(mapping) == 1
    }

    // MARK: - Capacity

    /// Bytes of L1 that a PE's tiles take: queries and weights as inputs, keys and values as weights, scores and context as outputs.
    public func l1Bytes(_ mapping: AttentionMapping) -> OperandBytes {
        let queries = mapping.queryTile
        let keys = min(mapping.keyTile, nest.keys)
        return OperandBytes(
            input: Double(copies * operand * queries * (nest.headSize + keys)),
            weight: Double((keysStay(mapping) ? 1 : copies) * operand * keys * (nest.headSize + nest.valueSize)),
            output: Double(copies * view.accumulatorBytes * queries * (keys + nest.valueSize)))
    }

    /// Bytes of L2 that a PE takes: its tiles of queries and results, and all keys and values of a group or a tile of them.
    private func l2Bytes(_ mapping: AttentionMapping, holdsGroup: Bool) -> OperandBytes {
        let queries = mapping.queryTile
        let keys = holdsGroup ? nest.keys : min(mapping.keyTile, nest.keys)
        let changes = holdsGroup ? groupShare(mapping) > 1 : !keysStay(mapping)
        return OperandBytes(
            input: Double(copies * operand * queries * nest.headSize),
            weight: Double((changes ? copies : 1) * operand * keys * (nest.headSize + nest.valueSize)),
            output: Double(copies * operand * queries * nest.valueSize))
    }

    /// Bytes of Global Memory that tiles take: queries and results of all PEs, and the keys and values of the groups in work, all or a tile.
    public func stagedBytes(_ mapping: AttentionMapping) -> Double {
        let rows = Double(mapping.groupPEs * mapping.queryPEs * mapping.queryTile)
        let keys = mapping.stagesKeys ? nest.keys : min(mapping.keyTile, nest.keys)
        let changes = mapping.stagesKeys ? groupShare(mapping) > 1 : !keysStay(mapping)
        let width = Double(operand * (nest.headSize + nest.valueSize))
        return Double(copies) * rows * width
            + Double(changes ? copies : 1) * Double(mapping.groupPEs) * Double(keys) * width
    }

    /// Whether the tiles fit every level.
    public func fits(_ mapping: AttentionMapping) -> Bool {
        guard view.l1.holds(l1Bytes(mapping)) else { return false }
        if let l2 = view.l2, !l2.holds(l2Bytes(mapping, holdsGroup: false)) { return false }
        guard let staging = view.stagingBytes else { return !mapping.stagesKeys }
        return stagedBytes(mapping) <= Double(staging)
    }

    // MARK: - Cost

    /// What a mapping that fits costs.
    public func cost(of mapping: AttentionMapping) -> AttentionCost {
        var cost = costWithoutArray(of: mapping)
        cost.arrayCycles =
            scoresCycles(mapping, mapping.scoresDataflow) + contextCycles(mapping, mapping.contextDataflow)
        cost.fillAndDrainCycles = fillAndDrainCycles(mapping.scoresDataflow, mapping.contextDataflow)
        // All PEs: the products of every group's queries.
        var scores = ArrayTraffic()
        var context = ArrayTraffic()
        forEachPiece(of: nest.queries, in: mapping.queryTile) { queries, queryCount in
            forEachPiece(of: nest.keys, in: mapping.keyTile) { keys, keyCount in
                let times = Double(nest.groups * queryCount * keyCount)
                scores.add(view.array, queries, keys, nest.headSize, mapping.scoresDataflow, times)
                context.add(view.array, queries, nest.valueSize, keys, mapping.contextDataflow, times)
            }
        }
        addL1(&cost, scores, context)
        return cost
    }

    /// Cycles of the busiest PE's array for the scores.
    func scoresCycles(_ mapping: AttentionMapping, _ dataflow: Dataflow) -> Double {
        arrayCycles(mapping) { queries, keys in cycles(queries, keys, nest.headSize, dataflow) }
    }

    /// Cycles of the busiest PE's array for the context.
    func contextCycles(_ mapping: AttentionMapping, _ dataflow: Dataflow) -> Double {
        arrayCycles(mapping) { queries, keys in cycles(queries, nest.valueSize, keys, dataflow) }
    }

    /// Cycles to fill and drain the array, once for both products.
    func fillAndDrainCycles(_ scores: Dataflow, _ context: Dataflow) -> Double {
        Double(max(view.array.fillAndDrainCycles(scores), view.array.fillAndDrainCycles(context)))
    }

    /// Adds up over the busiest PE's whole tiles of queries and keys and its last ones.
    @inline(__always)
    private func arrayCycles(_ mapping: AttentionMapping, _ tile: (_ queries: Int, _ keys: Int) -> Double) -> Double {
        var sum = 0.0
        forEachPiece(of: queryShare(mapping), in: mapping.queryTile) { queries, queryCount in
            forEachPiece(of: nest.keys, in: mapping.keyTile) { keys, keyCount in
                sum += Double(queryCount * keyCount) * tile(queries, keys)
            }
        }
        return Double(groupShare(mapping)) * sum
    }

    /// What a mapping costs, whatever its dataflows.
    func costWithoutArray(of mapping: AttentionMapping) -> AttentionCost {
        var cost = AttentionCost()
        let groups = groupShare(mapping)
        let share = queryShare(mapping)
        let tiles = queryTiles(mapping)
        cost.activePEs = divideRoundingUp(nest.groups, groups) * divideRoundingUp(nest.queries, share)
        cost.vectorOperations = nest.vectorOperations(keysAtOnce: mapping.keyTile)
        cost.vectorCycles =
            cost.vectorOperations / (Double(nest.groups) * Double(nest.queries)) * Double(groups) * Double(share)
            / Double(view.vectorLanes)

        let rows = Double(nest.groups) * Double(nest.queries)
        let keyBytes = Double(nest.groups) * Double(nest.keys) * Double(operand * (nest.headSize + nest.valueSize))
        let passes = mapping.keyTile >= nest.keys ? 1.0 : Double(tiles)
        cost.keyPasses = passes
        if let l2 = view.l2 {
            if l2.holds(l2Bytes(mapping, holdsGroup: true)) { cost.keyPasses = 1 }
            // Every PE that shares a group's queries gets all its keys.
            let sharers = Double(divideRoundingUp(nest.queries, share))
            cost.l2.inputReads = rows * Double(nest.headSize * operand)
            cost.l2.weightReads = keyBytes * passes * sharers
            cost.l2.outputWrites = rows * Double(nest.valueSize * operand)
            let busiest =
                Double(groups)
                * (Double(share * (nest.headSize + nest.valueSize) * operand)
                    + Double(nest.keys * (nest.headSize + nest.valueSize) * operand) * passes)
            cost.l2Cycles = busiest / view.l2BytesPerCycle
        }
        cost.keyDRAMPasses = mapping.stagesKeys ? 1 : cost.keyPasses
        cost.globalMemoryTileBytes = view.stagingBytes == nil ? 0 : Int(stagedBytes(mapping))
        let first = min(mapping.queryTile, share)
        cost.firstQueryBytes = Double(first * nest.headSize * operand)
        cost.firstKeyBytes = Double(min(mapping.keyTile, nest.keys) * nest.headSize * operand)
        cost.lastOutputBytes = Double(first * nest.valueSize * operand)
        return cost
    }

    /// Cycles with every operand from and to DRAM, and those of the chip alone.
    public func cycles(of cost: AttentionCost) -> (all: Double, onChip: Double) {
        let width = Double(operand)
        let rows = Double(nest.groups) * Double(nest.queries) * width
        let keys = Double(nest.groups) * Double(nest.keys) * Double(nest.headSize + nest.valueSize) * width
        let (queries, results) = (rows * Double(nest.headSize), rows * Double(nest.valueSize))
        let reads = queries + keys * cost.keyPasses
        let dram = queries + keys * cost.keyDRAMPasses + results
        let ports =
            view.stagingBytes == nil
            ? reads + results : max(reads + results, results + queries + keys * cost.keyDRAMPasses)
        let onChip = max(
            cost.arrayCycles, cost.vectorCycles, cost.l2Cycles, ports / view.globalMemoryBytesPerCycle)
        let exposed =
            cost.fillAndDrainCycles
            + (cost.firstQueryBytes + cost.firstKeyBytes + cost.lastOutputBytes) / view.dramBytesPerCycle
        return (max(onChip, dram / view.dramBytesPerCycle) + exposed, onChip)
    }

    /// Whole tiles and the rest of an extent.
    @inline(__always)
    private func forEachPiece(of extent: Int, in tile: Int, _ body: (_ size: Int, _ count: Int) -> Void) {
        let whole = extent / tile
        if whole > 0 { body(tile, whole) }
        if extent % tile > 0 { body(extent % tile, 1) }
    }

    private func cycles(_ rows: Int, _ columns: Int, _ reduction: Int, _ dataflow: Dataflow) -> Double {
        Double(
            arrayPasses
                * (view.array.cycles(rows: rows, columns: columns, reduction: reduction, dataflow: dataflow)
                    - view.array.fillAndDrainCycles(dataflow)))
    }

    /// Bytes that the array's products move from and to L1.
    private struct ArrayTraffic {
        var inputReads = 0.0
        var weightReads = 0.0
        var outputWrites = 0.0
        var outputs = 0.0

        mutating func add(
            _ array: SystolicArray, _ rows: Int, _ columns: Int, _ reduction: Int, _ dataflow: Dataflow, _ times: Double
        ) {
            let accesses = array.accesses(rows: rows, columns: columns, reduction: reduction, dataflow: dataflow)
            inputReads += times * Double(accesses.inputReads)
            weightReads += times * Double(accesses.weightReads)
            outputWrites += times * Double(accesses.outputWrites)
            outputs += times * Double(rows * columns)
        }
    }

    private func addL1(_ cost: inout AttentionCost, _ scores: ArrayTraffic, _ context: ArrayTraffic) {
        let width = Double(operand)
        let passes = Double(arrayPasses)
        // What is wider than a cell comes in terms of two bytes, one a pass.
        let streamed = passes > 1 ? passes * Double(Datapath.operandBytes) : width
        let accumulator = Double(view.accumulatorBytes)
        let elements = Double(nest.scores)
        // The vector unit reads the scores and writes the weights, which the second product reads.
        cost.l1.inputReads = (scores.inputReads + context.inputReads) * streamed + elements * width
        cost.l1.weightReads = (scores.weightReads + context.weightReads) * streamed
        cost.l1.outputWrites = passes * (scores.outputWrites + context.outputWrites) * accumulator
        // Partial sums come back; so do the contexts of the keys before.
        let results = Double(nest.groups) * Double(nest.queries) * Double(nest.valueSize)
        cost.l1.outputReads =
            (passes * (scores.outputWrites + context.outputWrites) - scores.outputs - results + elements) * accumulator
    }
}
