public import Accelerators
public import Scheduling
internal import Workloads

/// A workload on its way to a schedule for a design: what passes read and change.
public struct Compilation: Sendable {
    public let design: Design
    public let graph: RegionGraph
    /// What mappings see of the datapath; its `stagingBytes` is what tiles may take of Global Memory.
    public let view: SchedulingView
    /// What mappings make small.
    public let objective: MappingConstraints.Objective
    /// Finds and remembers mappings.
    public let scheduler: Scheduler
    private let solver: any ResidencySolver

    /// Every region's schedule, in execution order, once they are mapped.
    public var schedules: [RegionSchedule] = [] { didSet { (decided, knownProblem) = (nil, nil) } }
    /// What they were mapped under.
    public var constraints: MappingConstraints?
    /// Whether tensors may be kept in Global Memory.
    public var keepsTensors = false { didSet { (decided, knownProblem, knownCandidates) = (nil, nil, nil) } }
    /// Chains of regions that run a tile at a time, in execution order.
    public var chains: [FusedChain] = [] { didSet { (decided, knownProblem, knownCandidates) = (nil, nil, nil) } }
    /// The tensors that could be kept, and what there is to decide about them, once that was asked for.
    private var knownCandidates: RegionGraph.Candidates?
    private var knownProblem: ResidencyProblem?
    /// Cycles of the schedules without chains, or a few more; nil where chains weren't tried.
    public var cyclesWithoutChains: Double?
    /// No schedule of the regions one by one takes fewer cycles while every tensor comes from DRAM and goes there.
    public var leastCyclesWithoutResidency = 0.0
    /// The residency of the schedules as they are, and how long deciding that took; nil where it isn't decided.
    private var decided: (residency: Residency, seconds: Double)?

    init(
        _ graph: RegionGraph, for design: Design, on view: SchedulingView, objective: MappingConstraints.Objective,
        scheduler: Scheduler, solver: any ResidencySolver
    ) {
        self.graph = graph
        self.design = design
        self.view = view
        self.objective = objective
        self.scheduler = scheduler
        self.solver = solver
    }

    /// The tensors that could be kept around the chains as they are: none where none are to be kept.
    mutating func candidates() -> RegionGraph.Candidates {
        let candidates =
            knownCandidates ?? (keepsTensors ? graph.candidates(around: chains) : RegionGraph.Candidates())
        knownCandidates = candidates
        return candidates
    }

    /// Takes chains, the schedules of all regions with them, and the tensors that could be kept around them where they are known.
    mutating func form(
        _ chains: [FusedChain], _ schedules: [RegionSchedule], around candidates: RegionGraph.Candidates? = nil
    ) {
        (self.chains, self.schedules) = (chains, schedules)
        knownCandidates = candidates
    }

    /// What there is to decide about the schedules as they are.
    mutating func residencyProblem() -> ResidencyProblem {
        if let knownProblem { return knownProblem }
        let problem = ResidencyProblem(
            schedules, on: view, capacityBytes: design.datapath.globalMemoryBytes, candidates())
        knownProblem = problem
        return problem
    }

    /// Decides which tensors are kept, unless that is done.
    @discardableResult
    mutating func decideResidency() -> Residency {
        if let decided { return decided.residency }
        let start = ContinuousClock.now
        return remember(solver.solve(residencyProblem()), since: start)
    }

    /// The same where only a residency of fewer cycles than the limit is of use; nil where there is none.
    mutating func decideResidency(below limit: Double) -> Residency? {
        if let decided { return decided.residency.objectiveCycles < limit ? decided.residency : nil }
        let start = ContinuousClock.now
        return solver.solve(residencyProblem(), below: limit).map { remember($0, since: start) }
    }

    private mutating func remember(_ residency: Residency, since start: ContinuousClock.Instant) -> Residency {
        decided = (residency, (ContinuousClock.now - start) / .seconds(1))
        return residency
    }

    /// The result, when every pass has run: what is kept is decided last, since it depends on all schedules.
    consuming func finished() -> CompiledWorkload {
        let residency = decideResidency()
        return CompiledWorkload(
            graph: graph, design: design, chains: chains, problem: residencyProblem(), residency: residency,
            residencySeconds: decided?.seconds ?? 0)
    }
}
