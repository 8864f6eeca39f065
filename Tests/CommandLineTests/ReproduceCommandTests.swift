import Foundation
import TestSupport
import Testing

/// `fast reproduce` as a user makes, kills, and resumes it.
@Suite(.serialized)
struct ReproduceCommandTests {
    private static let small = [
        "reproduce", "--only", "single,ablations", "--workloads", "ocr-recognizer", "--trials", "40", "--agent", "ppo",
    ]

    private func csv(_ folder: URL, _ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            .replacingOccurrences(of: folder.path, with: "STUDY")
    }

    @Test func aKilledStudyGoesOnAsIfItHadNotStopped() throws {
        let folder = try TemporaryFolder()
        let whole = try FastProcess.run(Self.small + ["-o", folder.path("whole"), "--quiet", "--json"])
        #expect(whole.status == 0, "\(whole.errors)")
        let json = try whole.json
        #expect((json["searches"] as? [[String: Any]])?.count == 6)
        let headline = try #require(json["headline"] as? [[String: Any]])
        #expect(headline.first?["published"] as? Double == 3.7)
        #expect((json["files"] as? [String])?.allSatisfy { FileManager.default.fileExists(atPath: $0) } == true)

        // Killed twice: within a search, and after some are done.
        for done in [1, 3] {
            let killed = try FastProcess.start(
                Self.small + ["-o", folder.path("killed"), "--threads", "1"], output: folder.url("o"),
                errors: folder.url("e"))
            let ablations = folder.url("killed/runs/ablations").path
            while killed.isRunning,
                ((try? FileManager.default.contentsOfDirectory(atPath: ablations)) ?? []).count < done
            { usleep(2_000) }
            kill(killed.processIdentifier, SIGKILL)
            killed.waitUntilExit()
        }
        // The folder alone says what the study is; what is done isn't done again.
        let rest = try FastProcess.run(
            "reproduce", "-o", folder.path("killed"), "--only", "ablations", "--workloads", "ocr-recognizer")
        #expect(rest.status == 0, "\(rest.errors)")
        #expect(rest.errors.contains("going on with") && !rest.errors.contains("single/ocr-recognizer-ppo-1: best"))
        for name in [
            "single.csv", "ablations.csv", "ablations-best-design.csv", "ablations-passes.csv", "components.csv",
        ] {
            #expect(try csv(folder.url("whole"), name) == csv(folder.url("killed"), name), "\(name)")
        }
        #expect(rest.output.contains("3.70x") && rest.output.contains("reproduction.html"))
    }

    @Test func ctrlCSaysHowToGoOn() throws {
        let folder = try TemporaryFolder()
        let process = try FastProcess.start(
            [
                "reproduce", "--only", "single", "--workloads", "efficientnet-b3", "--trials", "100000", "-o",
                folder.path("study"),
            ],
            output: folder.url("out"), errors: folder.url("err"))
        let run = folder.url("study/runs/single/efficientnet-b3-ppo-1/trials.sqlite").path
        while process.isRunning, !FileManager.default.fileExists(atPath: run) { usleep(5_000) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let errors = try String(contentsOf: folder.url("err"), encoding: .utf8)
        #expect(errors.contains("fast reproduce --output \(folder.path("study"))"))
        #expect(try String(contentsOf: folder.url("out"), encoding: .utf8).isEmpty)
        // Other settings than the study's are refused, and say which.
        let other = try FastProcess.run("reproduce", "-o", folder.path("study"), "--trials", "50")
        #expect(other.status == 78 && other.errors.contains("--trials") && other.errors.contains("100000"))
        let seed = try FastProcess.run("reproduce", "-o", folder.path("study"), "--seed", "9")
        #expect(seed.status == 78 && seed.errors.contains("--seed"))
    }

    @Test(arguments: [
        (["--trials", "0"], 64, "--trials"), (["--seeds", "0"], 64, "--seeds"), (["--threads", "0"], 64, "--threads"),
        (["--only", "singel"], 64, "did you mean 'single'?"), (["--only", ""], 64, "--only"),
        (["--workloads", "vit-b16"], 64, "--workloads"), (["--agent", "nobody"], 66, "nobody"),
        (["--technology", "3nm"], 66, "3nm"), (["--baseline", "tpu-v9"], 66, "tpu-v9"),
        (["--trials", "many"], 64, "--trials"),
    ])
    func wrongOptionsAreNamedAndLeaveNoFolder(arguments: [String], status: Int32, message: String) throws {
        let folder = try TemporaryFolder()
        let result = try FastProcess.run(["reproduce", "-o", folder.path("study")] + arguments)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("study")))
    }

    @Test func aBaselineThatNoDesignFitsIsFoundOutFirst() throws {
        let folder = try TemporaryFolder()
        let chip = """
            datapath:
              peGrid: {x: 1, y: 1}
              array: {x: 1, y: 1}
              vectorMultiplier: 1
              l1: {configuration: private, inputKiB: 1, weightKiB: 1, outputKiB: 1}
              l2: {configuration: disabled}
              globalMemoryMiB: 0
              dram: {technology: lpddr5, gigabytesPerSecond: 1}
            batch: 1
            compiler: {fusion: regions, padding: array, softmax: three-pass, dataflow: weight-stationary}
            """
        let path = try folder.write(chip, to: "tiny.yaml")
        let result = try FastProcess.run(
            "reproduce", "-o", folder.path("study"), "--only", "single", "--workloads", "ocr-recognizer", "--baseline",
            path)
        #expect(result.status == 78 && result.errors.contains("budget"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("study")))
    }

    @Test func foreignFoldersAreLeftAlone() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("my notes", to: "notes.txt")
        for path in [folder.path("."), file, file + "/study"] {
            let result = try FastProcess.run(
                "reproduce", "-o", path, "--only", "single", "--workloads", "ocr-recognizer")
            #expect(result.status == 73 && result.errors.contains("--output"), "\(result.errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(".")) == ["notes.txt"])
    }
}
