import Accelerators
import ArgumentParser
import Diagnostics
import Scheduling

/// Shows how operators are mapped on a design, or what one array does.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Show the mapping of a network's tensor operators on a design, or the cycles of one array.",
        discussion: """
              fast schedule --workload W --design D
              fast schedule --workload W --design D --operator NAME
              fast schedule --workload W --design D --operator NAME --mapping FILE
              fast schedule array --rows R --columns C --dataflow F --gemm M,N,K

            `fast schedule operators --help` shows a mapping's file.
            """,
        subcommands: [ScheduleOperatorsCommand.self, Array.self], defaultSubcommand: ScheduleOperatorsCommand.self)

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
            /// Elements between the array and the buffers beside it.
            var inputReads: Int
            var weightReads: Int
            var outputWrites: Int
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
            let accesses = array.accesses(rows: m, columns: n, reduction: k, dataflow: dataflow)
            let summary = Summary(
                computeCycles: array.cycles(rows: m, columns: n, reduction: k, dataflow: dataflow),
                utilization: array.utilization(rows: m, columns: n, reduction: k, dataflow: dataflow),
                inputReads: accesses.inputReads, weightReads: accesses.weightReads, outputWrites: accesses.outputWrites)
            if output.json { return try StandardOutput.writeJSON(summary) }
            StandardOutput.write(
                "\(summary.computeCycles) cycles, utilisation \(NumberFormat.percent(summary.utilization)); elements: "
                    + "\(summary.inputReads) inputs and \(summary.weightReads) weights read, \(summary.outputWrites) outputs written\n"
            )
        }
    }
}
