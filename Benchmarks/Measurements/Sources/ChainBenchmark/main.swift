// Chains of regions: time and DRAM bytes an inference without and with them, and if no activation were moved, on 8×8 PEs of 32×32 with
// 64 KiB buffers and 448 GB/s.
//
//     Benchmarks/chains [WORKLOAD …]
//
// Then the same over 40 random designs of EfficientNet-B7's search space that have a Global Memory, whose fusion is set to tiles.
import Accelerators
import Compilation
import Environments
import Foundation
import Measuring
import Scheduling
import Workloads

func design(batch: Int, globalMemoryMiB: Int) -> Design {
    Design(
        datapath: Datapath(
            peGrid: Extent2D(x: 8, y: 8), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
            l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64),
            globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: 8)),
        batch: batch,
        compiler: CompilerOptions(fusion: .tiles, padding: .array, softmax: .online, dataflow: .best))
}

/// The network compiled without what is remembered, and the median time of three compilations.
func compile(_ workload: PreparedWorkload, for design: Design, without excluded: Set<String>) throws -> (
    compiled: CompiledWorkload, seconds: Double
) {
    let passes = CompilerPasses.list(for: design.compiler, without: excluded)
    let clock = ContinuousClock()
    var compiled = try Compiler(scheduler: Scheduler()).compile(workload, for: design, passes: passes)
    var seconds: [Double] = []
    for _ in 0..<3 {
        let start = clock.now
        compiled = try Compiler(scheduler: Scheduler()).compile(workload, for: design, passes: passes)
        seconds.append((clock.now - start) / .seconds(1))
    }
    return (compiled, seconds.sorted()[1])
}

/// Cycles if activations took no room in Global Memory.
func cyclesWithFreeActivations(_ compiled: CompiledWorkload) -> Double {
    let problem = compiled.residencyProblem
    let candidates = problem.candidates.map { candidate in
        var candidate = candidate
        if !candidate.isWeight { candidate.bytes = 0 }
        return candidate
    }
    let freed = ResidencyProblem(
        problem.schedules, on: problem.view, capacityBytes: problem.capacityBytes, candidates: candidates)
    return ResidencySearch().solve(freed).objectiveCycles
}

let names = Arguments(usage: "Benchmarks/chains [WORKLOAD …]")
    .names(from: 0, or: ["efficientnet-b0", "efficientnet-b7", "resnet-50-v2", "bert-base-1024"])
for name in names { _ = orExit { try WorkloadZoo.workload(named: name, batch: 1) } }
print(
    "| workload | Global Memory | batch | without | with | gain | free activations | DRAM | with | chains | compilation |"
)
print("|---|---|---|---|---|---|---|---|---|---|---|")
for name in names {
    for megabytes in [4, 16, 32, 64, 128] {
        for batch in [1, 8, 64] {
            let workload = PreparedWorkload(try WorkloadZoo.workload(named: name, batch: batch))
            let design = design(batch: batch, globalMemoryMiB: megabytes)
            let plain = try compile(workload, for: design, without: [ChainFusion.name])
            let chained = try compile(workload, for: design, without: [])
            func milliseconds(_ cycles: Double) -> String {
                String(format: "%.3f ms", 1e3 * design.datapath.seconds(cycles: cycles) / Double(batch))
            }
            func dram(_ compiled: CompiledWorkload) -> String {
                let bytes = compiled.trafficAfter.reduce(0) { $0 + $1.dramReadBytes + $1.dramWriteBytes }
                return String(format: "%.1f MB", bytes / 1e6 / Double(batch))
            }
            let chains = chained.compiled.chains
            let cells = [
                name, "\(megabytes) MiB", "\(batch)", milliseconds(plain.compiled.cycles),
                milliseconds(chained.compiled.cycles),
                String(format: "%.3fx", plain.compiled.cycles / chained.compiled.cycles),
                milliseconds(cyclesWithFreeActivations(plain.compiled)), dram(plain.compiled), dram(chained.compiled),
                "\(chains.count) of \(chains.reduce(0) { $0 + $1.regions.count })",
                String(format: "%.1f → %.1f ms", 1e3 * plain.seconds, 1e3 * chained.seconds),
            ]
            print("| \(cells.joined(separator: " | ")) |")
        }
    }
}

let evaluator = orExit { try ProblemEvaluator(try Problem(named: "efficientnet-b7")) }
var designs: [Design] = []
var episodeIndex = 0
while designs.count < 40 {
    var stream = RandomStream(seed: 11, episode: episodeIndex, purpose: .action)
    var episode = evaluator.episode()
    episode.completeRandomly(using: &stream)
    episodeIndex += 1
    guard var design = episode.design, design.datapath.globalMemoryMiB > 0 else { continue }
    design.compiler.fusion = .tiles
    designs.append(design)
}
print("\n| workload | designs | faster | gain, geometric mean | largest | compilation, mean |")
print("|---|---|---|---|---|---|")
for name in names {
    var gains: [Double] = []
    var (secondsWithout, seconds) = (0.0, 0.0)
    for design in designs {
        let workload = PreparedWorkload(try WorkloadZoo.workload(named: name, batch: design.batch))
        guard let plain = try? compile(workload, for: design, without: [ChainFusion.name]) else { continue }
        let chained = try compile(workload, for: design, without: [])
        gains.append(plain.compiled.cycles / chained.compiled.cycles)
        secondsWithout += plain.seconds
        seconds += chained.seconds
    }
    let count = Double(gains.count)
    let cells = [
        name, "\(gains.count)", "\(gains.count { $0 > 1.001 })",
        String(format: "%.3fx", exp(gains.reduce(0) { $0 + log($1) } / count)),
        String(format: "%.2fx", gains.max() ?? 1),
        String(format: "%.1f → %.1f ms", 1e3 * secondsWithout / count, 1e3 * seconds / count),
    ]
    print("| \(cells.joined(separator: " | ")) |")
}
