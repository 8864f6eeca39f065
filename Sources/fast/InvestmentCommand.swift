import Accelerators
import ArgumentParser
import Diagnostics
import Economics
import Environments
import Reports
import Training

/// Shows whether a design pays.
struct InvestmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roi",
        abstract: "Show from which volume on a design earns back what designing it costs.",
        discussion: """
            Return on investment is what deployed chips save over serving the same throughput with baseline chips, in total cost of \
            ownership over their years of service, divided by the one-off cost of design, masks, IP and software. Every cost is an input \
            of the economics file, with its source and range. See docs/ECONOMICS.md.

              fast roi --design my-chip.yaml --workload efficientnet-b7
              fast roi --run runs/b7 --volume 1000 10000 --output roi.html
            """)

    @Option(name: .shortAndLong, help: "A design's YAML file, or a baseline's name such as tpu-v4i.")
    var design: String?

    @Option(name: .customLong("run"), help: ArgumentHelp("A run, whose best design is taken.", valueName: "folder"))
    var path: String?

    @Option(name: .shortAndLong, help: NetworkOptions.workloadHelp)
    var workload: String?

    @Option(
        name: .shortAndLong,
        help:
            "A problem's name, such as suite, or its file: its workloads, with their weights as shares of the baseline chips."
    )
    var environment: String?

    @Option(help: "With --workload: the chip that would serve it otherwise. (default: tpu-v3)")
    var baseline: String?

    @Option(help: "With --workload: a technology's name, or its file. (default: 7nm)")
    var technology: String?

    @Option(help: "The costs: a name such as datacenter, or a file. (default: the problem's)")
    var economics: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Volumes to show, in chips. (default: 100 to 1,000,000)", valueName: "chips"))
    var volume: [Int] = []

    @OptionGroup var files: FigureFiles

    @OptionGroup var output: OutputOptions

    func run() throws {
        try files.expectWritable()
        let volumes = try volume.map { try inRange($0, 1...1_000_000_000_000, option: "--volume") }
        let study = try study(volumes: volumes.isEmpty ? InvestmentStudy.defaultVolumes : volumes)
        let written = try files.write(csv: study.csvText, page: InvestmentPage(study).html)
        if output.json { return try StandardOutput.writeJSON(InvestmentFigures(study, files: written)) }
        StandardOutput.write(InvestmentText(study: study).text)
        for file in written { StandardOutput.write("\(file)\n") }
    }

    private func study(volumes: [Int]) throws -> InvestmentStudy {
        let problem = try problem()
        switch (design, path) {
        case (let design?, nil):
            guard let problem else {
                throw DiagnosticError(.usage, "expected --workload or --environment with --design, found neither")
            }
            return try InvestmentStudy(
                of: try Design(named: design), named: design, on: problem, economics: economics, volumes: volumes)
        case (nil, let path?):
            let folder = try RunFolder(reading: path)
            guard let problem else {
                return try InvestmentStudy(run: folder, economics: economics, volumes: volumes)
            }
            return try InvestmentStudy(
                of: try InvestmentStudy.bestDesign(of: folder), named: folder.path, on: problem,
                economics: economics, volumes: volumes)
        case (nil, nil), (_?, _?):
            throw DiagnosticError(
                .usage, "expected either --design or --run, found \(design == nil ? "neither" : "both")")
        }
    }

    /// What is served; nil for what the run was made for.
    private func problem() throws -> Problem? {
        switch (workload, environment) {
        case (_?, _?):
            throw DiagnosticError(.usage, "expected either --workload or --environment, found both")
        case (nil, let environment):
            for (option, value) in [("--baseline", baseline), ("--technology", technology)] where value != nil {
                throw DiagnosticError(
                    .usage, "expected --workload with \(option), found none",
                    remedy: "a problem or a run names its own")
            }
            return try environment.map { try Problem(named: $0) }
        case (let workload?, nil):
            return Problem(
                name: workload, workloads: [Problem.WeightedWorkload(name: workload)],
                technology: technology ?? Problem.defaultTechnology,
                baseline: baseline ?? Problem.defaultBaseline)
        }
    }
}
