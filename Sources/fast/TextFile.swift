import Diagnostics
import Foundation

/// Writes a file for a user; one that was there before is replaced as a whole.
///
/// - Throws: `DiagnosticError`, `cannotCreate`, where it cannot be written.
func writeTextFile(_ text: String, to path: String) throws {
    let location = SourceLocation(file: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard !isFolder.boolValue else {
        throw DiagnosticError(
            .cannotCreate, "expected a file to write to, found a folder", at: location, remedy: "name a file in it")
    }
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
