import Configuration
import Diagnostics
import Foundation
import Testing

@Suite struct FileReadingTests {
    /// A folder that is removed when the test ends.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.resolvingSymlinksInPath().path)
    }

    static func write(_ data: Data, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    @Test func textIsReadAsItIs() throws {
        try FileReadingTests.withFolder { folder in
            try FileReadingTests.write(Data("größer\n".utf8), to: folder + "/a.yaml")
            #expect(try readTextFile(folder + "/a.yaml") == "größer\n")
            try FileReadingTests.write(Data(), to: folder + "/empty")
            #expect(try readTextFile(folder + "/empty").isEmpty)
        }
    }

    @Test func whatCannotBeReadIsNamedByKind() throws {
        try FileReadingTests.withFolder { folder in
            try FileReadingTests.write(Data([0xff, 0xfe, 0x00]), to: folder + "/binary")
            try FileReadingTests.write(Data(count: 101), to: folder + "/large")
            let cases: [(path: String, kind: DiagnosticError.Kind, complaint: String)] = [
                (folder + "/none", .missingInput, "no such file"),
                (folder, .badData, "found a folder"),
                (folder + "/binary", .badData, "UTF-8"),
                (folder + "/large", .badData, "at most 100 bytes"),
                ("/dev/zero", .badData, "at most 100 bytes"),
            ]
            for (path, kind, complaint) in cases {
                let error = try #require(throws: DiagnosticError.self) { try readTextFile(path, limit: 100) }
                #expect(error.kind == kind)
                #expect(error.message.contains(complaint))
                #expect(error.location.file == path)
            }
        }
    }
}
