public import Accelerators
internal import Diagnostics
public import Economics
internal import Foundation
internal import ONNX
internal import Scheduling
public import Simulation
public import Workloads

/// Scores designs on a problem: the one path from decisions to an outcome, for every agent and environment.
///
///     let evaluator = try ProblemEvaluator(problem, simulator: simulator, baseline: tpu)
///     let outcome = try evaluator.outcome(of: decisions)      // feasible: outcome.objective, else outcome.infeasibility
///
/// An outcome depends on nothing but the decisions, so evaluations may run on any number of threads, in any order. The objective
/// is Πᵢ rᵢ^(wᵢ/Σw) over the workloads, rᵢ = the objective's value on the design over that on the baseline, each at its own
/// batch, unless the workload's file fixes it; rewards follow `RewardRule`.
public struct ProblemEvaluator: Sendable {
    /// The problem, without a batch to search for where all of its workloads' files fix theirs.
    public let problem: Problem
    public let baseline: Design
    public let baselineTotals: HardwareTotals
    /// What the baseline does on each workload, in the problem's order.
    public let baselineEvaluations: [Evaluation]
    /// The search space with its budget as numbers.
    public let budgetedSpace: BudgetedSpace
    /// Each workload at batch 1, or at the one that its file fixes, as numbers that an agent reads, in the problem's order.
    public let workloadFeatures: [WorkloadFeatures]
    /// What chips cost; nil where the objective doesn't ask.
    public let costs: CostModel?
    let simulator: any DesignSimulating
    private let totalWeight: Double

    /// Evaluates the baseline, and prepares the rest.
    ///
    /// - Parameter costs: what chips cost, for an objective that asks. A die must then be no larger than the reticle, whatever
    ///   the area budget.
    /// - Throws: `DiagnosticError` (`configuration`) where no design of the space meets the budget, where the baseline cannot
    ///   run a workload, or where the objective asks for costs that there aren't; whatever the simulator throws.
    public init(
        _ problem: Problem, simulator: any DesignSimulating, baseline: Design, costs: CostModel? = nil
    ) throws {
        let costs = try ProblemEvaluator.costs(costs, for: problem)
        let networks = try problem.networks()
        let problem = try problem.settlingBatch(of: networks)
        self.problem = problem
        self.costs = costs
        self.simulator = simulator
        self.baseline = baseline
        let totals = simulator.totals(of: baseline.datapath)
        baselineTotals = totals
        budgetedSpace = try BudgetedSpace(
            space: problem.searchSpace,
            budget: Budget(
                areaMM2: min(
                    problem.constraints.areaMM2.resolved(baseline: totals.areaMM2), costs?.largestDieMM2 ?? .infinity),
                tdpWatts: problem.constraints.tdpWatts.resolved(baseline: totals.tdpWatts)),
            simulator: simulator)
        totalWeight = problem.workloads.reduce(0) { $0 + $1.weight }
        workloadFeatures = networks.map { WorkloadFeatures(of: $0.workload) }
        baselineEvaluations = try problem.workloads.map { workload in
            let evaluation: Evaluation
            do {
                evaluation = try simulator.evaluate(workload: workload.name, on: baseline)
            } catch let unmappable as UnmappableWorkload {
                let cause = unmappable.cause.map { ": " + $0.diagnostic.message } ?? ""
                throw DiagnosticError(
                    .configuration, "the baseline '\(problem.baseline)' cannot run '\(workload.name)'\(cause)",
                    at: SourceLocation(field: "baseline"), remedy: "choose another baseline")
            }
            let value = try problem.objective.value(of: evaluation, dram: baseline.datapath.dram, costs: costs)
            guard value.isFinite, value > 0 else {
                throw DiagnosticError(
                    .configuration,
                    "expected the baseline '\(problem.baseline)' to reach a positive \(problem.objective.rawValue) on "
                        + "'\(workload.name)', found \(value)", at: SourceLocation(field: "baseline"))
            }
            return evaluation
        }
    }

    /// The costs that the problem's objective asks for.
    private static func costs(_ costs: CostModel?, for problem: Problem) throws -> CostModel? {
        guard problem.objective.needsCosts else { return nil }
        guard let costs else {
            throw DiagnosticError(
                .configuration, "the objective '\(problem.objective.rawValue)' asks for costs, found none",
                at: SourceLocation(field: "economics"), remedy: "name an economics file")
        }
        // Every design of a search space has this memory.
        try costs.requireCosts(
            of: ChipProfile(areaMM2: 0, tdpWatts: 0, dram: .gddr6(channels: 1)), named: "searchSpace")
        return costs
    }

