import ArgumentParser
import Configuration
import Diagnostics
import Timeloop

/// Works with the files of Timeloop.
struct TimeloopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeloop",
        abstract: "Evaluate Timeloop's architecture, problem and mapping files.",
        subcommands: [Evaluate.self])

    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evaluate",
            abstract: "Show what timeloop-model would report for a mapping: cycles, energy, words at every level.",
            discussion: """
                Counts are words, summed over a level's instances; levels go from the inside out. Energy is that of the files' own \
                numbers, without Accelergy.
                """)

        @Option(help: "A file with 'arch'.")
        var architecture: String

        @Option(help: "A file with 'problem'.")
        var problem: String

        @Option(help: "A file with 'mapping'.")
        var mapping: String

        @Option(name: .customLong("repeat"), help: "Evaluate so many times, and report the mean time.")
        var repetitions = 1

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            struct Level: Encodable {
                var name: String
                var instances: Double
                var cycles: Double
                var tensors: [TimeloopEvaluation.Tensor]
            }
            var cycles: Double
            var computeCycles: Double
            var computes: Double
            var utilization: Double
            var energyPJ: Double
            var edp: Double
            var levels: [Level]
            var readingSeconds: Double
            var evaluationSeconds: Double
        }

        func run() throws {
            let repetitions = try inRange(repetitions, 1...10_000_000, option: "--repeat")
            let clock = ContinuousClock()
            let start = clock.now
            let architecture = try TimeloopArchitecture(yaml: readTextFile(architecture), file: architecture)
            let problem = try TimeloopProblem(yaml: readTextFile(problem), file: problem)
            let mapping = try TimeloopMapping(
                yaml: readTextFile(mapping), file: mapping, architecture: architecture, problem: problem)
            let read = clock.now
            let model = TimeloopModel(architecture, problem)
            var evaluation = try model.evaluate(mapping)
            for _ in 1..<repetitions { evaluation = try model.evaluate(mapping) }
            let end = clock.now

            let summary = Summary(
                cycles: evaluation.cycles, computeCycles: evaluation.computeCycles, computes: evaluation.computes,
                utilization: evaluation.utilization, energyPJ: evaluation.energyPJ, edp: evaluation.edp,
                levels: evaluation.levels.map {
                    Summary.Level(name: $0.name, instances: $0.instances, cycles: $0.cycles, tensors: $0.tensors)
                },
                readingSeconds: (read - start) / .seconds(1),
                evaluationSeconds: (end - read) / .seconds(1) / Double(repetitions))
            if output.json { return try StandardOutput.writeJSON(summary) }
            print(summary)
        }

        private func print(_ summary: Summary) {
            var table = TextTable(["level", "instances", "tensor", "tile", "reads", "updates", "fills", "energy"])
            for level in summary.levels {
                for tensor in level.tensors {
                    table.append([
                        level.name, NumberFormat.short(level.instances), tensor.name,
                        NumberFormat.short(tensor.tileWords), NumberFormat.short(tensor.reads),
                        NumberFormat.short(tensor.updates), NumberFormat.short(tensor.fills),
                        NumberFormat.short(tensor.energyPJ * 1e-12, unit: "J"),
                    ])
                }
            }
            StandardOutput.write(
                table.text + """

                    \(NumberFormat.short(summary.cycles)) cycles (\(NumberFormat.short(summary.computeCycles)) of compute), \
                    utilisation \(NumberFormat.percent(summary.utilization)), \
                    \(NumberFormat.short(summary.energyPJ * 1e-12, unit: "J")); \
                    evaluated in \(NumberFormat.short(summary.evaluationSeconds, unit: "s"))

                    """)
        }
    }
}
