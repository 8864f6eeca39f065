package import Diagnostics
internal import Foundation

/// The error for a file operation that the operating system refused.
///
/// - Parameter code: The value of `errno`.
/// - Returns: `cannotCreate` where permission is missing, otherwise `inputOutput`.
package func fileError(_ what: String, path: String, code: Int32) -> DiagnosticError {
    let reason = String(cString: strerror(code))
    let (kind, remedy): (DiagnosticError.Kind, String) =
        switch code {
        case EACCES, EPERM, EROFS: (.cannotCreate, "check the permissions of the folder, or choose another")
        case ENOSPC, EDQUOT: (.inputOutput, "make room on the disk, then go on with `fast resume`")
        default: (.inputOutput, "check the disk")
        }
    return DiagnosticError(kind, "\(what): \(reason)", at: SourceLocation(file: path), remedy: remedy)
}

/// Writes a file such that it is there either whole or as it was before, even if the machine stops in the middle.
///
/// The bytes go to a file next to it, which is flushed to the disk and renamed; then the folder is flushed.
/// - Throws: `DiagnosticError` where a step fails; the file that was there before stays.
package func writeAtomically(_ bytes: [UInt8], to path: String) throws {
    let partial = path + partialSuffix
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw fileError("the file cannot be created", path: path, code: errno) }
    do {
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else {
            throw fileError("the file cannot be flushed to the disk", path: path, code: errno)
        }
    } catch {
        unlink(partial)
        throw error
    }
    guard rename(partial, path) == 0 else {
        let code = errno
        unlink(partial)
        throw fileError("the file cannot be put in its place", path: path, code: code)
    }
    try flushFolder(of: path)
}

/// Creates a folder, and those around it that are missing.
///
/// - Parameter option: the option that names another.
/// - Throws: `DiagnosticError`: `usage` where the path is empty, `inputOutput` where the disk is full, otherwise `cannotCreate`.
package func createFolder(_ path: String, option: String = "--run") throws {
    guard !path.isEmpty else {
        throw DiagnosticError(.usage, "expected the path of a folder after \(option), found an empty one")
    }
    if mkdir(path, 0o755) == 0 { return }
    var code = errno
    let parent = (path as NSString).deletingLastPathComponent
    if code == ENOENT, !parent.isEmpty, parent != path {
        try createFolder(parent, option: option)
        code = mkdir(path, 0o755) == 0 ? 0 : errno
    }
    guard code != 0 else { return }
    if code == EEXIST { return try requireFolder(for: "the output", at: path, option: option) }
    var error = fileError("the folder cannot be created", path: path, code: code)
    if error.kind == .inputOutput, code != ENOSPC, code != EDQUOT {
        error.kind = .cannotCreate
        error.remedy = "check the permissions, or choose another folder with \(option)"
    }
    throw error
}

/// What is at the end of a name while a file is being written.
package let partialSuffix = ".partial"

/// Writes all bytes at the descriptor's position.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
        var written = 0
        while written < buffer.count {
            let count = write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw fileError("the file cannot be written", path: path, code: errno)
            }
            written += count
        }
    }
}

/// Makes the names in a file's folder survive a power cut.
private func flushFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fileError("the folder cannot be opened", path: folder, code: errno) }
    defer { close(descriptor) }
    // Some file systems don't flush folders and say EINVAL: their renames are as durable as they get.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
        throw fileError("the folder cannot be flushed to the disk", path: folder, code: errno)
    }
}

/// The bytes of a file.
func readBytes(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fileError("the file cannot be read", path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw fileError("the file cannot be read", path: path, code: errno)
        }
        if count == 0 { return bytes }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// A folder's path without a slash at its end.
package func withoutTrailingSlash(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}

/// Refuses something that is there and is no folder.
private func requireFolder(for what: String, at path: String, option: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        throw DiagnosticError(
            .cannotCreate, "expected a folder for \(what), found a file", at: SourceLocation(file: path),
            remedy: "choose another folder with \(option)")
    }
}

/// The names in a folder that is to be written into, sorted; none where it doesn't exist yet.
///
/// - Parameters:
///   - what: what the folder is for, for the message.
///   - option: the option that names another.
/// - Throws: `DiagnosticError`, `cannotCreate`, where it is a file, or can't be read.
package func folderContents(for what: String, at path: String, option: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    try requireFolder(for: what, at: path, option: option)
    do {
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
        throw DiagnosticError(
            .cannotCreate, "the folder cannot be read: \(error.localizedDescription)", at: SourceLocation(file: path),
            remedy: "check its permissions, or choose another with \(option)")
    }
}
