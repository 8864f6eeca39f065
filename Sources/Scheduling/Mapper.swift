public import Accelerators
public import Workloads

/// Finds the mapping of a loop nest on a datapath.
public protocol Mapper: Sendable {
    /// The best mapping found by the constraints' objective, and of equals the one that moves the least data.
    ///
    /// - Throws: `UnmappableOperator` where not even the smallest tile fits the buffers.
    func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
}

/// What the compiler's options leave to the mapper.
public struct MappingConstraints: Hashable, Sendable {
    public var dataflow: CompilerOptions.DataflowChoice
    public var padding: CompilerOptions.Padding
    public var depthwise: CompilerOptions.Depthwise
    public var objective: Objective
    /// Tiles that are decided elsewhere.
    public var tiles: TileConstraint
    /// What decides between mappings of equal cycles, and what `edp` multiplies cycles by; without it bytes moved stand in for energy, which
    /// `edp` and `latencyThenEnergy` can't do with.
    public var energies: MappingEnergies?

    public init(
        dataflow: CompilerOptions.DataflowChoice = .best, padding: CompilerOptions.Padding = .array,
        depthwise: CompilerOptions.Depthwise = .best, objective: Objective = .latency,
        tiles: TileConstraint = TileConstraint(), energies: MappingEnergies? = nil
    ) {
        precondition(
            energies != nil || objective != .edp && objective != .latencyThenEnergy, "The objective needs energies.")
        self.dataflow = dataflow
        self.padding = padding
        self.depthwise = depthwise
        self.objective = objective
        self.tiles = tiles
        self.energies = energies
    }

    /// What the mapper makes small.
    public enum Objective: String, CaseIterable, Hashable, Sendable {
        /// Cycles with every operand from and to DRAM; of equals that are met on the way the one of the least energy.
        case latency
        /// The same, and of all the mappings that take the fewest cycles the one of the least energy: a search of its own, which takes several
        /// times as long.
        case latencyThenEnergy = "latency-energy"
        /// The sum of those and of the cycles that remain when every operand is kept on the chip: for operators of which some operands
        /// will be kept there.
        case residency
        /// Energy times cycles, with every operand from and to DRAM.
        case edp
    }
}

/// A loop nest with its mapping and what that costs. Shared, not copied: a schedule refers to as many as the workload has operators.
public final class MappedOperator: Equatable, Sendable {
    public let nest: LoopNest
    public let mapping: Mapping
    public let cost: MappingCost
    /// Cycles with all operands from and to DRAM.
    public let cycles: Double
    /// No mapping of the map space takes fewer cycles.
    public let lowerBoundCycles: Double
    /// No mapping takes fewer cycles however large the buffers: each PE's share is one tile, and every operand moves once. 0 where it isn't
    /// known.
    public let idealCycles: Double
    /// Whether no mapping of the map space is better by the constraints' objective; by its cycles, where energy comes second.
    public let provenOptimal: Bool
    /// Whether, besides, no mapping of as few cycles takes less energy.
    public let provenLeastEnergy: Bool
    /// How many mappings were costed to find it.
    public let mappingsCosted: Int

    public init(
        nest: LoopNest, mapping: Mapping, cost: MappingCost, cycles: Double, lowerBoundCycles: Double,
        idealCycles: Double, provenOptimal: Bool, provenLeastEnergy: Bool = false, mappingsCosted: Int
    ) {
        self.nest = nest
        self.mapping = mapping
        self.cost = cost
        self.cycles = cycles
        self.lowerBoundCycles = lowerBoundCycles
        self.idealCycles = idealCycles
        self.provenOptimal = provenOptimal
        self.provenLeastEnergy = provenLeastEnergy
        self.mappingsCosted = mappingsCosted
    }

    public static func == (a: MappedOperator, b: MappedOperator) -> Bool {
        a === b
            || a.nest == b.nest && a.mapping == b.mapping && a.cost == b.cost && a.cycles == b.cycles
                && a.lowerBoundCycles == b.lowerBoundCycles && a.idealCycles == b.idealCycles
                && a.provenOptimal == b.provenOptimal && a.provenLeastEnergy == b.provenLeastEnergy
                && a.mappingsCosted == b.mappingsCosted
    }
}
