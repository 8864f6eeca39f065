public import Accelerators
internal import Diagnostics
public import Scheduling
public import Workloads

/// A workload compiled for a design: its regions with their schedules, and which tensors stay on the chip.
public struct CompiledWorkload: Sendable {
    public var workload: Workload
    public var design: Design
    /// What the schedules were made for; `stagingBytes` is what tiles were allowed of Global Memory.
    public var view: SchedulingView
    public var schedules: [RegionSchedule]
    public var residency: Residency
    /// How long deciding that took.
    public var residencySeconds: Double
    /// The traffic of each region, before and after residency.
    public var trafficBefore: [RegionTraffic]
    public var trafficAfter: [RegionTraffic]

    /// Cycles of one pass over the batch.
    public var cycles: Double { residency.objectiveCycles }
}

/// Compiles workloads for designs: regions, mappings, residency.
public struct Compiler: Sendable {
    private let scheduler: Scheduler
    private let solver: any ResidencySolver

    public init(scheduler: Scheduler, solver: any ResidencySolver = GreedyResidency()) {
        self.scheduler = scheduler
        self.solver = solver
    }

    /// The share of Global Memory that tiles may take when tensors are to be kept there as well; the best of these is taken.
    private static let stagingShares = [1, 4]

    /// Compiles a workload for a design, with the design's compiler options.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the workload's batch is not the design's, or an operator does not fit the datapath.
    public func compile(_ workload: Workload, for design: Design) throws -> CompiledWorkload {
        guard workload.batch == design.batch else {
            throw DiagnosticError(
                .configuration, "expected a workload at the design's batch of \(design.batch), found \(workload.batch)")
        }
        let regions = RegionFormation.regions(
            of: workload, softmax: design.compiler.softmax, fuses: design.compiler.fusion != .none)
        let datapath = design.datapath
        let keepsTensors = design.compiler.fusion == .residency && datapath.globalMemoryMiB > 0
        var best: CompiledWorkload?
        for share in keepsTensors ? Compiler.stagingShares : [1] {
            let view = SchedulingView(datapath, stagingBytes: datapath.globalMemoryBytes / share)
            let compiled = try compile(workload, regions, for: design, on: view, keepsTensors: keepsTensors)
            if best.map({ compiled.cycles < $0.cycles }) ?? true { best = compiled }
        }
        guard let best else { preconditionFailure("At least one share of Global Memory is tried.") }
        return best
    }

    private func compile(
        _ workload: Workload, _ regions: [Region], for design: Design, on view: SchedulingView, keepsTensors: Bool
    ) throws -> CompiledWorkload {
        let scheduling = RegionScheduling(
            workload: workload, view: view,
            constraints: MappingConstraints(
                dataflow: design.compiler.dataflow, padding: design.compiler.padding,
                objective: keepsTensors ? .residency : .latency),
            scheduler: scheduler)
        let schedules = try regions.map(scheduling.schedule)
        var problem = ResidencyProblem(
            schedules, of: workload, on: view, capacityBytes: design.datapath.globalMemoryBytes)
        if !keepsTensors { problem.candidates = [] }
        let clock = ContinuousClock()
        let start = clock.now
        let residency = solver.solve(problem)
        let residencySeconds = (clock.now - start) / .seconds(1)

        let before = schedules.map(RegionTraffic.init)
        var after = before
        let onChip = Set(residency.residentTensors + residency.pinnedWeights)
        for (index, schedule) in schedules.enumerated() {
            for movement in schedule.movements where onChip.contains(movement.value) { after[index].remove(movement) }
        }
        return CompiledWorkload(
            workload: workload, design: design, view: view, schedules: schedules, residency: residency,
            residencySeconds: residencySeconds, trafficBefore: before, trafficAfter: after)
    }
}
