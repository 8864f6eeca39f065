import Diagnostics
import Foundation
import TestSupport
import Testing
import Training

@Suite struct RunFolderTests {
    @Test func createsWhatItSays() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/runs/a"
        let run = try RunFolder.create(at: path + "/", configuration: configuration(trials: 5))
        #expect(run.path == path)
        #expect(try RunFolder(reading: path).configuration == configuration(trials: 5))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                == ["checkpoints", "configuration.yaml", "lock"])
    }

    @Test func existingRunIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a"
        _ = try RunFolder.create(at: path, configuration: configuration(trials: 5))
        let error = DiagnosticError.thrown {
            _ = try RunFolder.create(at: path, configuration: configuration(trials: 5))
        }
        #expect(error?.kind == .cannotCreate)
        #expect(error?.remedy?.contains("fast resume \(path)") == true)
        #expect(RunFolder.vacantPath(path) == path + "-2")
        #expect(RunFolder.vacantPath(folder.path + "/b") == folder.path + "/b")
    }

    @Test func foreignFolderAndFileAreRefused() throws {
        let folder = try TemporaryFolder()
        try "x".write(toFile: folder.path + "/file", atomically: true, encoding: .utf8)
        for path in [folder.path, folder.path + "/file"] {
            let error = DiagnosticError.thrown {
                _ = try RunFolder.create(at: path, configuration: configuration(trials: 5))
            }
            #expect(error?.kind == .cannotCreate)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    /// As a shell's variable that isn't set gives it; nothing may land in the working folder.
    @Test func emptyPathIsRefused() {
        let error = DiagnosticError.thrown {
            _ = try RunFolder.create(at: "", configuration: configuration(trials: 5))
        }
        #expect(error?.kind == .usage)
    }

    @Test func emptyFolderAndStillbornRunAreTaken() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a"
        try FileManager.default.createDirectory(atPath: path + "/checkpoints", withIntermediateDirectories: true)
        try "1".write(toFile: path + "/lock", atomically: true, encoding: .utf8)
        _ = try RunFolder.create(at: path, configuration: configuration(trials: 5))
    }

    @Test func missingRunIsNotCreated() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/missing"
        #expect(DiagnosticError.thrown { _ = try RunFolder(resuming: missing) }?.kind == .missingInput)
        #expect(!FileManager.default.fileExists(atPath: missing))
        #expect(DiagnosticError.thrown { _ = try RunFolder(resuming: folder.path) }?.kind == .missingInput)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func configurationCutOffAnywhereIsRefused() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/a", trials: 5)
        let file = folder.path + "/a/configuration.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for length in 0..<(text.count - 1) {
            try text.prefix(length).write(toFile: file, atomically: true, encoding: .utf8)
            let error = DiagnosticError.thrown { try session(folder.path + "/a", trials: 9) }
            #expect(error?.location.file == file, "cut off at \(length)")
        }
        try FileManager.default.removeItem(atPath: file)
        let error = DiagnosticError.thrown { _ = try RunFolder(resuming: folder.path + "/a") }
        #expect(error?.kind == .missingInput)
        #expect(error?.message.contains("any more") == true)
    }

    @Test func secondProcessIsLockedOutAndReadersAreNot() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a"
        do {
            let held = try RunFolder.create(at: path, configuration: configuration(trials: 5))
            let error = DiagnosticError.thrown { _ = try RunFolder(resuming: path) }
            #expect(error?.kind == .cannotCreate)
            #expect(error?.message.contains("process \(getpid())") == true)
            _ = try RunFolder(reading: path)
            withExtendedLifetime(held) {}
        }
        _ = try RunFolder(resuming: path)
    }

    @Test func permissionsAreExplained() throws {
        // Root may write anywhere.
        guard getuid() != 0 else { return }
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o500)
        let error = DiagnosticError.thrown {
            _ = try RunFolder.create(at: folder.path + "/a", configuration: configuration(trials: 5))
        }
        #expect(error?.kind == .cannotCreate)
    }
}

