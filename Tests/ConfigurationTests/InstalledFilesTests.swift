import Configuration
import Diagnostics
import Foundation
import Testing

@Suite struct InstalledFilesTests {
    /// Three places that could hold the files, each with a technology of its own and one of the same name.
    static func withPlaces(_ body: (String) throws -> Void) throws {
        try FileReadingTests.withFolder { folder in
            for place in ["current", "executable", "home"] {
                for name in ["shared", place] {
                    try FileReadingTests.write(
                        Data(place.utf8), to: "\(folder)/\(place)/environments/technologies/\(name).yaml")
                }
            }
            try FileReadingTests.write(Data(), to: folder + "/current/environments/technologies/.hidden.yaml")
            try FileReadingTests.write(Data(), to: folder + "/current/environments/technologies/folder.yaml/x")
            try FileReadingTests.write(Data(), to: folder + "/current/environments/technologies/notes.txt")
            for below in ["current/a/b", "executable/bin"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(below)", withIntermediateDirectories: true)
            }
            try body(folder)
        }
    }

    static func files(_ folder: String) -> InstalledFiles {
        InstalledFiles(
            currentFolder: folder + "/current/a/b", executableFolder: folder + "/executable/bin", home: folder + "/home"
        )
    }

    @Test func theCurrentFolderComesBeforeTheExecutableAndThatBeforeTheHome() throws {
        try InstalledFilesTests.withPlaces { folder in
            let files = InstalledFilesTests.files(folder)
            #expect(files.roots.map { $0.dropFirst(folder.count) } == ["/current", "/executable", "/home"])
            for (name, content) in [
                ("shared", "current"), ("current", "current"), ("executable", "executable"), ("home", "home"),
            ] {
                let path = try files.file(named: name, in: "environments/technologies")
                #expect(try readTextFile(path) == content)
            }
        }
    }

    @Test func namesAreSortedAndWithoutDuplicatesHiddenFilesAndFolders() throws {
        try InstalledFilesTests.withPlaces { folder in
            let files = InstalledFilesTests.files(folder)
            #expect(files.names(in: "environments/technologies") == ["current", "executable", "home", "shared"])
            #expect(files.names(in: "environments/nothing").isEmpty)
        }
    }

    @Test(arguments: ["./x", "a/b", "x.yaml", "x.yml", "/abs"])
    func aPathIsLeftAlone(path: String) throws {
        let nowhere = InstalledFiles(currentFolder: "/", executableFolder: nil, home: nil)
        #expect(try nowhere.file(named: path, in: "environments/technologies") == path)
    }

    @Test func anUnknownNameGetsTheNearestOneSuggested() throws {
        try InstalledFilesTests.withPlaces { folder in
            let error = try #require(throws: DiagnosticError.self) {
                try InstalledFilesTests.files(folder).file(named: "shred", in: "environments/technologies")
            }
            #expect(error.kind == .missingInput)
            #expect(error.message.contains("'shred'"))
            #expect(error.remedy?.hasPrefix("did you mean 'shared'?") == true)
            #expect(error.remedy?.contains("current, executable, home, shared") == true)
        }
    }

    @Test func whereNothingIsInstalledTheRemedySaysHowToMendIt() throws {
        try FileReadingTests.withFolder { folder in
            let error = try #require(throws: DiagnosticError.self) {
                try InstalledFiles(currentFolder: folder, executableFolder: nil, home: folder + "/none")
                    .file(named: "7nm", in: "environments/technologies")
            }
            #expect(error.remedy?.contains("FAST_HOME") == true)
        }
    }
}
