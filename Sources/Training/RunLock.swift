internal import Diagnostics
internal import Foundation

/// Keeps a second process from working in the same folder.
///
/// The lock belongs to the open file, so that the system releases it however the process ends: no lock is ever stale.
/// The file itself stays; the process number in it serves the message only.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Parameter option: the option that names another folder.
    /// - Throws: `DiagnosticError`, `cannotCreate`, where another process holds the lock.
    package init(path: String, folder: String, option: String = "--run") throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fileError("the run folder cannot be locked", path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw fileError("the run folder cannot be locked", path: path, code: code)
            }
            let holder = (try? readBytes(of: path)).map { String(decoding: $0.prefix(20), as: UTF8.self) }
            let process = holder.flatMap { Int($0.filter(\.isNumber)) }.map { "process \($0)" } ?? "another process"
            throw DiagnosticError(
                .cannotCreate, "\(process) is at work in this folder", at: SourceLocation(file: folder),
                remedy: "wait until it ends, or choose another folder with \(option)")
        }
        self.descriptor = descriptor
        if ftruncate(descriptor, 0) == 0 {
            // Only the message of the next process would miss it.
            try? writeAll(Array("\(getpid())\n".utf8), to: descriptor, path: path)
        }
    }

    deinit {
        // A child process between fork and exec shares the open file: closing it alone would leave the lock to the child.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
