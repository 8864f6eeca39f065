// Residency: our solver against the MILP solver on random feasible designs that have a Global Memory, on one core.
//
//     Benchmarks/residency [DESIGNS] [SEED] [MILP SECONDS] [WORKLOAD …]
//
// With 0 seconds the MILP solver is left out.
import Accelerators
import Compilation
import Environments
import Foundation
import Measuring
import Scheduling
import Workloads

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start) / .seconds(1)
}

let arguments = Arguments(usage: "Benchmarks/residency [DESIGNS] [SEED] [MILP SECONDS] [WORKLOAD …]")
let designCount = arguments.number(0, "DESIGNS", or: 50)
let seed = arguments.number(1, "SEED", or: UInt64(11), least: 0)
let milpSeconds = arguments.number(2, "MILP SECONDS", or: 60.0, least: 0)
let names = arguments.names(from: 3, or: WorkloadZoo.names)
for name in names { _ = orExit { try WorkloadZoo.workload(named: name, batch: 1) } }
let isVerbose = ProcessInfo.processInfo.environment["VERBOSE"] != nil

/// The problems that the compiler solves for a design: tiles in a quarter of Global Memory, or in all of it, whichever it takes.
struct Case {
    var name: String
    var problem: ResidencyProblem
}

let evaluator = orExit { try ProblemEvaluator(try Problem(named: "efficientnet-b7")) }
var designs: [Design] = []
var episodeIndex = 0
while designs.count < designCount, episodeIndex < 100 * designCount {
    var stream = RandomStream(seed: seed, episode: episodeIndex, purpose: .action)
    var episode = evaluator.episode()
    episode.completeRandomly(using: &stream)
    episodeIndex += 1
    guard var design = episode.design, design.datapath.globalMemoryMiB > 0 else { continue }
    design.compiler.fusion = .residency
    designs.append(design)
}

print("\(designs.count) random feasible designs with a Global Memory, seed \(seed), MILP up to \(milpSeconds) s")
print(
    padded("workload", 16),
    "cases  regions  tensors  ours: proven  µs median 90% max  gap mean worst   MILP: done  s median  ours/optimum-1 mean worst  bounds valid  speed-up (geometric mean)"
)
var (allDone, allCases, allLogSpeedUps, worstExcess) = (0, 0, 0.0, 0.0)
for name in names {
    var ours: [Double] = []
    var gaps: [Double] = []
    var milpTimes: [Double] = []
    var excesses: [Double] = []
    var logSpeedUps = 0.0
    var (cases, regions, tensors, proven, done, invalid, unmapped) = (0, 0, 0, 0, 0, 0, 0)
    let compiler = Compiler(scheduler: Scheduler())
    for (number, design) in designs.enumerated() {
        let workload = try WorkloadZoo.workload(named: name, batch: design.batch)
        guard let compiled = try? compiler.compile(workload, for: design) else {
            unmapped += 1
            continue
        }
        let problem = compiled.residencyProblem
        let solver = ResidencySearch()
        var residency = solver.solve(problem)
        // The median of three, as other work on the machine interrupts; the problem's flat form is part of the work.
        let time = percentile(
            (0..<3).map { _ in
                seconds {
                    let afresh = ResidencyProblem(
                        problem.schedules, on: problem.view, capacityBytes: problem.capacityBytes,
                        candidates: problem.candidates)
                    residency = solver.solve(afresh)
                }
            }, 0.5)
        cases += 1
        regions = problem.schedules.count
        tensors = problem.candidates.count
        ours.append(time)
        gaps.append(residency.gap)
        if residency.isProvenOptimal { proven += 1 }
        var line = String(
            format: "%d: GM %d MiB batch %d, %.0f µs, gap %.3g, %d+%d kept, %.4f of nothing kept", number,
            design.datapath.globalMemoryMiB, design.batch, time * 1e6, residency.gap,
            residency.residentTensors.count, residency.pinnedWeights.count,
            residency.objectiveCycles
                / GreedyResidency().solve(
                    ResidencyProblem(
                        problem.schedules, on: problem.view, capacityBytes: problem.capacityBytes, candidates: [])
                ).objectiveCycles)
        if milpSeconds > 0 {
            var optimum = residency
            // Without our answer to start from, which would make its time depend on ours.
            var milp = try MILPResidency(timeLimitSeconds: milpSeconds)
            milp.startsFromSearch = false
            let milpTime = seconds { optimum = milp.solve(problem) }
            milpTimes.append(milpTime)
            if optimum.isProvenOptimal {
                done += 1
                excesses.append(residency.objectiveCycles / optimum.objectiveCycles - 1)
                logSpeedUps += log(milpTime / time)
                if residency.lowerBoundCycles > optimum.objectiveCycles * (1 + 1e-9) { invalid += 1 }
            }
            line += String(
                format: "; MILP %.3f s, gap %.3g, ours/MILP-1 %.3g", milpTime, optimum.gap,
                residency.objectiveCycles / optimum.objectiveCycles - 1)
        }
        if isVerbose { print("  ", line) }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let cells = [
        "\(cases)", "\(regions)", "\(tensors)", "\(proven)",
        [0.5, 0.9, 1].map { String(format: "%.0f", percentile(ours, $0) * 1e6) }.joined(separator: " "),
        String(format: "%.1e %.1e", mean(gaps), gaps.max() ?? .nan), "\(done)",
        String(format: "%.2f", percentile(milpTimes, 0.5)),
        String(format: "%.1e %.1e", mean(excesses), excesses.max() ?? .nan), "\(done - invalid)/\(done)",
        done > 0 ? String(format: "%.0f", exp(logSpeedUps / Double(done))) : "-",
    ]
    print(
        padded(name, 16),
        zip(cells, [5, 7, 7, 12, 17, 16, 10, 8, 25, 12, 8]).map { padded($0, $1) }.joined(separator: "  "))
    allDone += done
    allCases += cases
    allLogSpeedUps += logSpeedUps
    worstExcess = max(worstExcess, excesses.max() ?? 0)
}
if allDone > 0 {
    print(
        "all: \(allDone) of \(allCases) cases solved by the MILP solver, ours at most",
        String(format: "%.1e slower, %.0f times faster", worstExcess, exp(allLogSpeedUps / Double(allDone))),
        "(geometric mean)")
}
