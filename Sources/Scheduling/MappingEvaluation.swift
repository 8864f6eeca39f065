internal import Accelerators
public import Workloads

/// What a mapping of an operator costs, resource by resource.
///
///     let evaluation = MappingEvaluation(of: mapping, nest: nest, on: view)
///     print(evaluation.cycles, evaluation.bound, evaluation.utilization)
public struct MappingEvaluation: Sendable {
    /// What works at the same time as the others, and may be what an operator waits for.
    public enum Resource: String, CaseIterable, Hashable, Sendable {
        case array
        case vector
        /// The ports of the busiest PE's L2.
        case l2
        /// Global Memory's ports.
        case globalMemory
        case dram
    }

    public let nest: LoopNest
    public let mapping: Mapping
    public let cost: MappingCost
    public let view: SchedulingView

    /// What a mapper found.
    public init(of mapped: MappedOperator, on view: SchedulingView) {
        nest = mapped.nest
        mapping = mapped.mapping
        cost = mapped.cost
        self.view = view
    }

    /// What a mapping costs.
    ///
    /// - Precondition: the mapping is valid: see `Mapping.validate(for:on:)`.
    public init(of mapping: Mapping, nest: LoopNest, on view: SchedulingView) {
        self.nest = nest
        self.mapping = mapping
        self.view = view
        cost = NestAnalysis(nest, on: view).cost(of: mapping)
    }

    /// Cycles that a resource is busy.
    public func cycles(of resource: Resource) -> Double {
        switch resource {
        case .array: cost.arrayCycles
        case .vector: cost.vectorCycles
        case .l2: cost.l2Cycles
        case .globalMemory: cost.globalMemoryCycles(on: view)
        case .dram: cost.dram.total / view.dramBytesPerCycle
        }
    }

    /// The busiest resource; of equals the first.
    public var bound: Resource {
        Resource.allCases.reduce(.array) { cycles(of: $1) > cycles(of: $0) ? $1 : $0 }
    }

    /// Cycles that nothing overlaps: first operands in, array filled and drained, last results out.
    public var startCycles: Double { cost.startCycles(on: view) }

    /// Cycles of the busiest resource, and those that nothing overlaps.
    public var cycles: Double { cycles(of: bound) + startCycles }

    /// Multiply–accumulates done over those that all cells of all arrays could have done in the time.
    public var utilization: Double {
        let cells = Double(view.peGrid.x * view.peGrid.y) * Double(view.array.rows * view.array.columns)
        return Double(nest.macs) / (cells * cycles)
    }

    /// PEs of the chip that never have work.
    public var idlePEs: Int { view.peGrid.x * view.peGrid.y - cost.activePEs }

    /// The operator as the mapper would return it with this mapping.
    ///
    /// - Parameter lowerBoundCycles: what no mapping beats, from the mapper.
    public func mapped(lowerBoundCycles: Double) -> MappedOperator {
        MappedOperator(
            nest: nest, mapping: mapping, cost: cost, cycles: cycles, lowerBoundCycles: lowerBoundCycles,
            idealCycles: 0, provenOptimal: cycles <= lowerBoundCycles * (1 + 1e-12), mappingsCosted: 1)
    }
}
