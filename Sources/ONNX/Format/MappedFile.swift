internal import Diagnostics
internal import Foundation

/// A file's bytes, mapped into memory: a page is read when it is first looked at, and only then.
///
/// A class, since it owns the mapping, which ends with it.
final class MappedFile {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// - Throws: `DiagnosticError`: `missingInput` where there is no such file, `badData` where it is empty or no regular file,
    ///   `inputOutput` where it cannot be read.
    init(path: String) throws {
        let location = SourceLocation(file: path)
        // Without O_NONBLOCK a pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno != ENOENT, errno != ENOTDIR else {
                throw DiagnosticError(.missingInput, "there is no such file", at: location, remedy: "check the path")
            }
            throw DiagnosticError(
                .inputOutput, "the file cannot be read: \(String(cString: strerror(errno)))", at: location,
                remedy: "check its permissions")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw DiagnosticError(
                .inputOutput, "the file cannot be read: \(String(cString: strerror(errno)))", at: location)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or a pipe"
            throw DiagnosticError(.badData, "expected a file, found \(found)", at: location)
        }
        guard status.st_size > 0 else {
            throw DiagnosticError(.badData, "expected an ONNX model, found an empty file", at: location)
        }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw DiagnosticError(
                .inputOutput, "the file cannot be mapped into memory: \(String(cString: strerror(errno)))", at: location
            )
        }
        self.path = path
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
}
