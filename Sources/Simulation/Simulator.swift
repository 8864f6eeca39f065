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

    /// What a workload does on a design.
    ///
    /// - Throws: as `compile(_:for:)`.
    public func evaluate(_ workload: Workload, on design: Design) throws -> Evaluation {
        evaluation(of: try compile(workload, for: design))
    }

    /// Time and energy of a compiled workload.
    ///
    /// Energy is Σ events × energy an event, and static power × time: MACs, lane operations, bytes at L1, L2, Global Memory and DRAM.
    /// Global Memory's bytes are those that the PEs move and those that DRAM fills and drains.
    public func evaluation(of compiled: CompiledWorkload) -> Evaluation {
        let datapath = compiled.design.datapath
        let energies = hardware.energies(of: datapath)
        let totals = hardware.totals(of: datapath)
        let seconds = datapath.seconds(cycles: compiled.cycles)
        let batch = Double(compiled.design.batch)

        var joules = 0.0
        var macs = 0
        let regions = compiled.schedules.indices.map { index in
            let region = regionEvaluation(compiled, index, energies)
            joules += region.energyJoules
            macs += region.macs
            return region
        }
        return Evaluation(
            workload: compiled.workload.name, batch: compiled.design.batch, inferencesPerSecond: batch / seconds,
            latencySeconds: seconds, energyJoules: joules / batch,
            utilization: Double(macs) / (Double(datapath.macUnits) * compiled.cycles), areaMM2: totals.areaMM2,
            tdpWatts: totals.tdpWatts, regions: regions)
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
        let hasGlobalMemory = datapath.globalMemoryMiB > 0
        let globalBytes = schedule.peReadBytes + schedule.peWriteBytes + (hasGlobalMemory ? dramBytes : 0)

        var picojoules = schedule.mapped?.datapathPJ(energies) ?? 0
        picojoules += Double(schedule.region.vectorOperations) * energies.vectorOperationPJ
        picojoules += globalBytes * energies.globalMemoryPJPerByte + dramBytes * energies.dramPJPerByte

        let main = workload[schedule.region.mainOperator]
        return RegionEvaluation(
            name: schedule.region.name, kind: main.loopNest?.isDepthwise == true ? "depthwise" : main.kind.name,
            operators: schedule.region.operators.map { workload[$0].name }, seconds: seconds,
            bound: RegionEvaluation.Bound(timing.bottleneck), macs: schedule.macs,
            vectorOperations: Int(schedule.vectorOperations), dramBytes: Int(dramBytes),
            secondsBeforeResidency: datapath.seconds(cycles: timingBefore.cycles),
            dramBytesBeforeResidency: Int(before.dramReadBytes + before.dramWriteBytes),
            boundBeforeResidency: RegionEvaluation.Bound(timingBefore.bottleneck),
            globalMemoryBytes: hasGlobalMemory ? Int(globalBytes) : 0,
            energyJoules: picojoules * 1e-12 + energies.staticWatts * seconds,
            unit: schedule.mapped?.mapping.unit.name,
            utilization: Double(schedule.macs) / (Double(datapath.macUnits) * timing.cycles))
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
