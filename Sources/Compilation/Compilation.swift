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
    public var schedules: [RegionSchedule] = []
    /// Whether tensors may be kept in Global Memory.
    public var keepsTensors = false

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

    /// The result, when every pass has run: what is kept is decided last, since it depends on all schedules.
    func finished() -> CompiledWorkload {
        let before = schedules.map(RegionTraffic.init)
        var compiled = CompiledWorkload(
            graph: graph, design: design, view: view, schedules: schedules, keepsTensors: keepsTensors,
            residency: Residency(
                occupiedBytes: [], capacityBytes: design.datapath.globalMemoryBytes, objectiveCycles: 0,
                lowerBoundCycles: 0), residencySeconds: 0, trafficBefore: before, trafficAfter: before)
        compiled.decideResidency(by: solver)
        return compiled
    }
}
