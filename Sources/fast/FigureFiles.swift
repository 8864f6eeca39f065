import ArgumentParser
import Diagnostics
import Foundation

/// The files that a command writes its figures to.
struct FigureFiles: ParsableArguments {
    @Option(help: ArgumentHelp("Write the figures as comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write a page with charts.", valueName: "file"))
    var page: String?

    /// Says before the work what would stop `write` after it.
    ///
    /// - Throws: `DiagnosticError`: `cannotCreate` where a file could not be written, `usage` where both are one.
    func expectWritable() throws {
        for file in [csv, page].compactMap({ $0 }) { try fast.expectWritable(file) }
        // The folder by itself too: links on the way to a file that isn't there yet would stay.
        func place(_ path: String) -> URL {
            let file = URL(fileURLWithPath: path).standardizedFileURL
            return file.deletingLastPathComponent().resolvingSymlinksInPath()
                .appendingPathComponent(file.lastPathComponent).resolvingSymlinksInPath()
        }
        if let csv, let page, place(csv) == place(page) {
            throw DiagnosticError(
                .usage, "expected two files for --csv and --output, found one", at: SourceLocation(file: page),
                remedy: "give each a name of its own")
        }
    }

    /// Writes those that are asked for; a text is made only if it is.
    ///
    /// - Returns: the files written.
    /// - Throws: `DiagnosticError`, `cannotCreate`, where one cannot be written.
    func write(csv csvText: @autoclosure () -> String, page pageText: @autoclosure () -> String) throws -> [String] {
        if let csv { try writeTextFile(csvText(), to: csv) }
        if let page { try writeTextFile(pageText(), to: page) }
        return [csv, page].compactMap { $0 }
    }
}
