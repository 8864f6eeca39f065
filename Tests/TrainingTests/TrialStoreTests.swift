import Agents
import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing
import Training

@Suite struct TrialStoreTests {
    private func trial(_ index: Int, _ decisions: [Int?]) -> Trial {
        Trial(index: index, decisions: decisions, outcome: FakeEvaluator.outcome(of: decisions))
    }

    @Test func roundTripToTheBit() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/trials.sqlite"
        var outcome = FakeEvaluator.outcome(of: [1, 2, 3])
        outcome.reward = -0.1 - 0.2
        outcome.objective = .leastNonzeroMagnitude
        outcome.workloads[0].energyJoules = 1.7976931348623157e308
        outcome.workloads[0].workload = "a \"quoted\" name/with slash"
        let trials = [
            Trial(index: 0, decisions: [], outcome: outcome), trial(1, [1, nil, 7]), trial(2, [7, 7, 7]),
        ]
        do {
            let store = try TrialStore(creating: path, identityText: "me")
            try store.record(trials.map { ($0, FakeEvaluator.design(batch: 8)) })
            try store.record([AgentMetric(name: "b", value: 0.1), AgentMetric(name: "a", value: 2)], afterTrial: 2)
        }
        let store = try TrialStore(opening: path)
        #expect(try store.trials() == trials)
        #expect(try store.identityText() == "me")
        #expect(try store.metrics().map(\.metric.name) == ["b", "a"])
        #expect(try store.designText(ofTrial: 2).contains(#""batch":8"#))
        #expect(DiagnosticError.thrown { _ = try store.designText(ofTrial: 3) }?.kind == .missingInput)
    }

    @Test func aCallIsRecordedWhollyOrNotAtAll() throws {
        let folder = try TemporaryFolder()
        let store = try TrialStore(creating: folder.path + "/trials.sqlite", identityText: "me")
        let design = FakeEvaluator.design(batch: 8)
        try store.record([(trial(0, [0, 0, 0]), design), (trial(1, [1, 1, 1]), design)])
        // The second of these has an index that is taken.
        #expect(throws: DiagnosticError.self) {
            try store.record([(trial(2, [2, 2, 2]), design), (trial(1, [1, 1, 1]), design)])
        }
        #expect(try store.trials().count == 2)
    }

    @Test func damagedDatabaseIsRefusedAndMadeAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try session(path, trials: 33)
        let whole = try RunContent(path)
        let file = URL(fileURLWithPath: path + "/trials.sqlite")
        let bytes = try Data(contentsOf: file)
        for length in [1, 10, 99, 100, 1000, 4096, 5000, bytes.count / 2, bytes.count - 4096, bytes.count - 1] {
            try bytes.prefix(length).write(to: file)
            let error = DiagnosticError.thrown { try session(path, trials: 40) }
            #expect(error?.kind == .badData, "cut off at \(length)")
            #expect(error?.location.file == file.path)
        }
        for position in [0, 20, 4096, 4100, 8192] {
            var damaged = bytes
            for offset in position..<(position + 60) { damaged[offset] ^= 0x5a }
            try damaged.write(to: file)
            let error = DiagnosticError.thrown { try session(path, trials: 40) }
            #expect(error?.kind == .badData, "damaged at \(position): \(String(describing: error))")
        }
        // The remedy that the message gives.
        try FileManager.default.removeItem(at: file)
        try session(path, trials: 33, warn: { _ in })
        #expect(try RunContent(path) == whole)
    }

    @Test func emptyDatabaseOfAStillbornRunIsMade() throws {
        let folder = try TemporaryFolder()
        let run = folder.path + "/run"
        _ = try RunFolder.create(at: run, configuration: configuration(trials: 5))
        try Data().write(to: URL(fileURLWithPath: run + "/trials.sqlite"))
        try session(run, trials: 5)
        #expect(try RunContent(run).trials.count == 6)
    }

    @Test func trialsOfAnotherRunAreRefused() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/a", trials: 5)
        _ = try RunFolder.create(at: folder.path + "/b", configuration: configuration(trials: 5, seed: 8))
        try FileManager.default.copyItem(
            atPath: folder.path + "/a/trials.sqlite", toPath: folder.path + "/b/trials.sqlite")
        let error = DiagnosticError.thrown { try session(folder.path + "/b", trials: 5) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("expected 'seed: 8', found 'seed: 7'") == true)
    }

    @Test func otherVersionsAndDatabasesAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/trials.sqlite"
        do { _ = try TrialStore(creating: path, identityText: "me") }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // SQLite's file format: user_version is the big-endian number at byte 60, application_id the one at 68.
        #expect(Array(bytes[60..<64]) == [0, 0, 0, 1])
        #expect(String(decoding: bytes[68..<72], as: UTF8.self) == "FAST")
        bytes[63] = 2
        try bytes.write(to: URL(fileURLWithPath: path))
        let newer = DiagnosticError.thrown { _ = try TrialStore(opening: path) }
        #expect(newer?.kind == .configuration)
        #expect(newer?.message.contains("found 2") == true)
        bytes[68] = 0
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(DiagnosticError.thrown { _ = try TrialStore(opening: path) }?.kind == .badData)
        #expect(DiagnosticError.thrown { _ = try TrialStore(opening: path + "x") }?.kind == .missingInput)
        #expect(!FileManager.default.fileExists(atPath: path + "x"))
    }
}

@Suite struct TrialHistoryTests {
    @Test func agreesWithCountingByHand() {
        func trial(_ index: Int, _ objective: Double?, _ reason: Infeasibility.Reason? = nil) -> Trial {
            Trial(
                index: index, decisions: [index],
                outcome: Outcome(
                    objective: objective, reward: 0, infeasibility: reason.map { Infeasibility(reason: $0, excess: 2) },
                    areaMM2: 1, tdpWatts: 1, workloads: []))
        }
        let history = TrialHistory([
            trial(0, 1), trial(1, nil, .tdp), trial(2, 0.5), trial(3, nil, .area), trial(4, 0.75), trial(5, 0.75),
            trial(6, nil, .tdp),
        ])
        #expect(history.baseline?.index == 0)
        #expect(history.best?.index == 4)
        #expect(history.bestSoFar == [nil, 0.5, 0.5, 0.75, 0.75, 0.75])
        #expect(history.infeasibleCounts.map(\.count) == [1, 2, 0, 0])
        #expect(history.infeasibilityDiagnosis == nil)
        #expect(TrialHistory([trial(0, 1)]).best == nil)
        #expect(
            TrialHistory([trial(0, 1), trial(1, nil, .tdp)]).infeasibilityDiagnosis
                == "0 feasible designs after 1 trial: 1 over the TDP budget (by 2.00x at least)")
    }
}
