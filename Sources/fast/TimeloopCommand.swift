import ArgumentParser
import Configuration
import Timeloop

/// Works with the files of Timeloop.
struct TimeloopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeloop",
        abstract: "Evaluate and map Timeloop's architectures and problems, and write our mappings as its files.",
        subcommands: [TimeloopEvaluateCommand.self, TimeloopMapCommand.self, TimeloopExportCommand.self])
}

/// The architecture and the problem that a command is about.
struct TimeloopOptions: ParsableArguments {
    @Option(help: "A file with 'arch'.")
    var architecture: String

    @Option(help: "A file with 'problem'.")
    var problem: String

    func load() throws -> (TimeloopArchitecture, TimeloopProblem) {
        (
            try TimeloopArchitecture(yaml: readTextFile(architecture), file: architecture),
            try TimeloopProblem(yaml: readTextFile(problem), file: problem)
        )
    }
}
