import ArgumentParser
import Training

/// Goes on with a run.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that was stopped, or give a finished one more trials.",
        discussion: "The trials are those that the run would have made without the stop.")

    @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
    var path: String

    @Option(help: "How many designs the agent may try in all. (default: as before)")
    var trials: Int?

    @Option(help: "Designs evaluated at the same time. (default: as before)")
    var threads: Int?

    @Flag(help: "Show no progress.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let trials = try trials.map { try inRange($0, TrainCommand.trialsRange, option: "--trials") }
        let threads = try threads.map { try inRange($0, TrainCommand.threadsRange, option: "--threads") }
        let folder = try RunFolder(resuming: path)
        try TrainingSession(
            folder: folder, evaluator: try folder.configuration.makeEvaluator(), trials: trials, threads: threads,
            isJSON: output.json, isQuiet: quiet
        ).run()
    }
}
