public import Accelerators

/// Finds the tiles of queries and keys, the sharing of the grid and the dataflows with which attention takes the fewest cycles.
///
/// Tiles of powers of two, of whole folds and of whole extents are tried, every way of sharing groups and queries along the grid's axes, and
/// every pair of dataflows.
public struct AttentionMapper: Sendable {
    public init() {}

    /// The best mapping; nil where not even the smallest tiles fit.
    ///
    /// - Parameter objective: `.residency` makes the sum of the cycles from DRAM and of those on the chip small, else the former.
    public func bestMapping(
        of nest: AttentionNest, on view: SchedulingView, dataflow: CompilerOptions.DataflowChoice,
        objective: MappingConstraints.Objective
    ) -> MappedAttention? {
        let analysis = AttentionAnalysis(nest, on: view)
        var best: (mapping: AttentionMapping, cycles: Double, score: Double, keyPasses: Double)?
        for (groupPEs, queryPEs) in sharings(of: nest, on: view.peGrid) {
            let share = divideRoundingUp(nest.queries, queryPEs)
            for queryTile in tiles(of: share, view.array) {
                for keyTile in tiles(of: nest.keys, view.array) {
                    for stagesKeys in view.stagingBytes == nil ? [false] : [true, false] {
                        var mapping = AttentionMapping(
                            queryTile: queryTile, keyTile: keyTile, groupPEs: groupPEs, queryPEs: queryPEs,
                            scoresDataflow: .weightStationary, contextDataflow: .weightStationary,
                            stagesKeys: stagesKeys)
                        guard analysis.fits(mapping) else { continue }
                        var cost = analysis.costWithoutArray(of: mapping)
                        for (scores, context, cycles) in dataflows(dataflow.dataflows, analysis, mapping) {
                            cost.arrayCycles = cycles
                            cost.fillAndDrainCycles = analysis.fillAndDrainCycles(scores, context)
                            let cycles = analysis.cycles(of: cost)
                            let score = objective == .residency ? cycles.all + cycles.onChip : cycles.all
                            if best.map({ (score, cost.keyPasses) < ($0.score, $0.keyPasses) }) ?? true {
                                (mapping.scoresDataflow, mapping.contextDataflow) = (scores, context)
                                best = (mapping, cycles.all, score, cost.keyPasses)
                            }
                        }
                        // Keys that DRAM delivers once are no worse than keys that it delivers again.
                        break
                    }
                }
            }
        }
        return best.map {
            MappedAttention(
                nest: nest, mapping: $0.mapping, cost: analysis.cost(of: $0.mapping), cycles: $0.cycles)
        }
    }

    /// Every pair of dataflows of the two products, with the array's cycles.
    private func dataflows(_ choices: [Dataflow], _ analysis: AttentionAnalysis, _ mapping: AttentionMapping) -> [(
        scores: Dataflow, context: Dataflow, cycles: Double
    )] {
        let scores = choices.map { ($0, analysis.scoresCycles(mapping, $0)) }
        let context = choices.map { ($0, analysis.contextCycles(mapping, $0)) }
        return scores.flatMap { first in context.map { (first.0, $0.0, first.1 + $0.1) } }
    }

    /// PEs that share groups, and queries: each axis of the grid shares one of them.
    private func sharings(of nest: AttentionNest, on grid: Extent2D) -> [(groups: Int, queries: Int)] {
        var sharings: [(groups: Int, queries: Int)] = []
        for (groups, queries) in [
            (grid.x, grid.y), (grid.y, grid.x), (grid.x * grid.y, 1), (1, grid.x * grid.y), (1, 1),
        ] {
            let sharing = (groups: min(groups, nest.groups), queries: min(queries, nest.queries))
            if !sharings.contains(where: { $0 == sharing }) { sharings.append(sharing) }
        }
        return sharings
    }

    private func tiles(of extent: Int, _ array: SystolicArray) -> [Int] {
        var tiles: Set<Int> = [extent]
        var tile = 1
        while tile < extent {
            tiles.insert(tile)
            tile *= 2
        }
        for size in [array.rows, array.columns] where size < extent { tiles.insert(size) }
        return tiles.sorted(by: >)
    }
}
