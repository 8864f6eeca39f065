internal import CFastHeader
internal import Environments

/// Where the caller wants what came of designs: `count` structures one after the other, each as long as the first one's `struct_size` says.
struct OutcomeBuffer {
    private let start: UnsafeMutableRawPointer
    private let stride: Int
    private let metrics: UnsafeMutablePointer<fast_workload_metrics>?
    private let metricCount: Int

    /// - Throws: `InterfaceError.badArgument`.
    init(
        _ outcomes: UnsafeMutablePointer<fast_outcome>?, metrics: UnsafeMutablePointer<fast_workload_metrics>?,
        metricCount: Int, workloads: Int
    ) throws {
        let outcomes = try outcomes.required("outcomes")
        try requireLayout(outcomes.pointee.struct_size, atLeast: MemoryLayout<fast_outcome>.size, "fast_outcome")
        stride = Int(outcomes.pointee.struct_size)
        guard stride.isMultiple(of: MemoryLayout<fast_outcome>.alignment) else {
            throw InterfaceError.badArgument("expected fast_outcome.struct_size to be a multiple of 8, found \(stride)")
        }
        if metrics != nil { try requireCount(metricCount, workloads, "metric_count") }
        start = UnsafeMutableRawPointer(outcomes)
        self.metrics = metrics
        self.metricCount = metricCount
    }

    func write(_ outcome: Outcome, at index: Int = 0) {
        let target = (start + index * stride).assumingMemoryBound(to: fast_outcome.self)
        target.pointee = fast_outcome(
            struct_size: UInt32(stride), feasible: outcome.isFeasible ? 1 : 0, reason: outcome.infeasibility.code,
            workload_count: UInt16(clamping: outcome.workloads.count), objective: outcome.objective ?? .nan,
            reward: outcome.reward, excess: outcome.infeasibility?.excess ?? 0, area_mm2: outcome.areaMM2,
            tdp_watts: outcome.tdpWatts)
        guard let metrics else { return }
        let row = metrics + index * metricCount
        for position in 0..<metricCount {
            row[position] =
                position < outcome.workloads.count
                ? fast_workload_metrics(outcome.workloads[position]) : fast_workload_metrics()
        }
    }
}

extension Infeasibility? {
    /// As `fast_outcome.reason` counts.
    fileprivate var code: UInt8 {
        switch self?.reason {
        case nil: 0
        case .area: 1
        case .tdp: 2
        case .latency: 3
        case .notMappable: 4
        }
    }
}

extension fast_workload_metrics {
    fileprivate init(_ metrics: WorkloadMetrics) {
        self.init(
            inferences_per_second: metrics.inferencesPerSecond, latency_seconds: metrics.latencySeconds,
            energy_joules: metrics.energyJoules, utilization: metrics.utilization,
            objective_ratio: metrics.objectiveRatio)
    }
}

// MARK: - Decisions

/// What stands for no decision in a row of the caller's.
private let noDecision: Int64 = -1

extension ProblemEvaluator {
    /// Decisions out of the caller's row: those of parameters that don't apply are dropped.
    ///
    /// - Throws: `DiagnosticError` naming the parameter, where a decision isn't one of its choices.
    func decisions(_ row: UnsafePointer<Int64>) throws -> [Int?] {
        let space = problem.searchSpace
        let decisions = space.decisions(fromChoices: space.parameters.indices.map { Int(row[$0]) })
        _ = try space.design(from: decisions)
        return decisions
    }
}

func write(_ decisions: [Int?], to row: UnsafeMutablePointer<Int64>) {
    for (position, decision) in decisions.enumerated() { row[position] = decision.map(Int64.init) ?? noDecision }
}
