import ArgumentParser
import Diagnostics
import Foundation

/// The command line: each sub-command parses, calls the library, and prints.
@main
struct FastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fast",
        abstract: "Searches for inference accelerators: hardware, schedules and compiler together.",
        discussion: """
            A search and its report:

              fast train --environment efficientnet-b7 --agent ppo --run runs/b7
              fast report runs/b7

            Every command that reports takes --json. Exit codes are those of sysexits: 64 usage, 65 bad data in a \
            file, 66 file missing, 69 a tool or library is missing, 73 cannot create, 74 input/output, \
            78 configuration; 130 after Ctrl-C.
            """,
        version: "\(softwareVersion)",
        subcommands: [
            WorkloadCommand.self, HardwareCommand.self, SimulateCommand.self, ScheduleCommand.self,
            TimeloopCommand.self,
            CompileCommand.self, EnvironmentCommand.self, TrainCommand.self, ResumeCommand.self, ReportCommand.self,
            ParetoCommand.self, InvestmentCommand.self, ReproduceCommand.self, EnumerateCommand.self,
            RegretCommand.self,
        ])

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try requireKnownCommand(in: arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let error as any Diagnosable {
            StandardError.write("error: \(error.diagnostic)\n")
            Foundation.exit(error.diagnostic.kind.exitCode)
        } catch {
            exit(withError: error)
        }
    }

    /// Names the nearest command where an unknown one is given.
    static func requireKnownCommand(in arguments: [String]) throws {
        var command: any ParsableCommand.Type = FastCommand.self
        var path = "fast"
        for argument in arguments {
            let commands = command.configuration.subcommands
            if commands.isEmpty || argument.hasPrefix("-") || argument == "help" { return }
            let names = commands.compactMap { $0.configuration.commandName }
            guard let next = commands.first(where: { $0.configuration.commandName == argument }) else {
                throw DiagnosticError(
                    .usage, "`\(path)` has no command '\(argument)'",
                    remedy: remedyForUnknown(argument, among: names) + "; see `\(path) --help`")
            }
            command = next
            path += " \(argument)"
        }
    }
}
