// Speed and optimality of the mapper over random feasible designs, every operator mapped afresh on one core.
//
//     Benchmarks/mapper [DESIGNS] [SEED] [WORKLOAD …]
import Accelerators
import Environments
import Foundation
import Measuring
import Scheduling
import Workloads

let arguments = Arguments(usage: "Benchmarks/mapper [DESIGNS] [SEED] [WORKLOAD …]")
let designCount = arguments.number(0, "DESIGNS", or: 100)
let seed = arguments.number(1, "SEED", or: UInt64(11), least: 0)
let names = arguments.names(from: 2, or: WorkloadZoo.names)
for name in names { _ = orExit { try WorkloadZoo.workload(named: name, batch: 1) } }
let isVerbose = ProcessInfo.processInfo.environment["VERBOSE"] != nil

let evaluator = orExit { try ProblemEvaluator(try Problem(named: "efficientnet-b7")) }
let designs = (0..<designCount).compactMap { index in
    var stream = RandomStream(seed: seed, episode: index, purpose: .action)
    var episode = evaluator.episode()
    episode.completeRandomly(using: &stream)
    return episode.design
}

for objective in [MappingConstraints.Objective.latency, .residency] {
    print("objective \(objective.rawValue), \(designs.count) random feasible designs, seed \(seed)")
    print(
        padded("workload", 18),
        "operators  distinct  proven  unmapped  µs/operator median 90% max   ms/design median 90% max")
    for name in names {
        var operatorSeconds: [Double] = []
        var designSeconds: [Double] = []
        var (operators, distinct, proven, unmapped) = (0, 0, 0, 0)
        for design in designs {
            let workload = try WorkloadZoo.workload(named: name, batch: design.batch)
            let nests = workload.operators.compactMap(\.loopNest)
            var counts: [LoopNest: Int] = [:]
            for nest in nests { counts[nest, default: 0] += 1 }
            let view = SchedulingView(design.datapath)
            let constraints = MappingConstraints(
                dataflow: design.compiler.dataflow, padding: design.compiler.padding, objective: objective)
            let mapper = BranchAndBoundMapper()
            var seconds = 0.0
            var done: Set<LoopNest> = []
            for nest in nests where done.insert(nest).inserted {
                let clock = ContinuousClock()
                let start = clock.now
                let mapped = try? mapper.bestMapping(of: nest, on: view, under: constraints)
                let took = (clock.now - start) / .seconds(1)
                operatorSeconds.append(took)
                seconds += took
                let count = counts[nest] ?? 0
                operators += count
                distinct += 1
                guard let mapped else {
                    unmapped += count
                    continue
                }
                if mapped.provenOptimal { proven += count }
                if isVerbose, !mapped.provenOptimal || took > 2e-3 {
                    let extents = Dimension.allCases.map { "\($0.letter)\(nest[$0])" }.joined(separator: " ")
                    let levels =
                        "PEs \(view.peGrid.x)x\(view.peGrid.y) array \(view.array.rows)x\(view.array.columns) "
                        + "L1 \(view.l1.inputBytes >> 10) \(view.l1.weightBytes >> 10) \(view.l1.outputBytes >> 10) "
                        + "L2 \(view.l2.map { "\($0.inputBytes >> 10) \($0.weightBytes >> 10) \($0.outputBytes >> 10)" } ?? "-") "
                        + "GM \(view.stagingBytes.map { "\($0 >> 20)" } ?? "-")"
                    print(
                        "  \(extents) | \(levels) | \(mapped.mapping.unit.name)",
                        String(
                            format: "%.3f of the bound, %d costed, %.0f µs", mapped.cycles / mapped.lowerBoundCycles,
                            mapped.mappingsCosted, took * 1e6),
                        String(
                            format: "array %.3g vector %.3g L2 %.3g GM %.3g DRAM %.3g start %.3g bound %.4g",
                            mapped.cost.arrayCycles, mapped.cost.vectorCycles, mapped.cost.l2Cycles,
                            mapped.cost.globalMemoryCycles(on: view), mapped.cost.dram.total / view.dramBytesPerCycle,
                            mapped.cost.startCycles(on: view), mapped.lowerBoundCycles))
                }
            }
            designSeconds.append(seconds)
        }
        operatorSeconds.sort()
        designSeconds.sort()
        let cells: [String] = [
            "\(operators)", "\(distinct)",
            String(format: "%.1f%%", 100 * Double(proven) / Double(max(1, operators - unmapped))),
            String(format: "%.1f%%", 100 * Double(unmapped) / Double(operators)),
            [0.5, 0.9, 1].map { String(format: "%.1f", percentile(operatorSeconds, $0) * 1e6) }.joined(separator: " "),
            [0.5, 0.9, 1].map { String(format: "%.2f", percentile(designSeconds, $0) * 1e3) }.joined(separator: " "),
        ]
        print(padded(name, 18), zip(cells, [10, 9, 7, 9, 29, 20]).map { padded($0, $1) }.joined(separator: " "))
    }
}
