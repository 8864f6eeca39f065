import ArgumentParser
import Diagnostics
import Environments
import Foundation
import Training

/// Measures a run against the optimum of its problem.
struct RegretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regret",
        abstract: "Show what a run's best design is short of the exact optimum, after every trial.",
        discussion: """
            Regret is log(optimum's objective / best objective so far): the reward that is missing. The run's problem must have a ground \
            truth: one that comes with the software (environments/ground-truth), or a file that `fast environment enumerate` wrote. It is \
            checked first that the ground truth is not out of date.
            """)

    @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
    var path: String

    @Option(help: ArgumentHelp("The ground truth. (default: the one that comes with the software)", valueName: "file"))
    var truth: String?

    @Option(help: ArgumentHelp("Write trial, best objective and regret as comma-separated values.", valueName: "file"))
    var csv: String?

    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        let run: String
        let problem: String
        let trials: Int
        let optimum: Double?
        let best: Double?
        let regret: Double?
        let trialOfOptimum: Int?
        let curve: [RegretCurve.Point]
        let files: [String]

        private enum CodingKeys: String, CodingKey {
            case run, problem, trials, optimum, best, regret, trialOfOptimum, curve, files
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(run, forKey: .run)
            try container.encode(problem, forKey: .problem)
            try container.encode(trials, forKey: .trials)
            // Not left out when there is none: who reads it looks for the key.
            try container.encode(optimum, forKey: .optimum)
            try container.encode(best, forKey: .best)
            try container.encode(regret, forKey: .regret)
            try container.encode(trialOfOptimum, forKey: .trialOfOptimum)
            try container.encode(curve, forKey: .curve)
            try container.encode(files, forKey: .files)
        }
    }

    func run() throws {
        if let csv { try expectWritable(csv) }
        let folder = try RunFolder(reading: path)
        let evaluator = try folder.configuration.makeEvaluator()
        let truth = try groundTruth(for: evaluator.problem)
        try truth.requireFresh(for: evaluator)
        let history = TrialHistory(try TrialStore(opening: folder.trialsPath).trials())
        let curve = try RegretCurve(of: history, against: truth)
        if let csv { try writeTextFile(curve.csvText, to: csv) }
        let last = curve.points.last
        let result = Result(
            run: folder.path, problem: evaluator.problem.name, trials: curve.points.count,
            optimum: truth.optimum?.objective, best: last?.best, regret: last?.regret,
            trialOfOptimum: curve.trialOfOptimum, curve: curve.steps, files: [csv].compactMap { $0 })
        if output.json { return try StandardOutput.writeJSON(result) }
        var table = TextTable(["trial", "best", "regret", "of optimum"])
        for point in curve.steps {
            table.append([
                point.trial.groupedText, point.best.map { String(format: "%.4f", $0) } ?? "–",
                point.regret.map { String(format: "%.4f", $0) } ?? "–",
                point.best.flatMap { best in truth.optimum.map { NumberFormat.percent(best / $0.objective) } } ?? "–",
            ])
        }
        StandardOutput.write(table.text + "\n" + (csv.map { $0 + "\n" } ?? ""))
    }

    private func groundTruth(for problem: Problem) throws -> GroundTruth {
        if let truth { return try GroundTruth(contentsOfFile: truth) }
        if let installed = try GroundTruth.installed(for: problem) { return installed }
        throw DiagnosticError(
            .missingInput, "the problem '\(problem.name)' has no ground truth", at: SourceLocation(file: path),
            remedy:
                "make one with `fast environment enumerate` and name it with --truth, or train on a problem that has one "
                + "(enumerable-…, see `fast environment list`)")
    }
}
