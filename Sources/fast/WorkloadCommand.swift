import ArgumentParser
import Foundation
import Workloads

/// Lists and shows networks.
struct WorkloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload", abstract: "List the networks of the zoo, or show one.",
        subcommands: [List.self, Show.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the networks of the zoo with their parameters and MACs at batch 1.")

        @OptionGroup var output: OutputOptions

        private struct Listing: Encodable {
            struct Row: Encodable {
                var name: String
                var parameters: Int
                var macs: Int
            }
            var workloads: [Row]
        }

        func run() throws {
            let rows = try WorkloadZoo.names.map { name in
                let workload = try WorkloadZoo.workload(named: name)
                return Listing.Row(name: name, parameters: workload.parameters, macs: workload.macs)
            }
            if output.json { return try StandardOutput.writeJSON(Listing(workloads: rows)) }
            var table = TextTable(["workload", "parameters", "MACs"])
            for row in rows {
                table.append([
                    row.name, NumberFormat.short(Double(row.parameters)), NumberFormat.short(Double(row.macs)),
                ])
            }
            StandardOutput.write(table.text)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a network's size, its MACs by kind, and its operators.")

        @Argument(help: NetworkOptions.workloadHelp)
        var workload: String

        @Option(help: "Inferences in one pass. (default: the file's if it is fixed there, else 1)")
        var batch: Int?

        @OptionGroup var network: NetworkOptions

        @Option(help: "Write the graph to a file in Graphviz's DOT language; `dot -Tsvg FILE` draws it.")
        var dot: String?

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            struct Row: Encodable {
                var name: String
                var kind: String
                var macs: Int
                var inputs: [[Int]]
                var output: [Int]
            }
            struct Tensor: Encodable {
                var name: String
                var shape: [Int]
            }
            var name: String
            var batch: Int
            var parameters: Int
            var macs: Int
            var macsByKind: MACsByKind
            var parameterBytes: Int
            var activationBytes: Int
            var operationalIntensity: Double
            var inputs: [Tensor]
            var outputs: [Tensor]
            var operators: [Row]
        }

        func run() throws {
            let workload = try network.workload(named: workload, batch: batch, defaultBatch: 1)
            if let dot { try writeTextFile(workload.graphviz, to: dot) }
            func tensors(_ ids: [Value.ID]) -> [Summary.Tensor] {
                ids.map { Summary.Tensor(name: workload[$0].name, shape: workload[$0].shape) }
            }
            let summary = Summary(
                name: workload.name, batch: workload.batch, parameters: workload.parameters, macs: workload.macs,
                macsByKind: workload.macsByKind, parameterBytes: workload.parameterBytes,
                activationBytes: workload.activationBytes, operationalIntensity: workload.operationalIntensity,
                inputs: tensors(workload.inputs), outputs: tensors(workload.outputs),
                operators: workload.operators.map { node in
                    Summary.Row(
                        name: node.name, kind: node.kind.name, macs: node.macs,
                        inputs: node.inputs.map { workload[$0].shape }, output: workload[node.output].shape)
                })
            output.json ? try StandardOutput.writeJSON(summary) : StandardOutput.write(text(summary))
        }

        private func text(_ summary: Summary) -> String {
            func shape(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: "×") }
            let kinds = summary.macsByKind
            let shares = [
                ("convolution", kinds.conv), ("depthwise", kinds.depthwise), ("linear", kinds.linear),
                ("matmul", kinds.matmul), ("recurrent", kinds.recurrent),
            ].filter { $0.1 > 0 }.map {
                "\($0.0) \(NumberFormat.percent(Double($0.1) / Double(max(1, summary.macs))))"
            }
            var text = """
                \(summary.name), batch \(summary.batch)
                  inputs      \(summary.inputs.map { "\($0.name) \(shape($0.shape))" }.joined(separator: ", "))
                  outputs     \(summary.outputs.map { "\($0.name) \(shape($0.shape))" }.joined(separator: ", "))
                  parameters  \(NumberFormat.short(Double(summary.parameters))) (\(NumberFormat.bytes(summary.parameterBytes)))
                  MACs        \(NumberFormat.short(Double(summary.macs))): \(shares.joined(separator: ", "))
                  activations \(NumberFormat.bytes(summary.activationBytes))
                  intensity   \(NumberFormat.digits(summary.operationalIntensity)) MACs a byte, every operator by itself


                """
            var table = TextTable(["operator", "kind", "MACs", "inputs", "output"])
            for row in summary.operators {
                table.append([
                    row.name, row.kind, row.macs == 0 ? "" : NumberFormat.short(Double(row.macs)),
                    row.inputs.map(shape).joined(separator: " "), shape(row.output),
                ])
            }
            text += table.text
            return text
        }
    }
}
