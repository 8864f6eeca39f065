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
        abstract:
            "Show what the compiler makes of a network on a design: regions, what each pass gains, what stays on the chip.",
        discussion: """
            Passes, in their order: \(CompilerPasses.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")).
            """)

    @OptionGroup var pair: PairOptions

    @Option(
        help: ArgumentHelp(
            "Leave a pass out: \(CompileCommand.optionalPasses.joined(separator: ", ")). May be given several times.",
            valueName: "pass"))
    var without: [String] = []

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

    private static let optionalPasses = CompilerPasses.all.map { $0.name }.filter { $0 != SchedulingPass.name }

    enum SolverName: String, CaseIterable, ExpressibleByArgument {
        case fast, milp
    }

    func validate() throws {
        guard timeLimit >= 0, timeLimit < .infinity else {
            throw ValidationError("--time-limit: expected a number of seconds from 0, found \(timeLimit)")
        }
        for name in without where !CompileCommand.optionalPasses.contains(name) {
            throw ValidationError(
                "--without: unknown pass '\(name)'; expected one of \(CompileCommand.optionalPasses.joined(separator: ", "))"
            )
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
            /// The tile of the chain that it runs in.
            var chainTile: ChainTile?
        }
        struct Pass: Encodable {
            var name: String
            var summary: String
            /// The same without it.
            var regions: Int
            var totalSeconds: Double
            var dramBytes: Int
            var energyJoules: Double
        }
        var workload: String
        var regions: [Region]
        /// What passes that change the graph, or chain its regions, did.
        var notes: [String]
        /// The workload without each pass in turn.
        var withoutPass: [Pass]
        /// Bytes of activations live while each region runs, and the peak in the order that the workload has.
        var liveBytes: [Int]
        var peakLiveBytes: Int
        var peakLiveBytesAsGiven: Int
        var totalSeconds: Double
        var totalSecondsBeforeResidency: Double
        var residency: Residency
    }

    func run() throws {
        if let mpsFile { try expectWritable(mpsFile) }
        let simulator = Simulator(hardware: try pair.technology.hardwareModel())
        let (loaded, design) = try pair.load()
        let prepared = PreparedWorkload(loaded)
        var compiled = try simulator.compile(
            prepared, for: design, passes: CompilerPasses.list(for: design.compiler, without: Set(without)))
        let workload = compiled.workload
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
                occupiedBytes: residency.occupiedBytes[index], chainTile: region.chainTile)
        }
        let summary = Summary(
            workload: workload.name, regions: regions, notes: compiled.notes,
            withoutPass: try simulator.passEffects(of: prepared, on: design, without: Set(without)).map {
                Summary.Pass(
                    name: $0.name, summary: $0.summary, regions: $0.regionsWithout, totalSeconds: $0.secondsWithout,
                    dramBytes: $0.dramBytesWithout, energyJoules: $0.energyJoulesWithout)
            }, liveBytes: compiled.graph.liveBytes, peakLiveBytes: compiled.graph.peakLiveBytes,
            peakLiveBytesAsGiven: compiled.graph.peakLiveBytesAsGiven, totalSeconds: seconds(compiled.cycles),
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
        output.json
            ? try StandardOutput.writeJSON(summary)
            : StandardOutput.write(text(summary, workload, energyJoules: evaluation.energyJoules))
    }

    private func text(_ summary: Summary, _ workload: Workload, energyJoules: Double) -> String {
        let before = summary.regions.reduce(0) { $0 + $1.dramBytesBeforeResidency }
        let after = summary.regions.reduce(0) { $0 + $1.dramBytes }
        let residency = summary.residency
        var text = """
            \(summary.workload) on \(pair.design)
              operators   \(workload.operators.count) in \(summary.regions.count) \(summary.regions.count == 1 ? "region" : "regions")
              time        \(NumberFormat.short(summary.totalSeconds, unit: "s")), \
            \(NumberFormat.short(summary.totalSecondsBeforeResidency, unit: "s")) before residency, \
            \(residency.provenOptimal ? "proven optimal" : "at least \(NumberFormat.short(residency.lowerBoundSeconds, unit: "s"))")
              DRAM        \(NumberFormat.bytes(after)), \(NumberFormat.bytes(before)) before residency
              residency   \(residency.residentTensors.count) tensors and \(residency.pinnedWeights.count) weights, \
            at most \(NumberFormat.bytes(residency.peakBytes)) of \(NumberFormat.bytes(residency.capacityBytes))
            \(summary.notes.map { "  graph       \($0)\n" }.joined())

            """
        let hasChains = summary.regions.contains { $0.chainTile != nil }
        var table = TextTable(
            ["region", "operators", "time", "before", "DRAM", "before", "Global Memory"]
                + (hasChains ? ["at a time"] : []))
        for region in summary.regions {
            let cells = [
                region.name, String(region.operators.count), NumberFormat.short(region.seconds, unit: "s"),
                NumberFormat.short(region.secondsBeforeResidency, unit: "s"), NumberFormat.bytes(region.dramBytes),
                NumberFormat.bytes(region.dramBytesBeforeResidency), NumberFormat.bytes(region.occupiedBytes),
            ]
            table.append(cells + (hasChains ? [region.chainTile?.description ?? ""] : []))
        }
        text += passes(summary, energyJoules: energyJoules) + timeline(summary) + table.text
        return text
    }

    /// The workload without each pass in turn.
    private func passes(_ summary: Summary, energyJoules: Double) -> String {
        guard !summary.withoutPass.isEmpty else { return "" }
        let bytes = Double(summary.regions.reduce(0) { $0 + $1.dramBytes })
        func ratio(_ value: Double, _ reference: Double) -> String {
            reference > 0 ? NumberFormat.short(value / reference) + "x" : "-"
        }
        var table = TextTable(["without", "regions", "time", "", "DRAM", "", "energy", "which"])
        for pass in summary.withoutPass {
            table.append([
                pass.name, String(pass.regions), NumberFormat.short(pass.totalSeconds, unit: "s"),
                ratio(pass.totalSeconds, summary.totalSeconds), NumberFormat.bytes(pass.dramBytes),
                ratio(Double(pass.dramBytes), bytes), ratio(pass.energyJoules, energyJoules), pass.summary,
            ])
        }
        return table.text + "\n"
    }

    /// Global Memory in use along the time, in eighths of its capacity.
    private func timeline(_ summary: Summary) -> String {
        let capacity = summary.residency.capacityBytes
        guard capacity > 0, summary.totalSeconds > 0 else { return "" }
        let columns = 72
        var marks = [Int](repeating: 0, count: columns)
        var time = 0.0
        for region in summary.regions {
            let first = Int(time / summary.totalSeconds * Double(columns))
            time += region.seconds
            let last = Int((time / summary.totalSeconds * Double(columns)).rounded(.up))
            for column in min(first, columns - 1)..<min(max(last, first + 1), columns) {
                marks[column] = max(marks[column], region.occupiedBytes)
            }
        }
        let levels = Array(" ▁▂▃▄▅▆▇█")
        let line = String(marks.map { levels[min(8, ($0 * 8 + capacity - 1) / capacity)] })
        let live =
            summary.peakLiveBytes == summary.peakLiveBytesAsGiven
            ? "" : ", \(NumberFormat.bytes(summary.peakLiveBytesAsGiven)) in the order given"
        return """
            Global Memory in use along a pass, of \(NumberFormat.bytes(capacity)):
            |\(line)|
            activations live: at most \(NumberFormat.bytes(summary.peakLiveBytes))\(live)


            """
    }
}
