public import Accelerators
internal import Compilation
internal import ONNX
internal import Scheduling
public import Simulation
internal import Parallelism
internal import Workloads

/// Evaluates the networks of the zoo and of ONNX files, each built once a batch size.
///
/// A network whose file fixes the batch runs at that one, whatever the design's.
///
/// Safe to use from many threads.
public final class ZooSimulator: DesignSimulating {
    private struct Key: Hashable {
        var name: String
        var batch: Int
    }

    private let simulator: Simulator
    private let dimensions: [String: [String: Int]]
    private let workloads = Locked<[Key: PreparedWorkload]>([:])

    /// - Parameter dimensions: extents of a network's axes besides the batch's, by the network's name.
    public init(_ simulator: Simulator, dimensions: [String: [String: Int]] = [:]) {
        self.simulator = simulator
        self.dimensions = dimensions
    }

    public func totals(of datapath: Datapath) -> HardwareTotals {
        simulator.hardware.totals(of: datapath)
    }

    public func evaluate(workload name: String, on design: Design, detail: Evaluation.Detail) throws -> Evaluation {
        let (workload, design) = try load(name, onto: design)
        do {
            return try simulator.evaluate(workload, on: design, detail: detail)
        } catch let unmappable as UnmappableOperator {
            throw UnmappableWorkload(workload: name, excess: unmappable.excess, cause: unmappable)
        }
    }

    public func passEffects(workload name: String, on design: Design) throws -> [PassEffect] {
        let (workload, design) = try load(name, onto: design)
        return try simulator.passEffects(of: workload, on: design)
    }

    /// A network at a design's batch or at the one that its file fixes, and the design at that batch.
    private func load(_ name: String, onto design: Design) throws -> (PreparedWorkload, Design) {
        let workload = try workload(named: name, batch: design.batch)
        var design = design
        design.batch = workload.workload.batch
        return (workload, design)
    }

    /// Built outside the lock, so that threads don't wait for one another: of two that come at once the first one's is kept.
    private func workload(named name: String, batch: Int) throws -> PreparedWorkload {
        let key = Key(name: name, batch: batch)
        if let known = workloads.withLock({ $0[key] }) { return known }
        let workload = PreparedWorkload(
            try NetworkResolution.network(
                named: name, options: ImportOptions(defaultBatch: batch, dimensions: dimensions[name] ?? [:])
            ).workload)
        // Where the file fixes the batch every key has the same network.
        let own = Key(name: name, batch: workload.workload.batch)
        return workloads.withLock { workloads in
            let kept = workloads[own] ?? workload
            workloads[own] = kept
            workloads[key] = kept
            return kept
        }
    }
}
