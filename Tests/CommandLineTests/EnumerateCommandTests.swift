import Foundation
import TestSupport
import Testing

/// Enumerations as a user starts, kills, stops and uses them.
@Suite(.serialized)
struct EnumerateCommandTests {
    /// 1536 designs, some over budget.
    private static let problem = """
        name: command-line-enumeration
        workloads: [mobilenet-v2]
        constraints: {areaMM2: 120, tdpWatts: 90}
        searchSpace:
          peGridX: [2, 4, 8, 16]
          peGridY: 4
          arrayX: [8, 16, 32]
          arrayY: [16, 32]
          vectorMultiplier: [1, 2]
          l1Configuration: private
          l1InputKiB: [16, 64]
          l1WeightKiB: 16
          l1OutputKiB: 16
          l2Configuration: disabled
          globalMemoryMiB: [8, 32]
          gddr6Channels: [1, 2]
          batch: [1, 8]
          fusion: [regions, residency]
          padding: array
          softmax: two-pass
          dataflow: best
          order: given
        """

    private func size(_ folder: URL) -> Int {
        let path = folder.appendingPathComponent("outcomes.bin").path
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    @Test func killedAndStoppedItGoesOnAsIfItHadNot() throws {
        let folder = try TemporaryFolder()
        let problem = try folder.write(Self.problem, to: "problem.yaml")
        let whole = try FastProcess.run(
            "environment", "enumerate", problem, "--run", folder.path("whole"), "--truth", folder.path("truth.json"),
            "--json")
        #expect(whole.status == 0, "\(whole.errors)")
        let expected = try whole.json
        #expect(expected["designs"] as? Int == 1536)
        #expect(expected["feasible"] as? Int ?? 0 > 100 && expected["overBudget"] as? Int ?? 0 > 0)
        let optimum = try #require(expected["optimum"] as? [String: Any])
        let objective = try #require(optimum["objective"] as? Double)
        #expect(whole.errors.contains("designs/s"))

        // Somewhere in the middle, as far as the machine's speed allows to hit it.
        for signal in [SIGKILL, SIGINT] {
            let process = try FastProcess.start(
                ["enumerate", problem, "--run", folder.path("parts"), "--threads", "1", "--quiet"],
                output: folder.url("out"), errors: folder.url("err"))
            usleep(400_000)
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            guard process.terminationReason == .exit, process.terminationStatus != 130 else { continue }
            #expect(process.terminationStatus == 0)
        }
        let parts = try FastProcess.run("enumerate", problem, "--run", folder.path("parts"), "--json")
        #expect(parts.status == 0, "\(parts.errors)")
        for key in ["designs", "feasible", "evaluated", "optima"] {
            #expect(try parts.json[key] as? Int == expected[key] as? Int)
        }
        #expect(
            try Data(contentsOf: folder.url("whole/outcomes.bin")) == Data(contentsOf: folder.url("parts/outcomes.bin"))
        )
        #expect(size(folder.url("whole")) == (expected["evaluated"] as? Int ?? 0) * 24)

        // A run of the problem, and its regret against the file.
        let run = folder.path("run")
        let trained = try FastProcess.run(
            "train", "-e", problem, "-a", "random", "--trials", "64", "--run", run, "--quiet", "--json")
        #expect(try trained.status == 0 && trained.json["regret"] == nil)
        #expect(try FastProcess.run("regret", run).status == 66)
        let regret = try FastProcess.run(
            "regret", run, "--truth", folder.path("truth.json"), "--csv", folder.path("regret.csv"), "--json")
        #expect(regret.status == 0, "\(regret.errors)")
        let best = try #require((try trained.json["best"] as? [String: Any])?["objective"] as? Double)
        #expect(abs((try regret.json["regret"] as? Double ?? -1) - log(objective / best)) < 1e-12)
        let lines = try String(contentsOf: folder.url("regret.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 65 && lines[0] == "trial,best,regret")

        // Another problem's truth is refused.
        let other = try FastProcess.run(
            "train", "-e", "efficientnet-b0", "-a", "random", "--trials", "3", "--run", folder.path("other"), "--quiet")
        #expect(other.status == 0)
        #expect(try FastProcess.run("regret", folder.path("other"), "--truth", folder.path("truth.json")).status == 78)
    }

    @Test func mistakesAreNamed() throws {
        let folder = try TemporaryFolder()
        let large = try FastProcess.run("environment", "enumerate", "efficientnet-b0", "--run", folder.path("new"))
        #expect(large.status == 64 && large.errors.contains("searchSpace") && large.errors.contains("years"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("new")))
        // Where the ground truth can't go is said before hours of work, not after them.
        for (truth, reason) in [
            (folder.path(""), "found a folder"), (folder.path("no/truth.json"), "there is no folder"),
            ("", "an empty name"),
        ] {
            let unwritable = try FastProcess.run(
                "enumerate", "enumerable-efficientnet-b0", "--run", folder.path("new"), "--truth", truth)
            #expect(unwritable.status == 73 && unwritable.errors.contains(reason), "\(unwritable.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("new")))
        }
        #expect(try FastProcess.run("enumerate", "efficientnet-b00").status == 66)
        #expect(try FastProcess.run("enumerate", "enumerable-efficientnet-b0", "--limit", "0").status == 64)
        let notATruth = try folder.write("{}", to: "truth.json")
        let run = folder.path("run")
        #expect(
            try FastProcess.run(
                "train", "-e", "efficientnet-b0", "-a", "random", "--trials", "2", "--run", run, "--quiet"
            ).status == 0)
        #expect(try FastProcess.run("regret", run, "--truth", notATruth).status == 65)
        #expect(try FastProcess.run("regret", folder.path("nowhere")).status == 66)
        #expect(try FastProcess.run("enumerate", "efficientnet-b0", "--limit", "5", "--run", run).status == 64)
    }

    /// Where a problem comes with its ground truth, a search says what it missed.
    @Test func trainingSaysItsRegret() throws {
        let folder = try TemporaryFolder()
        let trained = try FastProcess.run(
            "train", "-e", "enumerable-bert-base-128", "-a", "random", "--trials", "32", "--run", folder.path("run"),
            "--quiet", "--json")
        #expect(trained.status == 0, "\(trained.errors)")
        let regret = try #require(try trained.json["regret"] as? Double)
        #expect(regret > 0)
        let shown = try FastProcess.run("regret", folder.path("run"), "--json")
        #expect(try shown.json["regret"] as? Double == regret)
        #expect(try FastProcess.run("resume", folder.path("run")).output.contains("of the exact optimum"))
    }
}
