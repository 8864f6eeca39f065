public import Compilation

/// What a workload does on a design: speed, energy, utilisation, and where the time goes.
public struct Evaluation: Hashable, Sendable, Codable {
    /// How much of an evaluation is wanted.
    public enum Detail: Sendable {
        /// The workload's figures alone; `regions` is empty. What a search needs.
        case totals
        /// Every region's as well.
        case regions
    }

    /// The workload's name.
    public var workload: String
    /// Inferences processed together.
    public var batch: Int
    /// Perf: inferences a second at steady state, batch / time of one pass.
    public var inferencesPerSecond: Double
    /// Time of one pass over the batch.
    public var latencySeconds: Double
    /// Energy of one inference.
    public var energyJoules: Double
    /// Multiply–accumulates done over those that the arrays could have done in the time.
    public var utilization: Double
    public var areaMM2: Double
    public var tdpWatts: Double
    /// Every region in execution order, where they were asked for.
    public var regions: [RegionEvaluation]

    public init(
        workload: String, batch: Int, inferencesPerSecond: Double, latencySeconds: Double, energyJoules: Double,
        utilization: Double, areaMM2: Double, tdpWatts: Double, regions: [RegionEvaluation]
    ) {
        self.workload = workload
        self.batch = batch
        self.inferencesPerSecond = inferencesPerSecond
        self.latencySeconds = latencySeconds
        self.energyJoules = energyJoules
        self.utilization = utilization
        self.areaMM2 = areaMM2
        self.tdpWatts = tdpWatts
        self.regions = regions
    }

    /// Inferences a second for each watt of TDP.
    public var perfPerTdp: Double { inferencesPerSecond / tdpWatts }
}

/// What one region does on a design.
public struct RegionEvaluation: Hashable, Sendable, Codable {
    /// What a region's time is limited by.
    public enum Bound: String, Hashable, Sendable, Codable, CaseIterable {
        case compute, dram, globalMemory, vector
    }

    public var name: String
    /// The kind of its main operator, e.g. `convolution`, `depthwise`, `softmax`.
    public var kind: String
    /// Names of the operators in it, in execution order.
    public var operators: [String]
    public var seconds: Double
    public var bound: Bound
    public var macs: Int
    public var vectorOperations: Int
    /// Bytes from and to DRAM, after residency.
    public var dramBytes: Int
    /// Time, bytes and bound before any tensor was kept in Global Memory.
    public var secondsBeforeResidency: Double
    public var dramBytesBeforeResidency: Int
    public var boundBeforeResidency: Bound
    /// Bytes of Global Memory in use while it runs: tensors and weights that are kept there, and its own tiles.
    public var occupiedBytes: Int
    /// Bytes from and to Global Memory.
    public var globalMemoryBytes: Int
    public var energyJoules: Double
    /// Where its tensor operator runs, e.g. `array weight-stationary`, `array block-diagonal`, `vector`; nil where it has none.
    public var unit: String?
    /// Multiply–accumulates over those that the arrays could have done in its time.
    public var utilization: Double
    /// The tile of the chain that it runs in; nil for a region that runs alone.
    public var chainTile: ChainTile?

    /// - Parameter boundBeforeResidency: The same as after where it isn't given.
    public init(
        name: String, kind: String, operators: [String], seconds: Double, bound: Bound, macs: Int,
        vectorOperations: Int, dramBytes: Int, secondsBeforeResidency: Double, dramBytesBeforeResidency: Int,
        boundBeforeResidency: Bound? = nil, occupiedBytes: Int = 0, globalMemoryBytes: Int, energyJoules: Double,
        unit: String?, utilization: Double, chainTile: ChainTile? = nil
    ) {
        self.name = name
        self.kind = kind
        self.operators = operators
        self.seconds = seconds
        self.bound = bound
        self.macs = macs
        self.vectorOperations = vectorOperations
        self.dramBytes = dramBytes
        self.secondsBeforeResidency = secondsBeforeResidency
        self.dramBytesBeforeResidency = dramBytesBeforeResidency
        self.boundBeforeResidency = boundBeforeResidency ?? bound
        self.occupiedBytes = occupiedBytes
        self.globalMemoryBytes = globalMemoryBytes
        self.energyJoules = energyJoules
        self.unit = unit
        self.utilization = utilization
        self.chainTile = chainTile
    }
}
