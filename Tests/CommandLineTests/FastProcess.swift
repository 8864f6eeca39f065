import Foundation
import TestSupport
import Testing

/// The built `fast` command, run as a user would.
struct FastProcess {
    var status: Int32
    var output: String
    var errors: String

    /// The command next to the test runner.
    private static let executable: URL? = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("fast")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        for build in ["release", "debug"] {
            let candidate = Repository.root.appendingPathComponent(".build/\(build)/fast")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// Starts the command; output goes to files, so that no pipe fills.
    ///
    /// - Parameter environment: variables added to those of this process.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], output: URL, errors: URL
    ) throws -> Process {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let command: URL = try #require(executable, "the fast command is built next to the tests")
        process.executableURL = command
        process.arguments = arguments
        process.currentDirectoryURL = Repository.root
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs the command to its end.
    static func run(_ arguments: String...) throws -> FastProcess { try run(arguments) }

    /// Runs the command to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> FastProcess {
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.url("out"), folder.url("err"))
        let process = try start(arguments, environment: environment, output: output, errors: errors)
        process.waitUntilExit()
        return FastProcess(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Standard output as a JSON object.
    var json: [String: Any] {
        get throws {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }
}
