// Speed and optimality of the mapper over random feasible designs, every operator mapped afresh on one core.
//
//     Benchmarks/mapper [DESIGNS] [SEED] [WORKLOAD …]
import Accelerators
import Environments
import Foundation
import Scheduling
import Workloads

func percentile(_ sorted: [Double], _ part: Double) -> Double { sorted[Int(Double(sorted.count - 1) * part)] }

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

let arguments = CommandLine.arguments.dropFirst()
let designCount = arguments.first.flatMap { Int($0) } ?? 100
let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 11
let names = arguments.count > 2 ? Array(arguments.dropFirst(2)) : WorkloadZoo.names
let isVerbose = ProcessInfo.processInfo.environment["VERBOSE"] != nil

let evaluator = try ProblemEvaluator(try Problem(named: "efficientnet-b7"))
let designs = (0..<designCount).compactMap { index in
    var stream = RandomStream(seed: seed, episode: index, purpose: .action)
    var episode = evaluator.episode()
    episode.completeRandomly(using: &stream)
    return episode.design
}

for objective in [MappingConstraints.Objective.latency, .residency] {
    print("objective \(objective.rawValue), \(designs.count) random feasible designs, seed \(seed)")
    print(padded("workload", 18), "operators  distinct  proven  unmapped  µs/operator median 90% max   ms/design median 90% max")
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
                if isVerbose, !mapped.provenOptimal {
                    print("  ", nest, "\n  ", view, "\n  ", constraints, "\n  ", mapped.mapping, mapped.cycles / mapped.lowerBoundCycles,
                        mapped.mappingsCosted, "costed", took * 1e6, "µs")
                }
            }
            designSeconds.append(seconds)
        }
        operatorSeconds.sort()
        designSeconds.sort()
        let cells: [String] = [
            "\(operators)", "\(distinct)", String(format: "%.1f%%", 100 * Double(proven) / Double(max(1, operators - unmapped))),
            String(format: "%.1f%%", 100 * Double(unmapped) / Double(operators)),
            [0.5, 0.9, 1].map { String(format: "%.1f", percentile(operatorSeconds, $0) * 1e6) }.joined(separator: " "),
            [0.5, 0.9, 1].map { String(format: "%.2f", percentile(designSeconds, $0) * 1e3) }.joined(separator: " "),
        ]
        print(padded(name, 18), zip(cells, [10, 9, 7, 9, 29, 20]).map { padded($0, $1) }.joined(separator: " "))
    }
}
