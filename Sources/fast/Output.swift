import ArgumentParser
import Diagnostics
import Foundation

/// How a command that reports prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object on standard output, and nothing else there.")
    var json = false
}

/// Standard output.
enum StandardOutput {
    /// Prints a value as a JSON object, its keys in alphabetical order.
    static func writeJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    /// Ends the process where nothing can be written: who reads the output must not take a part for the whole.
    static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            StandardError.write("error: standard output cannot be written: \(error.localizedDescription)\n")
            exit(DiagnosticError.Kind.inputOutput.exitCode)
        }
    }
}

/// Standard error, for progress, warnings and errors.
enum StandardError {
    static func write(_ text: String) {
        // A message that nobody can see must not end a run.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
