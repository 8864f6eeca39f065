import Accelerators
import ArgumentParser
import Diagnostics
import Foundation
import Scheduling
import Timeloop
import Workloads

/// Writes a mapping of ours as Timeloop's files.
struct TimeloopExportCommand: ParsableCommand {
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
        let constraints = MappingConstraints(
            dataflow: design.compiler.dataflow, padding: design.compiler.padding, depthwise: design.compiler.depthwise)
        let mapped = try Scheduler().bestMapping(
            of: chosen.nest, on: SchedulingView(design.datapath), under: constraints)
        let export = TimeloopExport(
            chosen.nest, mapped.mapping, on: design.datapath, named: "\(workload.name) \(chosen.name)",
            energies: try pair.technology.hardwareModel().energies(of: design.datapath))
        let files = try export.files.map { file in
            let url = URL(fileURLWithPath: folder).appendingPathComponent(file.name)
            let folderURL = url.deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(at: folderURL, withIntermediateDirectories: true)
            } catch {
                throw DiagnosticError(
                    .cannotCreate, "the folder cannot be created: \(error.localizedDescription)",
                    at: SourceLocation(file: folderURL.path), remedy: "choose another folder with --output")
            }
            try writeTextFile(file.text, to: url.path)
            return (folder as NSString).appendingPathComponent(file.name)
        }
        let summary = Summary(
            operator: chosen.name, unit: mapped.mapping.unit.name, files: files, notes: export.notes)
        if output.json { return try StandardOutput.writeJSON(summary) }
        StandardOutput.write((files + summary.notes.map { "note: \($0)" }).map { $0 + "\n" }.joined())
    }
}