    /// The total cost of ownership of a chip over its years of service, USD; nil where the objective doesn't ask for costs.
    public func ownershipUSD(of design: Design) -> Double? {
        guard let costs else { return nil }
        let totals = simulator.totals(of: design.datapath)
        let chip = ChipProfile(areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts, dram: design.datapath.dram)
        return costs.ownership(of: chip).totalUSD
    }

    /// The budget that designs must meet.
    public var budget: Budget { budgetedSpace.budget }

    /// A new episode: nothing is decided.
    public func episode() -> DesignEpisode { DesignEpisode(in: budgetedSpace) }

    /// The baseline scored as any design is, except that constraints don't apply to it: exactly 1.0 unless the simulator
    /// drifts.
    public func baselineOutcome() throws -> Outcome {
        try score(baseline, totals: simulator.totals(of: baseline.datapath), latencyLimit: nil)
    }

    /// What comes of a row of decisions.
    ///
    /// - Throws: `DiagnosticError` where the decisions aren't of the problem's space, or the simulator reports what cannot be.
    public func outcome(of decisions: [Int?]) throws -> Outcome {
        try outcome(of: problem.searchSpace.design(from: decisions))
    }

    /// What comes of a design, which need not lie in the space. Area and TDP are checked first; a design that breaks one of
    /// them isn't simulated.
    public func outcome(of design: Design) throws -> Outcome {
        let totals = simulator.totals(of: design.datapath)
        guard totals.meets(budget) else {
            let area = totals.areaMM2 / budget.areaMM2
            let tdp = totals.tdpWatts / budget.tdpWatts
            let broken = Infeasibility(reason: area >= tdp ? .area : .tdp, excess: max(area, tdp))
            return outcome(broken, totals: totals, workloads: [])
        }
        return try score(design, totals: totals, latencyLimit: problem.constraints.latencySeconds)
    }

    private func score(_ design: Design, totals: HardwareTotals, latencyLimit: Double?) throws -> Outcome {
        var metrics: [WorkloadMetrics] = []
        var logRatio = 0.0
        for (workload, reference) in zip(problem.workloads, baselineEvaluations) {
            let evaluation: Evaluation
            do {
                evaluation = try simulator.evaluate(workload: workload.name, on: design, detail: .totals)
            } catch let unmappable as UnmappableWorkload {
                return outcome(
                    Infeasibility(reason: .notMappable, excess: unmappable.excess), totals: totals, workloads: [])
            }
            try ProblemEvaluator.check(evaluation)
            let workloadLogRatio = ProblemEvaluator.logRatio(
                try problem.objective.value(of: evaluation, dram: design.datapath.dram, costs: costs),
                to: try problem.objective.value(of: reference, dram: baseline.datapath.dram, costs: costs))
            logRatio += workload.weight * workloadLogRatio
            metrics.append(
                WorkloadMetrics(
                    workload: workload.name, inferencesPerSecond: evaluation.inferencesPerSecond,
                    latencySeconds: evaluation.latencySeconds, energyJoules: evaluation.energyJoules,
                    utilization: evaluation.utilization, objectiveRatio: exp(workloadLogRatio)))
        }
        if let latencyLimit, let slowest = metrics.map(\.latencySeconds).max(), slowest > latencyLimit {
            return outcome(
                Infeasibility(reason: .latency, excess: slowest / latencyLimit), totals: totals,
                workloads: metrics)
        }
        logRatio /= totalWeight
        return Outcome(
            objective: exp(logRatio), reward: RewardRule.reward(logRatio: logRatio), infeasibility: nil,
            areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts, workloads: metrics)
    }

    private func outcome(
        _ infeasibility: Infeasibility, totals: HardwareTotals, workloads: [WorkloadMetrics]
    ) -> Outcome {
        Outcome(
            objective: nil, reward: RewardRule.reward(of: infeasibility), infeasibility: infeasibility,
            areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts, workloads: workloads)
    }

    /// log(value / reference), 0 where they are equal, held where its exponential is finite and above 0.
    private static func logRatio(_ value: Double, to reference: Double) -> Double {
        let least = Double.leastNormalMagnitude
        let logRatio = log(min(max(value, least), .greatestFiniteMagnitude)) - log(reference)
        return min(max(logRatio, -700), 700)
    }

    /// Refuses an evaluation that cannot be: one such number would poison everything that is learned from it.
    private static func check(_ evaluation: Evaluation) throws {
        let positive = [
            ("inferencesPerSecond", evaluation.inferencesPerSecond), ("latencySeconds", evaluation.latencySeconds),
            ("energyJoules", evaluation.energyJoules), ("tdpWatts", evaluation.tdpWatts),
        ]
        for (name, value) in positive where !(value.isFinite && value > 0) {
            throw DiagnosticError(
                .badData, "expected a positive finite \(name) from the simulator, found \(value)",
                at: SourceLocation(field: evaluation.workload),
                remedy: "report the design: this is a fault of the simulator")
        }
    }
}
