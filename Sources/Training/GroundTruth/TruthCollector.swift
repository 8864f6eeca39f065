internal import Environments
internal import Foundation

/// Takes the rows of an enumeration in order, and makes the ground truth of them.
///
/// Keeps 8 bytes a feasible design, which quantiles need.
struct TruthCollector {
    private var objectives: [Double] = []
    private var best: (index: Int, objective: Double)?
    private var infeasible: [String: Int] = [:]
    private var probes: [GroundTruth.Probe] = []
    private var rows = 0
    private let probePositions: Set<Int>

    /// Rows that are kept to recognise another model by.
    static let probeCount = 32
    private static let shares = [
        0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1,
    ]
    private static let nearness = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
    private static let bins = 40

    /// - Parameter rowCount: how many rows there will be.
    init(rowCount: Int) {
        probePositions = Set(TruthCollector.positions(of: min(TruthCollector.probeCount, rowCount), in: rowCount))
    }

    /// Positions spread evenly over a list.
    static func positions(of count: Int, in total: Int) -> [Int] {
        (0..<count).map { (2 * $0 + 1) * total / (2 * count) }
    }

    mutating func add(_ row: EnumeratedDesign) {
        if probePositions.contains(rows) {
            probes.append(GroundTruth.Probe(index: row.index, objective: row.objective))
        }
        rows += 1
        if let objective = row.objective {
            objectives.append(objective)
            if objective > best?.objective ?? -.infinity { best = (row.index, objective) }
        } else if let reason = row.infeasibility?.reason {
            infeasible[reason.rawValue, default: 0] += 1
        }
    }

    /// The ground truth of the rows.
    ///
    /// - Parameters:
    ///   - designs: of the space, those over budget among them.
    ///   - crc: of the table.
    func truth(
        of evaluator: ProblemEvaluator, designs: Int, command: String, crc: UInt32, seconds: Double, threads: Int
    ) throws -> GroundTruth {
        let space = evaluator.problem.searchSpace
        let sorted = objectives.sorted()
        let optimum = try best.map { best in
            let decisions = space.decisions(at: best.index)
            let outcome = try evaluator.outcome(of: decisions)
            return GroundTruth.Optimum(
                index: best.index, decisions: decisions, design: try space.design(from: decisions),
                objective: best.objective, reward: outcome.reward, areaMM2: outcome.areaMM2,
                tdpWatts: outcome.tdpWatts, workloads: outcome.workloads)
        }
        return GroundTruth(
            command: command, problem: evaluator.problem.name, problemHash: GroundTruth.hash(of: evaluator.problem),
            designs: designs, overBudget: designs - rows, evaluated: rows, infeasible: infeasible,
            feasible: sorted.count, optimum: optimum, optima: sorted.count { $0 == best?.objective },
            near: best.map { best in
                TruthCollector.nearness.map { share in
                    GroundTruth.Near(
                        within: share, designs: sorted.count { $0 >= (1 - share) * best.objective })
                }
            } ?? [], quantiles: quantiles(sorted), histogram: histogram(sorted), probes: probes,
            tableCRC32C: String(format: "%08x", crc), seconds: seconds, threads: threads)
    }

    /// The least objective that the share of the designs doesn't exceed.
    private func quantiles(_ sorted: [Double]) -> [GroundTruth.Quantile] {
        guard !sorted.isEmpty else { return [] }
        return TruthCollector.shares.map { share in
            let rank = (share * Double(sorted.count)).rounded(.up)
            return GroundTruth.Quantile(share: share, objective: sorted[max(0, Int(rank) - 1)])
        }
    }

    private func histogram(_ sorted: [Double]) -> GroundTruth.Histogram {
        guard let lowest = sorted.first, let highest = sorted.last else {
            return GroundTruth.Histogram(lowest: 0, highest: 0, counts: [])
        }
        var counts = Array(repeating: 0, count: TruthCollector.bins)
        let width = log(highest / lowest)
        for objective in sorted {
            let share = width > 0 ? log(objective / lowest) / width : 0
            counts[min(counts.count - 1, Int(share * Double(counts.count)))] += 1
        }
        return GroundTruth.Histogram(lowest: lowest, highest: highest, counts: counts)
    }
}
