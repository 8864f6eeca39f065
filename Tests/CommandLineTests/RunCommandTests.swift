import Foundation
import TestSupport
import Testing

/// Runs as a user makes, stops and resumes them.
@Suite(.serialized)
struct RunCommandTests {
    @Test func aKilledRunGoesOnAsIfItHadNotStopped() throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "train", "--environment", "efficientnet-b0", "--agent", "ppo", "--trials", "230", "--seed", "5", "--quiet",
            "--json",
        ]
        let whole = try FastProcess.start(
            arguments + ["--run", folder.path("whole")], output: folder.url("whole.json"), errors: folder.url("e1"))
        whole.waitUntilExit()
        #expect(whole.terminationStatus == 0)

        let killed = try FastProcess.start(
            arguments + ["--run", folder.path("killed"), "--threads", "1"], output: folder.url("k"),
            errors: folder.url("e2"))
        // Somewhere in the middle: after the first update is saved, and before the run can be over.
        while killed.isRunning, try checkpoints(in: folder.url("killed")).count < 2 { usleep(5_000) }
        kill(killed.processIdentifier, SIGKILL)
        killed.waitUntilExit()
        #expect(killed.terminationReason == .uncaughtSignal)

        let resumed = try FastProcess.run("resume", folder.path("killed"), "--quiet", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try trials(in: folder.url("whole")) == trials(in: folder.url("killed")))
        let last = try #require(try checkpoints(in: folder.url("whole")).last)
        #expect(try checkpoints(in: folder.url("killed")).last == last)
        #expect(
            try Data(contentsOf: folder.url("whole/checkpoints/\(last)"))
                == Data(contentsOf: folder.url("killed/checkpoints/\(last)")))

        // A folder that is a run is not written over, and makes a report.
        let again = try FastProcess.run(
            "train", "-e", "efficientnet-b0", "-a", "random", "--trials", "5", "--run", folder.path("whole"))
        #expect(again.status == 73 && again.errors.contains("resume"))
        #expect(try FastProcess.run("report", folder.path("whole")).status == 0)
        let page = try String(contentsOf: folder.url("whole/report.html"), encoding: .utf8)
        #expect(page.contains("</html>") && !page.contains("http://") && !page.contains("src=\"http"))
    }

    @Test func ctrlCEndsCleanlyWithEverythingSaved() throws {
        let folder = try TemporaryFolder()
        let process = try FastProcess.start(
            ["train", "-e", "efficientnet-b3", "-a", "random", "--trials", "100000", "--run", folder.path("run")],
            output: folder.url("out"), errors: folder.url("err"))
        while process.isRunning, try checkpoints(in: folder.url("run")).isEmpty { usleep(5_000) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try String(contentsOf: folder.url("err"), encoding: .utf8).contains("fast resume"))
        let saved = try trials(in: folder.url("run")).split(separator: "\n").count
        let resumed = try FastProcess.run(
            "resume", folder.path("run"), "--trials", "\(saved + 20)", "--json", "--quiet")
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    private func checkpoints(in run: URL) throws -> [String] {
        let folder = run.appendingPathComponent("checkpoints").path
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".safetensors") }
            .sorted()
    }

    /// Every trial with all its columns, read from a copy so that the run is left alone.
    private func trials(in run: URL) throws -> String {
        let copy = run.appendingPathComponent("copy-\(UUID().uuidString).sqlite")
        try FileManager.default.copyItem(at: run.appendingPathComponent("trials.sqlite"), to: copy)
        let log = run.appendingPathComponent("trials.sqlite-wal")
        if FileManager.default.fileExists(atPath: log.path) {
            try FileManager.default.copyItem(at: log, to: URL(fileURLWithPath: copy.path + "-wal"))
        }
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy.path + suffix) }
        }
        return try TrialRows.text(ofDatabase: copy.path)
    }
}