@Suite struct RunConfigurationTests {
    /// What is installed is named, whatever a recipe's kind; what isn't is a file, and with it the configuration is the same.
    @Test func argumentsMakeTheSameRunAgain() throws {
        let folder = try TemporaryFolder()
        let problem = try folder.write("{name: efficientnet-b0, workloads: mobilenet-v2}", to: "b0.yaml")
        let recipe = try folder.write("{agent: ppo, batch: 8}", to: "mine.yaml")
        for (problem, agent, expected) in [
            ("efficientnet-b0", "ppo-short", ["efficientnet-b0", "ppo-short"]),
            ("efficientnet-b0", "random", ["efficientnet-b0", "random"]),
            (problem, recipe, ["efficientnet-b0.yaml", "ppo-agent.yaml"]),
        ] {
            func configuration(_ problem: String, _ agent: String) throws -> RunConfiguration {
                try RunConfiguration(
                    environment: problem, agent: agent, seed: 1, trials: 5, threads: 1, files: Repository.files)
            }
            let run = try configuration(problem, agent)
            let arguments = try run.arguments(files: Repository.files)
            #expect([arguments.problem, arguments.agent] == expected)
            let saved = try zip(["problem", "agent"], expected).map { role, name in
                name.hasSuffix(".yaml") ? try folder.write(run.document(role).text, to: name) : name
            }
            #expect(try configuration(saved[0], saved[1]).hash == run.hash)
        }
    }

    @Test(arguments: [
        "name: a\n", "name: a", "\n\n  indented: first\nthen: not\n", "a: |\n  literal\n\n  more\n\n\n",
        "# comment only\n",
        "windows: 1\r\nlines: 2\r\n", "quote: \"x\\\\y\" 'z' #5\n", "trailing space: 1  \n   \nend: 1", "ünï: ☃\n",
        "- \t- tab\n",
        "---\ndocument: 1\n...\n",
    ])
    func roundTrip(text: String) throws {
        let configuration = RunConfiguration(
            seed: 42, trials: 2000, threads: 3,
            documents: [
                .init(role: "problem", name: "my \"odd\" \\ name: #1", text: text),
                .init(role: "agent", name: "ppo", text: "learningRate: 1e-3\n"),
            ])
        let read = try RunConfiguration(yaml: configuration.yamlText, file: "c")
        #expect(read == configuration)
        #expect(read.hash == configuration.hash)
        // Nothing of the document but white space at line ends and the end is lost.
        let expected = text.replacingOccurrences(of: "\r\n", with: "\n")
        let kept = try read.document("problem").text
        #expect(expected.hasPrefix(kept.dropLast()) || kept == "\n")
    }

    @Test func hashIsTheIdentitys() {
        let one = configuration(trials: 5)
        #expect(one.hash == configuration(trials: 6, threads: 9).hash)
        #expect(one.hash != configuration(trials: 5, seed: 8).hash)
        var other = one
        other.documents[0] = .init(role: "problem", name: "fake", text: "name: fake\nworkloads: [other]\n")
        #expect(one.hash != other.hash)
        // FNV-1a of "a", from the algorithm's authors' test vectors, seen through the same function.
        #expect(RunConfiguration.fingerprint(of: "a") == "af63dc4c8601ec8c")
        #expect(RunConfiguration.fingerprint(of: "foobar") == "85944171f73967e8")
    }

    @Test func changesAreRefused() throws {
        let text = configuration(trials: 5).yamlText
        for (old, new, message) in [
            ("seed: 7", "seed: 8", "was changed"), ("workloads: [fake]", "workloads: [other]", "was changed"),
            ("formatVersion: 1", "formatVersion: 2", "version 1 or older, found 2"),
            ("trials: 5", "trials: many", "whole number"), ("threads: 1", "threads: 0", "from 1 to"),
            ("seed: 7", "sed: 7", "unknown key 'sed'"),
        ] {
            let changed = text.replacingOccurrences(of: old, with: new)
            #expect(changed != text)
            let error = DiagnosticError.thrown { _ = try RunConfiguration(yaml: changed, file: "c") }
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(error?.location.line != nil)
        }
        #expect(
            try RunConfiguration(yaml: text.replacingOccurrences(of: "trials: 5", with: "trials: 6"), file: "c").trials
                == 6)
    }
}
