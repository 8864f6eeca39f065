public import Accelerators
public import Scheduling
public import Simulation

/// What an environment needs to know about designs.
///
/// With L1's and L2's configurations held fixed, area and TDP must never fall when a number of the datapath grows; nor may they
/// when an L2 is added. Masks rest on it.
public protocol DesignSimulating: Sendable {
    /// Area and TDP, without simulating anything: called once a choice and step, so it should take about a microsecond and
    /// allocate nothing.
    func totals(of datapath: Datapath) -> HardwareTotals

    /// What a workload does on a design, at the design's batch. Called from many threads at a time; the result may depend on
    /// nothing but the arguments.
    ///
    /// - Parameter detail: how much of the evaluation has to be filled in.
    /// - Throws: `UnmappableWorkload` where the workload cannot run on the design; anything else ends the search.
    func evaluate(workload name: String, on design: Design, detail: Evaluation.Detail) throws -> Evaluation

    /// What each of the compiler's passes is worth for a workload on a design, for reports.
    func passEffects(workload name: String, on design: Design) throws -> [PassEffect]
}

extension DesignSimulating {
    /// Nothing is known of the compiler's passes.
    public func passEffects(workload name: String, on design: Design) throws -> [PassEffect] { [] }

    /// What a workload does on a design, region by region.
    public func evaluate(workload name: String, on design: Design) throws -> Evaluation {
        try evaluate(workload: name, on: design, detail: .regions)
    }
}

/// Says that a workload cannot run on a design, as a simulator finds out.
public struct UnmappableWorkload: Error, Hashable, Sendable {
    public var workload: String
    /// What the workload needs over what the design has; at least 1.
    public var excess: Double
    /// The operator at fault, and what it needs; nil where a simulator doesn't say.
    public var cause: UnmappableOperator?

    public init(workload: String, excess: Double, cause: UnmappableOperator? = nil) {
        self.workload = workload
        self.excess = excess
        self.cause = cause
    }
}
