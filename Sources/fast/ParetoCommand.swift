import ArgumentParser
import Diagnostics
import Reports
import Training

/// Shows the designs of runs that aren't dominated.
struct ParetoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pareto",
        abstract: "Show the designs of runs that no other one beats in every metric.",
        discussion: """
            All feasible trials of the runs are compared; the runs must be of the same workloads, technology and baseline. Over several \
            workloads, perf and energy are weighted geometric means, and latency is the slowest workload's. The metric tco is the \
            cost of one chip over its years of service: see docs/ECONOMICS.md.
            """)

    @Argument(help: ArgumentHelp("The run folders.", valueName: "run"))
    var paths: [String]

    @Option(
        help: "Two or three of perf, perfPerTdp, tdp, area, energy, latency, tco, with commas between.")
    var metrics = "perf,tdp"

    @Option(help: "The costs for the metric tco: a name such as datacenter, or a file. (default: the run's)")
    var economics: String?

    @OptionGroup var files: FigureFiles

    @OptionGroup var output: OutputOptions

    func run() throws {
        try files.expectWritable()
        let metrics = try ParetoMetric.list(metrics)
        let study = try ParetoStudy(
            of: paths.map { try RunFolder(reading: $0) }, in: metrics, economics: economics)
        let report = ParetoPage(study)
        let written = try files.write(csv: study.csvText, page: report.html)
        if output.json { return try StandardOutput.writeJSON(ParetoFigures(study, files: written)) }
        var table = TextTable(["trial", "run"] + metrics.map(\.title) + ["design"])
        for member in study.front {
            table.append(
                ["\(member.candidate.trial)", member.candidate.run] + member.values.map(\.threeDigits)
                    + [member.design.summary])
        }
        table.append(["–", study.baselineName] + study.baseline.map(\.threeDigits) + [""])
        StandardOutput.write("\(report.summary).\n\n\(table.text)")
        for file in written { StandardOutput.write("\(file)\n") }
    }
}
