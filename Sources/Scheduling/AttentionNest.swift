public import Accelerators
public import Workloads

/// softmax(Q Kᵀ + …) V for several heads at once: two products with a softmax between, computed a tile of queries at a time.
public struct AttentionNest: Hashable, Sendable {
    /// Independent attentions: batch × heads.
    public var groups: Int
    /// Rows of Q, and of the result.
    public var queries: Int
    /// Rows of K and of V.
    public var keys: Int
    /// Columns of Q and K.
    public var headSize: Int
    /// Columns of V, and of the result.
    public var valueSize: Int
    /// Lane operations an element of the scores besides the softmax: scaling, masking.
    public var scoreOperations: Int
    /// How queries, keys, values and results are stored.
    public var type = NumericType.bfloat16

    public init(groups: Int, queries: Int, keys: Int, headSize: Int, valueSize: Int, scoreOperations: Int) {
        self.groups = groups
        self.queries = queries
        self.keys = keys
        self.headSize = headSize
        self.valueSize = valueSize
        self.scoreOperations = scoreOperations
    }

    /// Elements of all scores: groups × queries × keys.
    public var scores: Int { groups * queries * keys }

    /// Multiply–accumulates of both products.
    public var macs: Int { scores * (headSize + valueSize) }

    /// The product that makes the scores.
    var scoresNest: LoopNest {
        var nest = LoopNest(
            groups: groups, outputChannels: keys, inputChannels: headSize, outputWidth: queries,
            weightIsActivation: true)
        nest.types = types
        return nest
    }

    /// The operands of both products.
    var types: OperandTypes { OperandTypes(input: type, weight: type, output: type) }

    /// Lane operations with so many keys at a time (Milakov & Gimelshein, "Online normalizer calculation for softmax", 2018; Dao et al.,
    /// "FlashAttention", NeurIPS 2022, algorithm 1).
    ///
    /// - An element of the scores: the row's maximum (1), subtract and exp (1 + 2), the row's sum (1): 5, besides scaling and masking.
    /// - A row, for every tile of keys but the first: exp of the difference of the maxima (1 + 2), the sum rescaled (2), the result rescaled
    ///   (an operation a column).
    /// - A row at the end: the sum's reciprocal (2), the result multiplied by it (an operation a column).
    public func vectorOperations(keysAtOnce: Int) -> Double {
        let exp = VectorCost.transcendental
        let rows = Double(groups) * Double(queries)
        let tiles = Double(divideRoundingUp(keys, keysAtOnce))
        return Double(scores) * Double(scoreOperations + 1 + (1 + exp) + 1)
            + rows * (tiles - 1) * Double(1 + exp + 2 + valueSize) + rows
            * Double(VectorCost.transcendental + valueSize)
    }
}

/// How attention is computed tile by tile: what each PE holds, and how the grid shares heads and queries.
public struct AttentionMapping: Hashable, Sendable {
    /// Queries, and keys, that a PE works on at a time.
    public var queryTile: Int
    public var keyTile: Int
    /// PEs that share the groups, and those that share the queries of a group.
    public var groupPEs: Int
    public var queryPEs: Int
    /// The dataflows of the scores and of the context.
    public var scoresDataflow: Dataflow
    public var contextDataflow: Dataflow
    /// Whether Global Memory holds the keys and values of the groups in work, so that DRAM delivers them once.
    public var stagesKeys: Bool

    public init(
        queryTile: Int, keyTile: Int, groupPEs: Int, queryPEs: Int, scoresDataflow: Dataflow,
        contextDataflow: Dataflow, stagesKeys: Bool
    ) {
        self.queryTile = queryTile
        self.keyTile = keyTile
        self.groupPEs = groupPEs
        self.queryPEs = queryPEs
        self.scoresDataflow = scoresDataflow
        self.contextDataflow = contextDataflow
        self.stagesKeys = stagesKeys
    }

    /// As listed to users.
    public var unitName: String {
        scoresDataflow == contextDataflow
            ? "array \(scoresDataflow.rawValue), fused"
            : "array \(scoresDataflow.rawValue) then \(contextDataflow.rawValue), fused"
    }
}

/// What a mapping of attention costs; bytes are of all PEs together.
public struct AttentionCost: Hashable, Sendable {
    /// Cycles of the busiest PE's array, without its first fill and last drain, of its vector unit and of its L2.
    public var arrayCycles = 0.0
    public var vectorCycles = 0.0
    public var l2Cycles = 0.0
    /// Cycles to fill and drain the array once.
    public var fillAndDrainCycles = 0.0
    public var vectorOperations = 0.0
    public var activePEs = 1
    /// How often keys and values are read from Global Memory, and from DRAM.
    public var keyPasses = 1.0
    public var keyDRAMPasses = 1.0
    /// Bytes between L1s and units, and between L2s and L1s.
    public var l1 = LevelTraffic()
    public var l2 = LevelTraffic()
    /// Bytes of Global Memory that tiles take.
    public var globalMemoryTileBytes = 0
    /// Bytes of one PE's first tiles of queries and keys, and of its last results.
    public var firstQueryBytes = 0.0
    public var firstKeyBytes = 0.0
    public var lastOutputBytes = 0.0
}

/// Attention with its best mapping.
public final class MappedAttention: Sendable {
    public let nest: AttentionNest
    public let mapping: AttentionMapping
    public let cost: AttentionCost
    /// Cycles with all operands from and to DRAM.
    public let cycles: Double

    init(nest: AttentionNest, mapping: AttentionMapping, cost: AttentionCost, cycles: Double) {
        self.nest = nest
        self.mapping = mapping
        self.cost = cost
        self.cycles = cycles
    }
}
