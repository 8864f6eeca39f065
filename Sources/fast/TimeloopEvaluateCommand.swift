import ArgumentParser
import Configuration
import Timeloop

/// Evaluates a mapping as timeloop-model does.
struct TimeloopEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Show what timeloop-model would report for a mapping: cycles, energy, words at every level.",
        discussion: """
            Counts are words, summed over a level's instances; levels go from the inside out. Energy is that of the files' own \
            numbers, without Accelergy.
            """)

    @OptionGroup var files: TimeloopOptions

    @Option(help: "A file with 'mapping'.")
    var mapping: String

    @Option(name: .customLong("repeat"), help: "Evaluate so many times, and report the mean time.")
    var repetitions = 100

    @OptionGroup var output: OutputOptions

    private struct Times: Encodable {
        var readingSeconds: Double
        var evaluationSeconds: Double
    }

    func run() throws {
        let repetitions = try inRange(repetitions, 1...10_000_000, option: "--repeat")
        let clock = ContinuousClock()
        let start = clock.now
        let (architecture, problem) = try files.load()
        let mapping = try TimeloopMapping(
            yaml: readTextFile(mapping), file: mapping, architecture: architecture, problem: problem)
        let read = clock.now
        let model = TimeloopModel(architecture, problem)
        var evaluation = try model.evaluate(mapping)
        for _ in 1..<repetitions { evaluation = try model.evaluate(mapping) }
        let times = Times(
            readingSeconds: (read - start) / .seconds(1),
            evaluationSeconds: (clock.now - read) / .seconds(1) / Double(repetitions))
        if output.json { return try StandardOutput.writeJSON(TimeloopSummary(evaluation: evaluation, more: times)) }
        StandardOutput.write(
            evaluation.text + "; evaluated in \(NumberFormat.short(times.evaluationSeconds, unit: "s"))\n")
    }
}
