public import Accelerators
public import Compilation
public import Scheduling
public import Workloads

/// Evaluates workloads on designs: compiles them, and adds up time and energy.
///
///     let simulator = Simulator(hardware: HardwareModel(technology: technology))
///     let evaluation = try simulator.evaluate(workload, on: design)
///     print(evaluation.inferencesPerSecond, evaluation.perfPerTdp)
///
/// Safe to use from several threads. Mappings are remembered from one design to the next; no result depends on what is remembered.
public final class Simulator: Sendable {
    public let hardware: HardwareModel
    private let compiler: Compiler

    /// - Parameter scheduler: finds and remembers mappings; one that remembers nothing gives the same results.
    public init(hardware: HardwareModel, scheduler: Scheduler = Scheduler()) {
        self.hardware = hardware
        compiler = Compiler(scheduler: scheduler)
    }

    /// A workload compiled for a design.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the batches differ; `UnmappableOperator` where an operator does not fit
    ///   the datapath.
    public func compile(_ workload: Workload, for design: Design) throws -> CompiledWorkload {
        try compiler.compile(workload, for: design)
    }

    /// The same for a workload that is compiled for many designs, or with other passes than the design's options ask for.
    public func compile(
        _ workload: PreparedWorkload, for design: Design, passes: [any CompilerPass]? = nil
    ) throws -> CompiledWorkload {
        try compiler.compile(workload, for: design, passes: passes)
    }

    /// What a workload does on a design.
    ///
    /// - Throws: as `compile(_:for:)`.
    public func evaluate(_ workload: Workload, on design: Design) throws -> Evaluation {
        try evaluate(PreparedWorkload(workload), on: design)
    }

    /// The same for a workload that is evaluated on many designs.
    ///
    /// - Parameter detail: how much of the evaluation to fill in.
    public func evaluate(
        _ workload: PreparedWorkload, on design: Design, detail: Evaluation.Detail = .regions
    ) throws -> Evaluation {
        evaluation(of: try compiler.compile(workload, for: design), detail: detail)
    }

    /// Time and energy of a compiled workload.
    ///
    /// Energy is Σ events × energy an event, and static power × time: MACs, lane operations, bytes at L1, L2, Global Memory and DRAM.
    /// Global Memory's bytes are those that the PEs move and those that DRAM fills and drains.
    public func evaluation(of compiled: CompiledWorkload, detail: Evaluation.Detail = .regions) -> Evaluation {
        let datapath = compiled.design.datapath
        let energies = hardware.energies(of: datapath)
        let totals = hardware.totals(of: datapath)
        let seconds = datapath.seconds(cycles: compiled.cycles)
        let batch = Double(compiled.design.batch)

        var joules = 0.0
        var macs = 0
        // By pointer: a copy of a schedule counts its references.
        compiled.schedules.withUnsafeBufferPointer { schedules in
            for (region, traffic) in compiled.trafficAfter.enumerated() {
                let seconds = datapath.seconds(cycles: schedules[region].timing(traffic, on: compiled.view).cycles)
                joules += energyJoules(schedules[region], traffic, seconds: seconds, on: datapath, energies)
                macs += schedules[region].macs
            }
        }
        let regions =
            detail == .regions ? compiled.schedules.indices.map { regionEvaluation(compiled, $0, energies) } : []
        return Evaluation(
            workload: compiled.workload.name, batch: compiled.design.batch, inferencesPerSecond: batch / seconds,
            latencySeconds: seconds, energyJoules: joules / batch,
            utilization: Double(macs) / (Double(datapath.macUnits) * compiled.cycles), areaMM2: totals.areaMM2,
            tdpWatts: totals.tdpWatts, regions: regions)
    }

    private func kind(of schedule: RegionSchedule, _ main: Operator) -> String {
        if schedule.attention != nil { return "attention" }
        return main.loopNest?.isDepthwise == true ? "depthwise" : main.kind.name
    }

    /// Bytes between the PEs and what is above them, and where that is Global Memory those that DRAM fills and drains.
    private func globalMemoryBytes(_ schedule: RegionSchedule, _ traffic: RegionTraffic, on datapath: Datapath)
        -> Double
    {
        schedule.peReadBytes + schedule.peWriteBytes
            + (datapath.globalMemoryMiB > 0 ? traffic.dramReadBytes + traffic.dramWriteBytes : 0)
    }

    private func energyJoules(
        _ schedule: RegionSchedule, _ traffic: RegionTraffic, seconds: Double, on datapath: Datapath,
        _ energies: AccessEnergy
    ) -> Double {
        var picojoules = schedule.attention?.datapathPJ(energies) ?? 0
        for tile in schedule.tiles { picojoules += Double(tile.count) * tile.mapped.datapathPJ(energies) }
        picojoules += Double(schedule.region.vectorOperations) * energies.vectorOperationPJ
        picojoules += globalMemoryBytes(schedule, traffic, on: datapath) * energies.globalMemoryPJPerByte
        picojoules += (traffic.dramReadBytes + traffic.dramWriteBytes) * energies.dramPJPerByte
        return picojoules * 1e-12 + energies.staticWatts * seconds
    }

    private func regionEvaluation(_ compiled: CompiledWorkload, _ index: Int, _ energies: AccessEnergy)
        -> RegionEvaluation
    {
        let schedule = compiled.schedules[index]
        let workload = compiled.workload
        let datapath = compiled.design.datapath
        let traffic = compiled.trafficAfter[index]
        let before = compiled.trafficBefore[index]
        let timing = schedule.timing(traffic, on: compiled.view)
        let timingBefore = schedule.timing(before, on: compiled.view)
        let seconds = datapath.seconds(cycles: timing.cycles)
        let dramBytes = traffic.dramReadBytes + traffic.dramWriteBytes
        let main = workload[schedule.region.mainOperator]
        return RegionEvaluation(
            name: schedule.region.name, kind: kind(of: schedule, main),
            operators: schedule.region.operators.map { workload[$0].name }, seconds: seconds,
            bound: RegionEvaluation.Bound(timing.bottleneck), macs: schedule.macs,
            vectorOperations: Int(schedule.vectorOperations), dramBytes: Int(dramBytes),
            secondsBeforeResidency: datapath.seconds(cycles: timingBefore.cycles),
            dramBytesBeforeResidency: Int(before.dramReadBytes + before.dramWriteBytes),
            boundBeforeResidency: RegionEvaluation.Bound(timingBefore.bottleneck),
            occupiedBytes: compiled.residency.occupiedBytes[index],
            globalMemoryBytes: datapath.globalMemoryMiB > 0
                ? Int(globalMemoryBytes(schedule, traffic, on: datapath)) : 0,
            energyJoules: energyJoules(schedule, traffic, seconds: seconds, on: datapath, energies),
            unit: schedule.mapped?.mapping.unit.name ?? schedule.attention?.mapping.unitName,
            utilization: Double(schedule.macs) / (Double(datapath.macUnits) * timing.cycles),
            chainTile: schedule.chainTile)
    }
}

extension RegionEvaluation.Bound {
    fileprivate init(_ bottleneck: Bottleneck) {
        self =
            switch bottleneck {
            case .compute: .compute
            case .dram: .dram
            case .globalMemory: .globalMemory
            case .vector: .vector
            }
    }
}
