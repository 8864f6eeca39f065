public import Accelerators
internal import Diagnostics
public import Scheduling
public import Workloads

/// A workload compiled for a design: its regions with their schedules, and which tensors stay on the chip.
public struct CompiledWorkload: Sendable {
    public var graph: RegionGraph
    public var design: Design
    /// What the schedules were made for; `stagingBytes` is what tiles were allowed of Global Memory.
    public var view: SchedulingView { residencyProblem.view }
    public var schedules: [RegionSchedule] { residencyProblem.schedules }
    /// Chains of regions that run a tile at a time, in execution order.
    public var chains: [FusedChain]
    /// What the residency solver decided about: no tensors where none were to be kept.
    public let residencyProblem: ResidencyProblem
    public var residency: Residency
    /// How long deciding that took.
    public var residencySeconds: Double
    /// The traffic of each region, before and after residency.
    public var trafficBefore: [RegionTraffic]
    public var trafficAfter: [RegionTraffic]

    init(
        graph: RegionGraph, design: Design, chains: [FusedChain], problem: ResidencyProblem, residency: Residency,
        residencySeconds: Double
    ) {
        self.graph = graph
        self.design = design
        self.chains = chains
        residencyProblem = problem
        self.residency = residency
        self.residencySeconds = residencySeconds
        trafficBefore = problem.schedules.traffic
        trafficAfter = trafficBefore
        keep()
    }

    public var workload: Workload { graph.workload }

    /// What the passes had to say.
    public var notes: [String] {
        let chained = chains.reduce(0) { $0 + $1.regions.count }
        return graph.notes + (chains.isEmpty ? [] : ["\(chained) regions in \(chains.count) chains, a tile at a time"])
    }

    /// The same schedules with their residency decided anew.
    public func decidingResidency(by solver: any ResidencySolver) -> CompiledWorkload {
        var copy = self
        copy.decideResidency(by: solver)
        return copy
    }

    private mutating func decideResidency(by solver: any ResidencySolver) {
        let clock = ContinuousClock()
        let start = clock.now
        residency = solver.solve(residencyProblem)
        residencySeconds = (clock.now - start) / .seconds(1)
        keep()
    }

    /// Takes what is kept out of the regions' traffic.
    private mutating func keep() {
        trafficAfter = trafficBefore
        guard !residency.kept.isEmpty else { return }
        let candidates = residencyProblem.candidates
        for candidate in residency.kept {
            for use in candidates[candidate].uses {
                trafficAfter[use.region].remove(schedules[use.region].movements[use.movement])
            }
        }
    }

    /// Cycles of one pass over the batch.
    public var cycles: Double { residency.objectiveCycles }
}

/// Compiles workloads for designs: runs the passes that a design's options ask for.
public struct Compiler: Sendable {
    private let scheduler: Scheduler
    private let solver: any ResidencySolver

    public init(scheduler: Scheduler, solver: any ResidencySolver = ResidencySearch()) {
        self.scheduler = scheduler
        self.solver = solver
    }

    /// Tiles may take one part in this of Global Memory when tensors are to be kept there as well.
    private static let stagingDivisor = 4

    /// Compiles a workload for a design, with the design's compiler options.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the workload's batch is not the design's; `UnmappableOperator` where an
    ///   operator does not fit the datapath.
    public func compile(_ workload: Workload, for design: Design) throws -> CompiledWorkload {
        try compile(PreparedWorkload(workload), for: design)
    }

    /// The same for a workload that is compiled for many designs, or with other passes.
    ///
    /// - Parameter passes: the passes to run, in this order; by default those of the design's options.
    public func compile(
        _ prepared: PreparedWorkload, for design: Design, passes: [any CompilerPass]? = nil
    ) throws -> CompiledWorkload {
        guard prepared.workload.batch == design.batch else {
            throw DiagnosticError(
                .configuration,
                "expected a workload at the design's batch of \(design.batch), found \(prepared.workload.batch)")
        }
        let passes = passes ?? CompilerPasses.list(for: design.compiler)
        let graph = try prepared.graph(passes)
        guard graph.hasFusedAttention else { return try compile(graph, for: design, passes) }
        // Fused attention is worth it where its tiles fit, and where less traffic counts for more than what the tiles cost.
        let fused = Result { try compile(graph, for: design, passes) }
        let others = passes.filter { !($0 is AttentionFusion) }
        let separate = Result { try compile(try prepared.graph(others), for: design, others) }
        guard case .success(let tiled) = fused else { return try separate.get() }
        guard case .success(let plain) = separate else { return tiled }
        return tiled.cycles < plain.cycles ? tiled : plain
    }

    private func compile(_ graph: RegionGraph, for design: Design, _ passes: [any CompilerPass]) throws
        -> CompiledWorkload
    {
        let datapath = design.datapath
        func compile(stagingDivisor: Int, _ objective: MappingConstraints.Objective) throws -> Compilation {
            let view = SchedulingView(datapath, stagingBytes: datapath.globalMemoryBytes / stagingDivisor)
            var compilation = Compilation(
                graph, for: design, on: view, objective: objective, scheduler: scheduler, solver: solver)
            for pass in passes where !type(of: pass).isGraphPass { try pass.run(on: &compilation) }
            return compilation
        }
        let keepsTensors = datapath.globalMemoryMiB > 0 && passes.contains { $0 is ResidencyPass }
        guard keepsTensors else { return try compile(stagingDivisor: 1, .latency).finished() }
        var frugal = try compile(stagingDivisor: Compiler.stagingDivisor, .residency)
        // Where no schedule without residency can be as fast, more room for tiles is not worth a second compilation.
        let cycles = frugal.decideResidency().objectiveCycles
        guard (frugal.cyclesWithoutChains ?? cycles) > frugal.leastCyclesWithoutResidency
        else { return frugal.finished() }
        // What would be done if no tensor were kept, and so never slower than that.
        var lavish = try compile(stagingDivisor: 1, .latency)
        return lavish.decideResidency(below: cycles) != nil ? lavish.finished() : frugal.finished()
    }
}
