public import Accelerators
internal import Diagnostics
public import Simulation
internal import Synchronization
internal import Workloads

/// Evaluates the networks of the zoo, each built once a batch size.
///
/// Safe to use from many threads.
public final class ZooSimulator: DesignSimulating {
    private struct Key: Hashable {
        var name: String
        var batch: Int
    }

    /// What an operator that fits no buffer counts as: how far off a design is isn't known.
    private static let unmappableExcess = 2.0

    private let simulator: Simulator
    private let workloads = Mutex<[Key: Workload]>([:])

    public init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    public func totals(of datapath: Datapath) -> HardwareTotals {
        simulator.hardware.totals(of: datapath)
    }

    public func evaluate(workload name: String, on design: Design) throws -> Evaluation {
        let workload = try workload(named: name, batch: design.batch)
        do {
            return try simulator.evaluate(workload, on: design)
        } catch let error as DiagnosticError where error.kind == .configuration {
            // The simulator's word for an operator that doesn't fit the datapath; the batches agree by construction.
            throw UnmappableWorkload(workload: name, excess: ZooSimulator.unmappableExcess)
        }
    }

    /// Built outside the lock, so that threads don't wait for one another: two that come at once build the same.
    private func workload(named name: String, batch: Int) throws -> Workload {
        let key = Key(name: name, batch: batch)
        if let known = workloads.withLock({ $0[key] }) { return known }
        let workload = try WorkloadZoo.workload(named: name, batch: batch)
        workloads.withLock { $0[key] = workload }
        return workload
    }
}
