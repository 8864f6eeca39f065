internal import Diagnostics
internal import Foundation

/// The text of a file that the user named.
///
/// - Throws: `DiagnosticError`: `missingInput` where there is no such file, `badData` where it is a folder, is larger than
///   `limit` bytes, or is not UTF-8, `inputOutput` where it cannot be read.
public func readTextFile(_ path: String, limit: Int = 16 << 20) throws -> String {
    let location = SourceLocation(file: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw DiagnosticError(.missingInput, "there is no such file", at: location, remedy: "check the path")
    }
    guard !isFolder.boolValue else {
        throw DiagnosticError(.badData, "expected a file, found a folder", at: location)
    }
    let data: Data
    do {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        // A pipe or a device has no size to ask for beforehand, and may never end.
        data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
        throw DiagnosticError(
            .inputOutput, "the file cannot be read: \(error.localizedDescription)", at: location,
            remedy: "check its permissions")
    }
    guard data.count <= limit else {
        throw DiagnosticError(.badData, "expected at most \(limit) bytes of text, found more", at: location)
    }
    guard let text = String(data: data, encoding: .utf8) else {
        throw DiagnosticError(.badData, "expected UTF-8 text, found other bytes", at: location)
    }
    return text
}
