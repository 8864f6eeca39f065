import Accelerators
import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Scheduling
import Timeloop
import Workloads

/// Works with the files of Timeloop.
struct TimeloopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeloop",
        abstract: "Evaluate Timeloop's architecture, problem and mapping files, and write them.",
        subcommands: [Evaluate.self, Export.self])

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
        var repetitions = 100

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

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write the mapping of a network's operator on a design as files for timeloop-model.",
            discussion: """
                Writes arch.yaml, problem.yaml and map.yaml into the folder, which is made where there is none.
                """)

        @OptionGroup var pair: PairOptions

        @Option(name: .customLong("operator"), help: "The operator; `fast workload show` lists all.")
        var operatorName: String

        @Option(name: .customLong("output"), help: "The folder to write into.")
        var folder: String

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            var `operator`: String
            var unit: String
            var files: [String]
            /// What the files say otherwise than the mapping does.
            var notes: [String]
        }

        func run() throws {
            let (workload, design) = try pair.load()
            let chosen = try workload.loopNests(named: operatorName)[0]
            let constraints = MappingConstraints(dataflow: design.compiler.dataflow, padding: design.compiler.padding)
            let mapped = try Scheduler().bestMapping(
                of: chosen.nest, on: SchedulingView(design.datapath), under: constraints)
            let export = TimeloopExport(
                chosen.nest, mapped.mapping, on: design.datapath, named: "\(workload.name) \(chosen.name)",
                energies: try pair.technology.hardwareModel().energies(of: design.datapath))
            let files = try export.files.map { file in
                let url = URL(fileURLWithPath: folder).appendingPathComponent(file.name)
                do {
                    try FileManager.default.createDirectory(
                        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(file.text.utf8).write(to: url, options: .atomic)
                } catch {
                    throw DiagnosticError(
                        .cannotCreate, "the file cannot be written: \(error.localizedDescription)",
                        at: SourceLocation(file: url.path), remedy: "check the folder and its permissions")
                }
                return (folder as NSString).appendingPathComponent(file.name)
            }
            let summary = Summary(
                operator: chosen.name, unit: mapped.mapping.unit.name, files: files, notes: export.notes)
            if output.json { return try StandardOutput.writeJSON(summary) }
            StandardOutput.write((files + summary.notes.map { "note: \($0)" }).map { $0 + "\n" }.joined())
        }
    }
}
