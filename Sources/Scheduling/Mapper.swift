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
    public var objective: Objective
    /// Tiles that are decided elsewhere.
    public var tiles: TileConstraint
    /// What decides between mappings of equal cycles, and what `edp` multiplies cycles by; without it bytes moved stand in for energy.
    public var energies: MappingEnergies?

    public init(
        dataflow: CompilerOptions.DataflowChoice = .best, padding: CompilerOptions.Padding = .array,
        objective: Objective = .latency, tiles: TileConstraint = TileConstraint(), energies: MappingEnergies? = nil
    ) {
        precondition(objective != .edp || energies != nil, "The energy-delay product needs energies.")
        self.dataflow = dataflow
        self.padding = padding
        self.objective = objective
        self.tiles = tiles
        self.energies = energies
    }

    /// What the mapper makes small.
    public enum Objective: String, Hashable, Sendable {
        /// Cycles with every operand from and to DRAM.
        case latency
        /// The sum of those and of the cycles that remain when every operand is kept on the chip: for operators of which some operands
        /// will be kept there.
        case residency
        /// Energy times cycles, with every operand from and to DRAM.
        case edp
    }
}

/// A loop nest with its mapping and what that costs.
public struct MappedOperator: Hashable, Sendable {
    public var nest: LoopNest
    public var mapping: Mapping
    public var cost: MappingCost
    /// Cycles with all operands from and to DRAM.
    public var cycles: Double
    /// No mapping of the map space takes fewer cycles.
    public var lowerBoundCycles: Double
    /// No mapping takes fewer cycles however large the buffers: each PE's share is one tile, and every operand moves once. 0 where it isn't
    /// known.
    public var idealCycles: Double
    /// Whether no mapping of the map space is better by the constraints' objective.
    public var provenOptimal: Bool
    /// How many mappings were costed to find it.
    public var mappingsCosted: Int
}
