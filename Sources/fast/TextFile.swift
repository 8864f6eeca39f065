import Diagnostics
import Foundation

/// Writes a file for a user; one that was there before is replaced as a whole.
///
/// - Throws: `DiagnosticError`, `cannotCreate`, where it cannot be written.
func writeTextFile(_ text: String, to path: String) throws {
    let location = SourceLocation(file: path)
    let exists = try isFile(path)
    // Only a file may be replaced by another: not a device or a pipe.
    let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    do {
        try Data(text.utf8).write(
            to: URL(fileURLWithPath: path), options: exists && kind != .typeRegular ? [] : .atomic)
    } catch {
        throw DiagnosticError(
            .cannotCreate, "the file cannot be written: \(error.localizedDescription)", at: location,
            remedy: "check that the folder exists, and its permissions")
    }
}

/// Says before a long command's work what would stop `writeTextFile` after it.
///
/// - Throws: `DiagnosticError`, `cannotCreate`, where the file could not be written.
func expectWritable(_ path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let place = try isFile(path) ? path : folder
    guard FileManager.default.isWritableFile(atPath: place) else {
        let reason =
            FileManager.default.fileExists(atPath: place) ? "permission denied" : "there is no folder '\(folder)'"
        throw DiagnosticError(
            .cannotCreate, "the file cannot be written: \(reason)", at: SourceLocation(file: path),
            remedy: "check that the folder exists, and its permissions")
    }
}

/// Whether a path is that of a file.
///
/// - Throws: `DiagnosticError`, `cannotCreate`, where it is a folder's, or empty.
private func isFile(_ path: String) throws -> Bool {
    guard !path.isEmpty else {
        throw DiagnosticError(.cannotCreate, "expected a file to write to, found an empty name", remedy: "name a file")
    }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard !isFolder.boolValue else {
        throw DiagnosticError(
            .cannotCreate, "expected a file to write to, found a folder", at: SourceLocation(file: path),
            remedy: "name a file in it")
    }
    return exists
}
