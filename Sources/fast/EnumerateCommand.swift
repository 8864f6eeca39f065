import Accelerators
import ArgumentParser
import Diagnostics
import Environments
import Foundation
import Training

/// Evaluates every design of a problem.
struct EnumerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enumerate",
        abstract: "Evaluate every design of a problem's search space: the exact optimum, and the distribution.",
        discussion: """
            For problems whose searchSpace is narrow, such as enumerable-efficientnet-b0. Designs over the area or TDP budget are counted \
            without being evaluated. The folder holds problem.yaml, the outcome of every design in outcomes.bin, and at the end \
            ground-truth.json. Stopped at any moment, the same command goes on; the outcomes depend neither on stops nor on threads. \
            With a ground truth the regret of a run is exact: `fast regret RUN`. See docs/GROUND_TRUTH.md.
            """)

    @Argument(help: "A problem's name, such as enumerable-efficientnet-b0, or its file.")
    var environment: String

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "The folder, new or of the same enumeration. (default: runs/<environment>-enumeration)", valueName: "folder"
        ))
    var path: String?

    @Option(help: ArgumentHelp("Write the ground truth here as well.", valueName: "file"))
    var truth: String?

    @Option(help: "The most designs to evaluate: where more meet the budgets, nothing is done.")
    var limit = Enumeration.defaultLimit

    @Option(help: "Designs evaluated at the same time. (default: one a processor)")
    var threads: Int?

    @Flag(help: "Show no progress.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        let folder: String
        let table: String
        let truth: GroundTruth

        private enum CodingKeys: String, CodingKey {
            case folder, table, designsPerSecond, optimum
        }

        func encode(to encoder: any Encoder) throws {
            try truth.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(folder, forKey: .folder)
            try container.encode(table, forKey: .table)
            try container.encode(truth.designsPerSecond, forKey: .designsPerSecond)
            // Not left out when there is none: who reads it looks for the key.
            try container.encode(truth.optimum, forKey: .optimum)
        }
    }

    func run() throws {
        let limit = try inRange(limit, 1...1_000_000_000, option: "--limit")
        let threads = try inRange(
            threads ?? ProcessInfo.processInfo.activeProcessorCount, TrainCommand.threadsRange, option: "--threads")
        let problem = try Problem(named: environment)
        if let truth { try expectWritable(truth) }
        let folder = path ?? "runs/\(problem.name)-enumeration"
        var enumeration = try Enumeration(
            of: ProblemEvaluator(problem), in: folder, threads: threads, limit: limit,
            command: "fast environment enumerate \(environment)" + (truth.map { " --truth \($0)" } ?? ""))
        let display = ProgressDisplay(isQuiet: quiet)
        let interruption = Interruption()
        let found: GroundTruth?
        do {
            defer { display.finish() }
            found = try enumeration.run(stop: interruption.stop, report: display.show)
        }
        guard let found else {
            display.print("stopped; the same command goes on")
            throw ExitCode(Interruption.exitCode)
        }
        if let truth { try writeTextFile(found.jsonText, to: truth) }
        if output.json {
            try StandardOutput.writeJSON(Result(folder: folder, table: enumeration.tablePath, truth: found))
        } else {
            StandardOutput.write(found.text + "\nTable: \(enumeration.tablePath)\n")
        }
    }
}

extension GroundTruth {
    /// The ground truth for people.
    fileprivate var text: String {
        var lines = [
            "\(designs.groupedText) designs: \(overBudget.groupedText) over the area or TDP budget, "
                + "\(evaluated.groupedText) evaluated in \(seconds.durationText) (\(Int(designsPerSecond)) designs/s on "
                + "\(threads) threads)",
            "\(feasible.groupedText) feasible"
                + infeasible.sorted { $0.key < $1.key }.map { "; \($0.value.groupedText) infeasible: \($0.key)" }
                .joined(),
        ]
        guard let optimum else { return lines.joined(separator: "\n") + "\nNo design is feasible.\n" }
        lines += [
            "",
            "Optimum: design \(optimum.index.groupedText), objective \(optimum.objective), reached by \(optima.groupedText)",
            "", optimum.design.yamlText,
        ]
        var table = TextTable(["within", "designs", "one in"])
        for row in near {
            table.append([
                NumberFormat.percent(row.within), row.designs.groupedText,
                (evaluated / max(1, row.designs)).groupedText,
            ])
        }
        lines.append(table.text)
        var shares = TextTable(["share of feasible designs", "objective at most"])
        for quantile in quantiles {
            shares.append([String(format: "%.2f%%", quantile.share * 100), String(format: "%.4f", quantile.objective)])
        }
        lines.append(shares.text)
        return lines.joined(separator: "\n")
    }
}
