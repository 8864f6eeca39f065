import Configuration
import Diagnostics
import Foundation
import MILP
import Testing

@Suite struct HighsLibraryTests {
    static let nowhere = InstalledFiles(currentFolder: "/", executableFolder: nil, home: nil)

    @Test func setupHasInstalledIt() throws {
        let library = try HighsLibrary.standard
        #expect(library.version.hasPrefix("1."))
    }

    @Test func aMissingLibraryIsUnavailable() throws {
        let error = try #require(throws: MILPError.self) {
            try HighsLibrary(environment: [:], files: Self.nowhere, systemNames: ["libnosuchhighs.so"])
        }
        #expect(error.code == .libraryMissing)
        #expect(error.diagnostic.kind == .unavailable)
        #expect(error.diagnostic.kind.exitCode == 69)
        #expect(error.description.contains("scripts/setup") && error.description.contains("FAST_HIGHS"))
    }

    @Test func aNamedLibraryIsTheOnlyOneTried() throws {
        let error = try #require(throws: MILPError.self) {
            try HighsLibrary(
                environment: ["FAST_HIGHS": "/no/such/libhighs.so"], files: .standard, systemNames: ["libhighs.so"])
        }
        #expect(error.code == .libraryMissing)
        #expect(error.description.hasPrefix("/no/such/libhighs.so: "))
    }

    @Test func otherFilesAreUnusable() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("fast-\(UUID()).so")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("no library".utf8).write(to: file)
        let text = try #require(throws: MILPError.self) { try HighsLibrary(path: file.path) }
        #expect(text.code == .libraryUnusable && text.diagnostic.kind == .unavailable)
        let folder = try #require(throws: MILPError.self) { try HighsLibrary(path: "/") }
        #expect(folder.code == .libraryUnusable)
    }

    @Test func otherLibrariesAreUnusable() throws {
        let error = try #require(throws: MILPError.self) {
            try HighsLibrary(environment: [:], files: Self.nowhere, systemNames: ["libm.so.6"])
        }
        #expect(error.code == .libraryUnusable)
        #expect(error.message.contains("Highs_version"))
    }

    @Test func aNamedLibraryIsLoaded() throws {
        let standard = try HighsLibrary.standard
        let library = try HighsLibrary(
            environment: ["FAST_HIGHS": standard.path], files: Self.nowhere, systemNames: [])
        #expect(library.version == standard.version)
        var program = MixedIntegerProgram()
        program.addBinary("x", objective: -1)
        #expect(try HighsSolver(library: library).solve(program).objective == -1)
    }
}
