import ArgumentParser
import Diagnostics
import Foundation
import Training

/// Starts a run.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Search for the best design of a problem with an agent.",
        discussion: """
            Everything is written into the run folder, at each moment such that `fast resume` goes on exactly where the \
            run was: after Ctrl-C, a crash or a power cut. With the same seed come the same trials, on any number of \
            threads of one kind of processor.
            """)

    @Option(name: .shortAndLong, help: "A problem's name, such as efficientnet-b7, or its file.")
    var environment: String

    @Option(name: .shortAndLong, help: "An agent's name, such as ppo, or the file of its recipe.")
    var agent: String

    @Option(help: "How many designs the agent may try.")
    var trials = 2000

    @Option(help: "Seed of all random numbers.")
    var seed = 1

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "The run folder, which must be new or empty. (default: runs/<environment>-<agent>-<seed>)",
            valueName: "folder"))
    var path: String?

    @Option(help: "Designs evaluated at the same time. (default: one a processor)")
    var threads: Int?

    @Flag(help: "Show no progress.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let configuration = try RunConfiguration(
            environment: environment, agent: agent,
            seed: UInt64(try inRange(seed, 0...Int.max, option: "--seed")),
            trials: try inRange(trials, TrainCommand.trialsRange, option: "--trials"),
            threads: try inRange(
                threads ?? ProcessInfo.processInfo.activeProcessorCount, TrainCommand.threadsRange, option: "--threads")
        )
        // What cannot be evaluated is found out before the folder is made.
        let evaluator = try configuration.makeEvaluator()
        _ = try configuration.makeAgent(for: evaluator)
        let path = path ?? RunFolder.vacantPath("runs/\(configuration.defaultName)")
        let folder = try RunFolder.create(at: path, configuration: configuration)
        try TrainingSession(folder: folder, evaluator: evaluator, isJSON: output.json, isQuiet: quiet).run()
    }

    static let trialsRange = 1...100_000_000
    static let threadsRange = 1...RunConfiguration.largestThreadCount
}

/// An option's value, which must lie in a range.
func inRange(_ value: Int, _ range: ClosedRange<Int>, option: String) throws -> Int {
    guard range.contains(value) else {
        let expected =
            range.upperBound == Int.max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        throw DiagnosticError(.usage, "expected \(expected), found \(value)", at: SourceLocation(field: option))
    }
    return value
}
