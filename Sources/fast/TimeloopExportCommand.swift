import Accelerators
import ArgumentParser
import Diagnostics
import Foundation
import Scheduling
import Timeloop
import Training
import Workloads

/// Writes a mapping of ours as Timeloop's files.
struct TimeloopExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the mapping of a network's operator on a design as files for timeloop-model.",
        discussion: """
            Writes arch.yaml, problem.yaml and map.yaml into the folder, which is made where there is none.

            Timeloop's loops have a factor for each dimension, where our arrays take several dimensions as one loop: what is written is the best \
            mapping of those that factors can say. The table compares its cycles with those of `fast schedule`, and with what the files \
            come to by Timeloop's rules (as `fast timeloop evaluate` counts them).
            """)

    @OptionGroup var pair: PairOptions

    @Option(name: .customLong("operator"), help: "The operator; `fast workload show` lists all.")
    var operatorName: String

    @Option(name: .customLong("output"), help: "The folder to write into.")
    var folder: String

    @OptionGroup var output: OutputOptions

    private struct Cycles: Encodable {
        /// Of the array or the vector unit.
        var compute: Double
        var total: Double

        init(_ mapped: MappedOperator) {
            compute = mapped.mapping.unit == .vector ? mapped.cost.vectorCycles : mapped.cost.arrayCycles
            total = mapped.cycles
        }

        init(_ evaluation: TimeloopEvaluation) {
            compute = evaluation.computeCycles
            total = evaluation.cycles
        }
    }

    private struct Summary: Encodable {
        var `operator`: String
        var unit: String
        var files: [String]
        /// Of the mapping that `fast schedule` prints.
        var scheduleCycles: Cycles
        /// Of the mapping in the files, by our own analysis.
        var mappingCycles: Cycles
        /// Of the files, by Timeloop's rules.
        var fileCycles: Cycles
        /// What the files say otherwise than the mapping does.
        var notes: [String]

        var text: String {
            var table = TextTable(["cycles", "compute", "in all"])
            for (name, cycles) in [
                ("fast schedule's mapping", scheduleCycles), ("the exported mapping", mappingCycles),
                ("the files, by Timeloop's rules", fileCycles),
            ] {
                table.append([name] + [cycles.compute, cycles.total].map { String(Int($0.rounded())) })
            }
            return files.map { $0 + "\n" }.joined() + table.text + notes.map { "note: \($0)\n" }.joined()
        }
    }

    func run() throws {
        let (workload, design) = try pair.load()
        let chosen = try workload.loopNests(named: operatorName)[0]
        let constraints = MappingConstraints(
            dataflow: design.compiler.dataflow, padding: design.compiler.padding, depthwise: design.compiler.depthwise)
        let datapath = design.datapath
        func mapped(on view: SchedulingView) throws -> MappedOperator {
            try Scheduler().bestMapping(of: chosen.nest, on: view, under: constraints)
        }
        let scheduled = try mapped(on: SchedulingView(datapath))
        let mapped = try mapped(on: TimeloopExport.view(of: datapath))
        let export = TimeloopExport(
            chosen.nest, mapped.mapping, on: datapath, named: "\(workload.name) \(chosen.name)",
            energies: try pair.technology.hardwareModel().energies(of: datapath))
        try createFolder(folder, option: "--output")
        let files = try export.files.map { file in
            let path = (folder as NSString).appendingPathComponent(file.name)
            try writeTextFile(file.text, to: path)
            return path
        }
        let summary = Summary(
            operator: chosen.name, unit: mapped.mapping.unit.name, files: files, scheduleCycles: Cycles(scheduled),
            mappingCycles: Cycles(mapped), fileCycles: Cycles(try export.evaluated()), notes: export.notes)
        if output.json { return try StandardOutput.writeJSON(summary) }
        StandardOutput.write(summary.text)
    }
}
