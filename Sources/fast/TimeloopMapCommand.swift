import ArgumentParser
import Diagnostics
import Environments
import Timeloop

/// Maps a problem on an architecture.
struct TimeloopMapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract:
            "Find a good mapping of a problem on an architecture, and show what timeloop-model would report for it.",
        discussion: """
            The architecture has the levels Reg, Col, L1_w, L1_in, L1_out, L3 or none, and DRAM, of any sizes; the problem is a grouped \
            convolution over dimensions of G N K C P Q R S, those left out being 1. Weights stay in the array, C, R and S lie down its \
            rows and K along its columns; the grid of PEs shares out G and K along x, N, P and Q along y.

            The mapping that --output writes gives the same numbers again:

              fast timeloop map --architecture arch.yaml --problem problem.yaml --output map.yaml
              fast timeloop evaluate --architecture arch.yaml --problem problem.yaml --mapping map.yaml
            """)

    @OptionGroup var files: TimeloopOptions

    @Option(help: "What to make small: latency (cycles, and of equals energy) or edp (energy times cycles).")
    var objective = ReferenceMapper.Objective.latency.rawValue

    @Option(help: "Seed of the search's random numbers; with the same seed comes the same mapping.")
    var seed = 1

    @Option(help: "Steps of simulated annealing: more take longer, and may find better.")
    var steps = ReferenceMapper.defaultSteps

    @Option(name: .customLong("output"), help: ArgumentHelp("A file to write the mapping to.", valueName: "file"))
    var path: String?

    @OptionGroup var output: OutputOptions

    private struct More: Encodable {
        var mapping: [TimeloopDirective]
        var objective: String
        var seed: Int
        var mappingSeconds: Double
        /// How many mappings were evaluated to find it.
        var mappingsEvaluated: Int
        /// Instances that the mapper cannot use.
        var notes: [String]
    }

    func run() throws {
        if let path { try expectWritable(path) }
        guard let objective = ReferenceMapper.Objective(rawValue: objective) else {
            throw DiagnosticError(
                .usage, "--objective: unknown objective '\(objective)'",
                remedy: remedyForUnknown(objective, among: ReferenceMapper.Objective.allCases.map(\.rawValue)))
        }
        let seed = try inRange(seed, 0...Int.max, option: "--seed")
        let steps = try inRange(steps, 0...1_000_000_000, option: "--steps")
        let (architecture, problem) = try files.load()
        let mapper = try ReferenceMapper(architecture, problem)
        let clock = ContinuousClock()
        let start = clock.now
        var generator = RandomStream(seed: UInt64(seed), purpose: .mutation)
        let found = try mapper.bestMapping(for: objective, steps: steps, using: &generator)
        let seconds = (clock.now - start) / .seconds(1)
        let yaml = found.mapping.yaml(on: architecture, of: problem)
        if let path { try writeTextFile(yaml, to: path) }

        if output.json {
            let more = More(
                mapping: found.mapping.directives(on: architecture, of: problem), objective: objective.rawValue,
                seed: seed, mappingSeconds: seconds, mappingsEvaluated: found.evaluated, notes: mapper.notes)
            return try StandardOutput.writeJSON(TimeloopSummary(evaluation: found.evaluation, more: more))
        }
        let notes = mapper.notes.map { "note: \($0)\n" }.joined()
        StandardOutput.write(
            found.evaluation.text + """
                ; mapped in \(NumberFormat.short(seconds, unit: "s"))
                \(notes)
                \(yaml)
                """)
    }
}
