import Agents
import Diagnostics
import Environments
import Foundation
import Tensors
import TestSupport
import Testing
import Training

@Suite struct CheckpointTests {
    private var checkpoint: Checkpoint {
        Checkpoint(
            trials: 64,
            agent: AgentState(
                tensors: [
                    ("policy.0.weight", Tensor([[1, -2.5, .pi], [0, -0.0, Float(bitPattern: 1)]])),
                    ("value.bias", Tensor([3])),
                ], counters: [("episodes", 64), ("negative", -3)]),
            best: Trial(index: 17, decisions: [3, nil, 0], outcome: FakeEvaluator.outcome(of: [3, nil, 0])),
            configuration: configuration(trials: 100))
    }

    private func expectEqual(_ one: Checkpoint, _ other: Checkpoint) {
        #expect(one.trials == other.trials)
        #expect(one.agent.tensors.map(\.name) == other.agent.tensors.map(\.name))
        #expect(one.agent.tensors.map(\.tensor) == other.agent.tensors.map(\.tensor))
        #expect(one.agent.counters.map(\.name) == other.agent.counters.map(\.name))
        #expect(one.agent.counters.map(\.value) == other.agent.counters.map(\.value))
        #expect(one.best == other.best)
        #expect(one.identityText == other.identityText)
        #expect(one.configurationHash == other.configurationHash)
    }

    @Test func roundTrip() throws {
        expectEqual(try Checkpoint(decoding: try checkpoint.encoded(), path: "c"), checkpoint)
        var infeasible = checkpoint
        infeasible.best = nil
        expectEqual(try Checkpoint(decoding: try infeasible.encoded(), path: "c"), infeasible)
    }

    @Test func readableAsSafetensors() throws {
        let file = try Safetensors(decoding: try checkpoint.encoded())
        #expect(file["value.bias"]?.tensor == Tensor([3]))
        #expect(file.metadata["trials"] == "64")
        #expect(file.metadata["configurationHash"] == configuration(trials: 9).hash)
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try checkpoint.encoded()
        for length in 0..<bytes.count {
            let error = DiagnosticError.thrown { _ = try Checkpoint(decoding: Array(bytes.prefix(length)), path: "c") }
            #expect(error?.kind == .badData && error?.location.file == "c")
        }
    }

    @Test func everyDamagedByteIsRefusedOrHarmless() throws {
        let bytes = try checkpoint.encoded()
        var harmless = 0
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 1 << (position % 8)
            do {
                let read = try Checkpoint(decoding: damaged, path: "c")
                // Only white space of the header may differ.
                harmless += 1
                #expect(try read.encoded() == bytes, "byte \(position)")
            } catch let error as DiagnosticError {
                #expect(error.kind == .badData)
            }
        }
        #expect(harmless < 8)
    }

    @Test func newerVersionIsRefusedPolitely() throws {
        var file = try Safetensors(decoding: try checkpoint.encoded())
        file.metadata["formatVersion"] = "2"
        file.metadata["checksum"] = nil
        var checksum = CRC32C()
        checksum.update(file.encoded())
        file.metadata["checksum"] = String(checksum.value, radix: 16)
        let error = DiagnosticError.thrown { _ = try Checkpoint(decoding: file.encoded(), path: "c") }
        #expect(error?.kind == .configuration)
        #expect(error?.remedy?.contains("newer") == true)
    }

    @Test func otherSafetensorsAreNoCheckpoint() throws {
        var file = Safetensors()
        file["weight"] = .init(Tensor([1, 2]))
        let error = DiagnosticError.thrown { _ = try Checkpoint(decoding: file.encoded(), path: "c") }
        #expect(error?.message.contains("expected a checkpoint") == true)
    }

    @Test func damagedCheckpointIsNamedAndTheOneBeforeUsed() throws {
        let reference = try TemporaryFolder()
        try session(reference.path + "/run", trials: 33)
        let whole = try RunContent(reference.path + "/run")
        let folder = try TemporaryFolder()
        for (number, kept) in [0, 1, 8, 200, 400].enumerated() {
            let path = folder.path + "/\(number)"
            try session(path, trials: 23)
            let file = path + "/checkpoints/000020.safetensors"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            try bytes.prefix(kept).write(to: URL(fileURLWithPath: file))
            var warnings: [String] = []
            try session(path, trials: 33, warn: { warnings.append($0) })
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains(file) == true)
            #expect(try RunContent(path) == whole)
        }
    }

    @Test func allCheckpointsDamagedMeansFromTheBeginning() throws {
        let reference = try TemporaryFolder()
        try session(reference.path + "/run", trials: 33)
        let path = reference.path + "/damaged"
        try session(path, trials: 23)
        for name in try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints") {
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path + "/checkpoints/" + name))
        }
        var warnings = 0
        try session(path, trials: 33, warn: { _ in warnings += 1 })
        #expect(warnings == CheckpointFolder.keptCount)
        #expect(try RunContent(path) == RunContent(reference.path + "/run"))
    }

    @Test func checkpointOfAnotherRunIsRefused() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: 10)
        let other = Checkpoint(
            trials: 10, agent: FakeAgent().state, best: nil, configuration: configuration(trials: 10, seed: 8))
        try CheckpointFolder(folder.path + "/run/checkpoints").write(other)
        let error = DiagnosticError.thrown { try session(folder.path + "/run", trials: 20) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("expected 'seed: 7', found 'seed: 8'") == true)
    }

    @Test func checkpointAheadOfTheTrialsIsPassedOver() throws {
        let reference = try TemporaryFolder()
        try session(reference.path + "/run", trials: 33)
        let path = reference.path + "/lost"
        try session(path, trials: 23)
        try FileManager.default.removeItem(atPath: path + "/trials.sqlite")
        var warnings: [String] = []
        try session(path, trials: 33, warn: { warnings.append($0) })
        #expect(warnings.contains { $0.contains("there are no trials any more") })
        #expect(try RunContent(path) == RunContent(reference.path + "/run"))
    }
}
