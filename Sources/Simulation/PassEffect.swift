public import Accelerators
public import Compilation
internal import Scheduling
internal import Workloads

/// What one pass of the compiler, or one of its options, is worth on a design: the workload compiled without it.
public struct PassEffect: Hashable, Sendable, Codable {
    /// As in `fast compile --without`.
    public var name: String
    public var summary: String
    /// Regions, time of one pass over the batch, DRAM bytes and energy an inference without it.
    public var regionsWithout: Int
    public var secondsWithout: Double
    public var dramBytesWithout: Int
    public var energyJoulesWithout: Double

    public init(
        name: String, summary: String, regionsWithout: Int, secondsWithout: Double, dramBytesWithout: Int,
        energyJoulesWithout: Double
    ) {
        self.name = name
        self.summary = summary
        self.regionsWithout = regionsWithout
        self.secondsWithout = secondsWithout
        self.dramBytesWithout = dramBytesWithout
        self.energyJoulesWithout = energyJoulesWithout
    }
}

extension Simulator {
    /// An ablation: the workload compiled without each pass in turn, and without padding. What the design's options don't ask
    /// for, and what changes nothing of the graph, is left out.
    ///
    /// - Parameter excluded: passes that are left out in any case.
    /// - Throws: as `compile(_:for:)`; an ablation that doesn't map is left out.
    public func passEffects(
        of workload: PreparedWorkload, on design: Design, without excluded: Set<String> = []
    ) throws -> [PassEffect] {
        let passes = CompilerPasses.list(for: design.compiler, without: excluded)
        var variants = passes.filter { !($0 is SchedulingPass) && isOfUse($0, for: workload.workload) }.map { pass in
            let type = type(of: pass)
            return (
                name: type.name, summary: type.summary, options: design.compiler, without: Set([type.name])
            )
        }
        var options = design.compiler
        if options.padding != .none {
            options.padding = .none
            variants.append(
                ("padding", "pads extents to the array: without it only divisors are laid on it", options, []))
        }
        return try variants.compactMap { variant in
            let list = CompilerPasses.list(for: variant.options, without: variant.without.union(excluded))
            let compiled: CompiledWorkload
            do {
                compiled = try compile(workload, for: design, passes: list)
            } catch is UnmappableOperator {
                return nil
            }
            let evaluation = evaluation(of: compiled)
            return PassEffect(
                name: variant.name, summary: variant.summary, regionsWithout: compiled.schedules.count,
                secondsWithout: evaluation.latencySeconds,
                dramBytesWithout: evaluation.regions.reduce(0) { $0 + $1.dramBytes },
                energyJoulesWithout: evaluation.energyJoules)
        }
    }
    /// Whether a pass could make a difference to a workload.
    private func isOfUse(_ pass: any CompilerPass, for workload: Workload) -> Bool {
        switch pass {
        case is SoftmaxPass, is AttentionFusion: workload.operators.contains { $0.kind == .softmax }
        default: true
        }
    }
}
