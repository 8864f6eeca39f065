import Accelerators
import ArgumentParser
import Compilation
import MILP
import Simulation
import Workloads

/// Shows what the compiler makes of a workload.
struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Show a network's regions on a design, and which tensors are kept in Global Memory.")

    @OptionGroup var pair: PairOptions

    @Option(help: "What decides residency: fast, or milp, which proves optimality with HiGHS.")
    var solver = SolverName.fast

    @Option(help: "Seconds after which milp gives the best answer known.")
    var timeLimit = 60.0

    @Option(
        name: .customLong("mps"),
        help: ArgumentHelp(
            "Write the residency problem as a mixed-integer program in MPS format; its objective is in microseconds.",
            valueName: "file"))
    var mpsFile: String?

    @OptionGroup var output: OutputOptions

    enum SolverName: String, CaseIterable, ExpressibleByArgument {
        case fast, milp
    }

    func validate() throws {
        guard timeLimit >= 0, timeLimit < .infinity else {
            throw ValidationError("--time-limit: expected a number of seconds from 0, found \(timeLimit)")
        }
    }

    private struct Summary: Encodable {
        struct Residency: Encodable {
            var objectiveSeconds: Double
            var lowerBoundSeconds: Double
            var objectiveCycles: Double
            var lowerBoundCycles: Double
            var provenOptimal: Bool
            /// By how much the best residency could be faster, as a part of the objective.
            var gap: Double
            var solver: String
            var solveSeconds: Double
            var residentTensors: [String]
            var pinnedWeights: [String]
            var peakBytes: Int
            var capacityBytes: Int
        }
        struct Region: Encodable {
            var name: String
            var operators: [String]
            var reads: [String]
            var writes: [String]
            var seconds: Double
            var secondsBeforeResidency: Double
            var dramBytes: Int
            var dramBytesBeforeResidency: Int
            var occupiedBytes: Int
        }
        var workload: String
        var regions: [Region]
        var totalSeconds: Double
        var totalSecondsBeforeResidency: Double
        var residency: Residency
    }

    func run() throws {
        let simulator = Simulator(hardware: try pair.technology.hardwareModel())
        let (workload, design) = try pair.load()
        var compiled = try simulator.compile(workload, for: design)
        if solver == .milp {
            compiled = compiled.decidingResidency(by: try MILPResidency(timeLimitSeconds: timeLimit))
            if let warning = compiled.residency.warning { StandardError.write("warning: \(warning)\n") }
        }
        if let mpsFile {
            let program = compiled.residencyProblem.program(
                name: "residency of \(workload.name) in microseconds",
                unitsPerCycle: 1e6 * design.datapath.seconds(cycles: 1))
            try writeTextFile(try program.mps(), to: mpsFile)
        }
        let evaluation = simulator.evaluation(of: compiled)
        let residency = compiled.residency
        func seconds(_ cycles: Double) -> Double { design.datapath.seconds(cycles: cycles) }
        let regions = zip(compiled.schedules, evaluation.regions).enumerated().map { index, pair in
            let (schedule, region) = pair
            return Summary.Region(
                name: region.name, operators: region.operators,
                reads: schedule.region.reads.map { workload[$0.value].name },
                writes: schedule.region.writes.map { workload[$0].name }, seconds: region.seconds,
                secondsBeforeResidency: region.secondsBeforeResidency, dramBytes: region.dramBytes,
                dramBytesBeforeResidency: region.dramBytesBeforeResidency,
                occupiedBytes: residency.occupiedBytes[index])
        }
        let summary = Summary(
            workload: workload.name, regions: regions, totalSeconds: seconds(compiled.cycles),
            totalSecondsBeforeResidency: regions.reduce(0) { $0 + $1.secondsBeforeResidency },
            residency: Summary.Residency(
                objectiveSeconds: seconds(residency.objectiveCycles),
                lowerBoundSeconds: seconds(residency.lowerBoundCycles),
                objectiveCycles: residency.objectiveCycles, lowerBoundCycles: residency.lowerBoundCycles,
                provenOptimal: residency.isProvenOptimal, gap: residency.gap, solver: solver.rawValue,
                solveSeconds: compiled.residencySeconds,
                residentTensors: residency.residentTensors.map { workload[$0].name },
                pinnedWeights: residency.pinnedWeights.map { workload[$0].name }, peakBytes: residency.peakBytes,
                capacityBytes: residency.capacityBytes))
        output.json ? try StandardOutput.writeJSON(summary) : StandardOutput.write(text(summary, workload))
    }

    private func text(_ summary: Summary, _ workload: Workload) -> String {
        let before = summary.regions.reduce(0) { $0 + $1.dramBytesBeforeResidency }
        let after = summary.regions.reduce(0) { $0 + $1.dramBytes }
        let residency = summary.residency
        var text = """
            \(summary.workload) on \(pair.design)
              operators   \(workload.operators.count) in \(summary.regions.count) regions
              time        \(NumberFormat.short(summary.totalSeconds, unit: "s")), \
            \(NumberFormat.short(summary.totalSecondsBeforeResidency, unit: "s")) before residency, \
            \(residency.provenOptimal ? "proven optimal" : "at least \(NumberFormat.short(residency.lowerBoundSeconds, unit: "s"))")
              DRAM        \(NumberFormat.bytes(after)), \(NumberFormat.bytes(before)) before residency
              residency   \(residency.residentTensors.count) tensors and \(residency.pinnedWeights.count) weights, \
            at most \(NumberFormat.bytes(residency.peakBytes)) of \(NumberFormat.bytes(residency.capacityBytes))


            """
        var table = TextTable(["region", "operators", "time", "before", "DRAM", "before", "Global Memory"])
        for region in summary.regions {
            table.append([
                region.name, String(region.operators.count), NumberFormat.short(region.seconds, unit: "s"),
                NumberFormat.short(region.secondsBeforeResidency, unit: "s"), NumberFormat.bytes(region.dramBytes),
                NumberFormat.bytes(region.dramBytesBeforeResidency), NumberFormat.bytes(region.occupiedBytes),
            ])
        }
        text += table.text
        return text
    }
}
