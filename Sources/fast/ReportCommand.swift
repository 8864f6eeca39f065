import ArgumentParser
import Reports
import Training

/// Writes a run's report.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a run's report: one HTML page that opens without a network.",
        discussion: """
            The page shows the best design beside the baseline, why it is better, where time, area and power go, and how the search \
            went. A run may be reported at any time, also while it is training.
            """)

    @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
    var path: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "The file to write. (default: report.html in the run folder)")
    var file: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let folder = try RunFolder(reading: path)
        let report = try Report(run: folder)
        let file = file ?? folder.reportPath
        try report.write(to: file)
        if output.json {
            try StandardOutput.writeJSON(Result(report: file, figures: report.figures))
        } else {
            StandardOutput.write("\(report.summary)\n\(file)\n")
        }
    }

    private struct Result: Encodable {
        let report: String
        let figures: ReportFigures
    }
}
