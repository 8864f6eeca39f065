import Accelerators
import ArgumentParser
import Diagnostics
import Scheduling
import Workloads

/// Shows how operators are mapped on a design.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Show the mapping of a network's tensor operators on a design, or the cycles of one array.",
        subcommands: [Operators.self, Array.self], defaultSubcommand: Operators.self)

    struct Operators: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "operators", abstract: "Map every tensor operator of a network, each by itself, on a design.")

        @OptionGroup var pair: PairOptions

        @Option(name: .customLong("operator"), help: "Only the operator of this name.")
        var operatorName: String?

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            struct Row: Encodable {
                var name: String
                var cycles: Double
                var lowerBoundCycles: Double
                var energyPJ: Double
                var provenOptimal: Bool
                var unit: String
                var mapping: Mapping
            }
            var schedulingSeconds: Double
            var operators: [Row]
        }

        func run() throws {
            let (workload, design) = try pair.load()
            let nodes = try workload.loopNests(named: operatorName)
            let view = SchedulingView(design.datapath)
            let energies = try pair.technology.hardwareModel().energies(of: design.datapath)
            let constraints = MappingConstraints(dataflow: design.compiler.dataflow, padding: design.compiler.padding)
            let scheduler = Scheduler()
            let clock = ContinuousClock()
            let start = clock.now
            let mapped = try nodes.map { try scheduler.bestMapping(of: $0.nest, on: view, under: constraints) }
            let seconds = (clock.now - start) / .seconds(1)
            let summary = Summary(
                schedulingSeconds: seconds,
                operators: zip(nodes, mapped).map { node, mapped in
                    Summary.Row(
                        name: node.name, cycles: mapped.cycles, lowerBoundCycles: mapped.lowerBoundCycles,
                        energyPJ: mapped.energyPJ(energies, on: view), provenOptimal: mapped.provenOptimal,
                        unit: mapped.mapping.unit.name, mapping: mapped.mapping)
                })
            if output.json { return try StandardOutput.writeJSON(summary) }
            var table = TextTable([
                "operator", "cycles", "bound", "energy", "unit", "PE grid", "L1 tile", "L2 tile", "Global Memory tile",
            ])
            for row in summary.operators {
                table.append([
                    row.name, NumberFormat.short(row.cycles), NumberFormat.short(row.lowerBoundCycles),
                    NumberFormat.short(row.energyPJ * 1e-12, unit: "J"), row.unit, row.mapping.gridText,
                    row.mapping.l1Tile.text, row.mapping.l2Tile == row.mapping.l1Tile ? "–" : row.mapping.l2Tile.text,
                    row.mapping.globalTile.text,
                ])
            }
            StandardOutput.write(table.text + "\nscheduled in \(NumberFormat.short(seconds, unit: "s"))\n")
        }
    }

    struct Array: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "array", abstract: "Show the cycles of a matrix product on one systolic array.",
            discussion:
                "The product has M rows, N columns, and a reduction of K: a convolution has output pixels, filters, and taps × channels."
        )

        @Option(help: "Rows of the array.")
        var rows: Int

        @Option(help: "Columns of the array.")
        var columns: Int

        @Option(help: "weight-stationary, output-stationary or input-stationary.")
        var dataflow: String

        @Option(help: "M,N,K")
        var gemm: String

        @Flag(help: "Load the next fold's operand while the array works.")
        var overlapWeightLoading = false

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            var computeCycles: Int
            var utilization: Double
        }

        func run() throws {
            let extents = 1...(1 << 20)
            let array = SystolicArray(
                rows: try inRange(rows, extents, option: "--rows"),
                columns: try inRange(columns, extents, option: "--columns"), overlapsLoading: overlapWeightLoading)
            guard let dataflow = Dataflow(rawValue: dataflow) else {
                throw DiagnosticError(
                    .usage, "--dataflow: unknown dataflow '\(dataflow)'",
                    remedy: remedyForUnknown(dataflow, among: Dataflow.allCases.map(\.rawValue)))
            }
            let parts = gemm.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 3, let m = parts[0], let n = parts[1], let k = parts[2],
                [m, n, k].allSatisfy({ extents.contains($0) })
            else {
                throw DiagnosticError(
                    .usage, "--gemm: expected three whole numbers from 1 to \(extents.upperBound), found '\(gemm)'",
                    remedy: "for example --gemm 12544,64,147")
            }
            let summary = Summary(
                computeCycles: array.cycles(rows: m, columns: n, reduction: k, dataflow: dataflow),
                utilization: array.utilization(rows: m, columns: n, reduction: k, dataflow: dataflow))
            if output.json { return try StandardOutput.writeJSON(summary) }
            StandardOutput.write(
                "\(summary.computeCycles) cycles, utilisation \(NumberFormat.percent(summary.utilization))\n")
        }
    }
}

extension Workload {
    /// The tensor operators, or the one of a name.
    func loopNests(named operatorName: String?) throws -> [(name: String, nest: LoopNest)] {
        let all = operators.compactMap { node in node.loopNest.map { (name: node.name, nest: $0) } }
        guard let operatorName else { return all }
        let chosen = all.filter { $0.name == operatorName }
        guard chosen.isEmpty else { return chosen }
        let nearest = nearestName(to: operatorName, in: all.map(\.name)).map { "did you mean '\($0)'? " } ?? ""
        throw DiagnosticError(
            .usage, "\(name) has no tensor operator '\(operatorName)'",
            remedy: nearest + "`fast workload show \(name)` lists all")
    }
}

extension Mapping {
    fileprivate var gridText: String {
        [gridX, gridY].map { "\($0.dimension.letter)\($0.factor)" }.joined(separator: " × ")
    }
}

extension Extents {
    /// Letters and extents, those of 1 left out: `K32 C16 P7 Q7`.
    fileprivate var text: String {
        let parts = Dimension.allCases.filter { self[$0] > 1 }.map { "\($0.letter)\(self[$0])" }
        return parts.isEmpty ? "1" : parts.joined(separator: " ")
    }
}
