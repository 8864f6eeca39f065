public import Accelerators
internal import Scheduling
internal import Workloads

/// Runs chains of regions a tile of images or rows at a time, so that what lies between them need not be moved: `FusedChain`.
///
/// A first guess of residency without chains says what is left to gain; `ChainSearch` proposes, the mapper maps what it proposes, and residency
/// is decided around the chains that still gain. They are formed only where the result is faster than residency without them.
public struct ChainFusion: CompilerPass {
    public static let name = "chains"
    public static let summary = "runs chains of regions a tile of images or rows at a time"
    public static let isGraphPass = false

    public init?(_ options: CompilerOptions) {
        guard options.fusion == .tiles else { return nil }
    }

    /// A gain that is not worth looking for, as a part of all cycles.
    private static let leastGain = 0.005

    public func run(on compilation: inout Compilation) {
        let capacity = compilation.design.datapath.globalMemoryBytes
        // Tiles of single regions must leave room for a chain's.
        guard compilation.keepsTensors, let constraints = compilation.constraints,
            (compilation.view.stagingBytes ?? capacity) < capacity
        else { return }
        let problem = compilation.residencyProblem()
        // Whether chains gain, and with which budget, is asked of a solver that is fast and equally far from the optimum with all of them.
        let estimator = GreedyResidency()
        let plain = estimator.solve(problem)
        compilation.cyclesWithoutChains = plain.objectiveCycles
        let enough = plain.objectiveCycles * (1 - Self.leastGain)
        guard enough > leastCycles(problem, plain) else { return }
        let session = compilation.scheduler.session(on: compilation.view, under: constraints)
        let scheduling = ChainScheduling(compilation.graph, on: compilation.view, session)
        let before = compilation
        var best: (chains: [FusedChain], cycles: Double, candidates: RegionGraph.Candidates?) = ([], enough, nil)
        let search = ChainSearch(compilation.graph, problem, without: plain)
        var tried: [FusedChain] = []
        for chains in search.chains(within: Self.budgets(of: capacity)) where !chains.isEmpty && chains != tried {
            compilation.form(
                chains, before.schedules.replacing(chains) { scheduling.estimates(of: $0, from: $1) })
            let cycles = estimator.cycles(compilation.residencyProblem())
            if cycles < best.cycles { best = (chains, cycles, compilation.candidates()) }
            tried = chains
        }
        // Small tiles may keep the PEs less busy than was hoped.
        var kept: [FusedChain] = []
        let schedules = before.schedules.replacing(best.chains) { chain, _ in
            guard let schedules = scheduling.schedules(of: chain, within: capacity), search.saves(chain, schedules)
            else { return nil }
            kept.append(chain)
            return schedules
        }
        compilation.form(kept, schedules, around: kept.count == best.chains.count ? best.candidates : nil)
        var plainly = before
        guard !compilation.chains.isEmpty,
            let chained = compilation.decideResidency(below: plain.objectiveCycles),
            plainly.decideResidency(below: chained.objectiveCycles) == nil
        else {
            compilation = plainly
            return
        }
    }

    /// What a chain may take of Global Memory: the more, the larger its tiles; the less, the more tensors are kept beside it.
    private static func budgets(of capacity: Int) -> [Int] { [capacity / 4 * 3, capacity / 8 * 3] }

    /// Cycles if no activation were moved.
    private func leastCycles(_ problem: ResidencyProblem, _ residency: Residency) -> Double {
        var traffic = problem.schedules.traffic
        let kept = Set(residency.kept)
        for (position, candidate) in problem.candidates.enumerated()
        where !candidate.isWeight || kept.contains(position) {
            for use in candidate.uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
        return problem.schedules.cycles(traffic, on: problem.view)
    }
}

extension [RegionSchedule] {
    /// Other schedules for the regions of chains, where there are any.
    ///
    /// - Parameter schedules: those of a chain, from all that there are now.
    fileprivate func replacing(
        _ chains: [FusedChain], with schedules: (FusedChain, [RegionSchedule]) -> [RegionSchedule]?
    ) -> [RegionSchedule] {
        var all = self
        for chain in chains {
            if let own = schedules(chain, self) { all.replaceSubrange(chain.regions, with: own) }
        }
        return all
    }
}
