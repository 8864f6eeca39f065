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
    let solver: any ResidencySolver

    /// Every region's schedule, in execution order, once they are mapped.
    public var schedules: [RegionSchedule] = []
    /// What is kept in Global Memory; nil until a pass has decided.
    public private(set) var residency: Residency?
    /// How long deciding that took.
    public private(set) var residencySeconds = 0.0

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

    /// Decides which of the candidates are kept in Global Memory.
    public mutating func keepTensors(among candidates: [ResidencyProblem.Candidate]) {
        let problem = ResidencyProblem(
            schedules, on: view, capacityBytes: design.datapath.globalMemoryBytes, candidates: candidates)
        let clock = ContinuousClock()
        let start = clock.now
        residency = solver.solve(problem)
        residencySeconds = (clock.now - start) / .seconds(1)
    }

    /// The result, when every pass has run.
    func finished() -> CompiledWorkload {
        var compilation = self
        if residency == nil { compilation.keepTensors(among: []) }
        let residency =
            compilation.residency
            ?? Residency(occupiedBytes: [], capacityBytes: 0, objectiveCycles: 0, lowerBoundCycles: 0)
        let before = schedules.map(RegionTraffic.init)
        var after = before
        for candidate in residency.kept {
            for use in graph.candidates[candidate].uses {
                after[use.region].remove(schedules[use.region].movements[use.movement])
            }
        }
        return CompiledWorkload(
            graph: graph, design: design, view: view, schedules: schedules, residency: residency,
            residencySeconds: compilation.residencySeconds, trafficBefore: before, trafficAfter: after)
    }
}
