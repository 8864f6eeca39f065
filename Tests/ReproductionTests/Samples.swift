import Accelerators
import Configuration
import Diagnostics
import Foundation
import Reproduction
import Testing

/// The project's files and small studies.
enum Samples {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let files = InstalledFiles(currentFolder: root, executableFolder: nil, home: nil)

    /// A study that takes seconds.
    static var request: StudySettings.Request {
        var request = StudySettings.Request()
        request.trials = 12
        request.seeds = 2
        request.agent = "random"
        return request
    }

    static func design(_ name: String) throws -> Design { try Design(named: name, in: files) }
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fast-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension DiagnosticError {
    /// The error that a body must throw.
    static func thrown(by body: () throws -> Void) -> DiagnosticError? {
        #expect(throws: DiagnosticError.self, performing: body)
    }
}
