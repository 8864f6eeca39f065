import ArgumentParser
import Diagnostics
import Foundation
import Reports
import Reproduction
import Training

/// Repeats the paper's experiments.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Repeat the experiments of the FAST paper (ASPLOS 2022), and write a page and tables.",
        discussion: """
            Single-workload searches for the paper's 13 workloads, one design for its suite, the baseline's own datapath with our \
            scheduler and compiler, ablations, the front of Perf and TDP, components, and what other assumptions would make of the \
            results; each beside the published figure where there is one. See docs/REPRODUCTION.md.

            Everything is kept in one folder, each search in a run folder of its own. The same command goes on where it was \
            stopped, with the same results; so does `fast reproduce --output` with the folder alone.

            By default a search has 500 trials and one seed: 5 to 10 minutes in all on 2 idle cores. With --full it has the paper's \
            5,000 trials and 3 seeds, and the ablations take five workloads: about 130 searches, about an hour on 2 idle cores.
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The study's folder: new, empty, or a study's.", valueName: "folder"))
    var path = "runs/reproduction"

    @Flag(help: "The paper's budget: 5,000 trials a search, 3 seeds, ablations on the suite's five workloads.")
    var full = false

    @Option(help: "Trials of each search. (default: 500; 5000 with --full)")
    var trials: Int?

    @Option(help: "Seeds of each search. (default: 1; 3 with --full)")
    var seeds: Int?

    @Option(help: "The first seed; the others follow it. (default: 1)")
    var seed: Int?

    @Option(name: .shortAndLong, help: "An agent's name, or the file of its recipe. (default: ppo)")
    var agent: String?

    @Option(help: "The technology node. (default: 7nm)")
    var technology: String?

    @Option(help: "The design that all others are compared with. (default: tpu-v3)")
    var baseline: String?

    @Option(
        help: ArgumentHelp(
            "Only these experiments, and what they need, with commas between: single, suite, scheduling, ablations, pareto, components, assumptions.",
            valueName: "experiments"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Only these of the paper's workloads, with commas between; the ablations take all of them.",
            valueName: "names"))
    var workloads: String?

    @Option(help: "Designs evaluated at the same time. (default: one a processor)")
    var threads: Int?

    @Flag(help: "Show no progress.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let request = try request()
        let experiments = try only.map(ReproduceCommand.experiments) ?? Experiment.allCases
        let workloads = try workloads.map(ReproduceCommand.workloads)
        let threads = try inRange(
            threads ?? ProcessInfo.processInfo.activeProcessorCount, TrainCommand.threadsRange, option: "--threads")
        // What cannot be searched is found out before the folder is made.
        let plan = try StudyPlan(
            StudyFolder.settings(at: path, request), experiments: experiments, workloads: workloads)
        try plan.check()
        let folder = try StudyFolder(at: path, request)

        let display = ProgressDisplay(isQuiet: quiet)
        let interruption = Interruption()
        let isFinished: Bool
        do {
            defer { display.finish() }
            if folder.isResumed, !quiet { display.print("going on with \(folder.path): \(folder.settings.summary)") }
            isFinished = try StudyRunner(plan, in: folder, threads: threads).run(
                stop: interruption.stop, report: { show($0, on: display) },
                warn: { display.print("warning: \($0)") })
        }
        guard isFinished else { return try stop(folder, display) }
        if !quiet { display.print("evaluating the best designs and the assumptions") }
        let results = try StudyResults(of: folder, plan, threads: threads, stop: interruption.stop)
        guard !interruption.stop.isRequested else { return try stop(folder, display) }
        let report = try ReproductionReport(results, in: folder)
        try report.write()
        if output.json { return try StandardOutput.writeJSON(report.figures) }
        StandardOutput.write(text(report))
    }

    private func stop(_ folder: StudyFolder, _ display: ProgressDisplay) throws {
        display.print("stopped; go on with `fast reproduce --output \(shellQuoted(folder.path))`")
        throw ExitCode(Interruption.exitCode)
    }

    private func request() throws -> StudySettings.Request {
        var request = StudySettings.Request()
        request.isFull = full
        request.trials = try trials.map { try inRange($0, StudySettings.trialsRange, option: "--trials") }
        request.seeds = try seeds.map { try inRange($0, StudySettings.seedsRange, option: "--seeds") }
        request.firstSeed = try seed.map { try inRange($0, StudySettings.firstSeedRange, option: "--seed") }
        request.agent = agent
        request.technology = technology
        request.baseline = baseline
        return request
    }

    private func show(_ progress: StudyProgress, on display: ProgressDisplay) {
        if let outcome = progress.outcome {
            guard !quiet else { return }
            let left = progress.secondsLeft.map { $0 > 0 ? " · about \($0.durationText) left" : "" } ?? ""
            display.print("[\(progress.position)/\(progress.count)] \(progress.name): \(outcome)\(left)")
        } else {
            let title = "[\(progress.position)/\(progress.count)] \(progress.name): "
            display.show { width in
                let rest = width == .max ? width : max(20, width - title.count)
                return title + (progress.training?.line(width: rest) ?? "all compiler options")
            }
        }
    }

    private func text(_ report: ReproductionReport) -> String {
        let figures = report.figures
        var table = TextTable(["figure", "ours", "seeds", "published"])
        for line in figures.headline {
            table.append([
                line.name, line.ours.map { "\($0.median.ratioText)x" } ?? "–",
                line.ours.map { $0.count == 1 ? "1" : "\($0.least.ratioText)…\($0.greatest.ratioText)" } ?? "–",
                line.published.map { "\($0.ratioText)x" } ?? "–",
            ])
        }
        return table.text + "\n" + figures.headline.map { "\($0.name): \($0.explanation)\n" }.joined() + "\n"
            + figures.files.map { "\($0)\n" }.joined()
    }

    private static func experiments(_ text: String) throws -> [Experiment] {
        try names(text, known: Experiment.allCases.map(\.rawValue), what: "an experiment", option: "--only")
            .compactMap(Experiment.init)
    }

    private static func workloads(_ text: String) throws -> [String] {
        try names(text, known: StudySettings.workloads, what: "a workload of the paper", option: "--workloads")
    }

    /// A list of known names, each once.
    private static func names(_ text: String, known: [String], what: String, option: String) throws -> [String] {
        var names: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part.drop { $0 == " " })
            guard known.contains(name) else {
                throw DiagnosticError(
                    .usage, "expected \(what), found '\(name)'", at: SourceLocation(field: option),
                    remedy: remedyForUnknown(name, among: known))
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
