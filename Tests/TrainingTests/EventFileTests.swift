import Environments
import Foundation
import TestSupport
import Testing
import Training

@Suite struct EventFileTests {
    private static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ([UInt8]("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    /// RFC 3720, section B.4, and the usual check value.
    @Test func checksumVectors() {
        for vector in EventFileTests.vectors {
            var whole = CRC32C()
            whole.update(vector.bytes)
            #expect(whole.value == vector.checksum)
            var pieces = CRC32C()
            pieces.update(vector.bytes.prefix(5))
            pieces.update(vector.bytes.dropFirst(5))
            #expect(pieces.value == vector.checksum)
        }
    }

    /// What TensorBoard 2.21 writes for the same events: `RecordWriter` of `Event(wall_time=1.5,
    /// file_version="brain.Event:2")`, `Event(wall_time=1.5, step=301, session_log=SessionLog(status=START))` and
    /// `Event(wall_time=1e9, step=300, summary=Summary( value=[Value(tag="a/b", simple_value=0.25), Value(tag="c",
    /// simple_value=-1e10)]))`.
    private static let written = """
        1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c100000000000000095fbfe1809000000000000f83f\
        10ad023a020801d17949d42400000000000000422b804d090000000065cdcd4110ac022a160a0a0a03612f62150000803e0a080a016315f90215d09bc3\
        394a
        """

    @Test func bytesAreTensorBoards() throws {
        let folder = try TemporaryFolder()
        let file = try EventFile(folder: folder.path, afterTrial: 300, wallTime: 1.5)
        try file.append([("a/b", 0.25), ("c", -1e10)], afterTrial: 300, wallTime: 1e9)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
        let text = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(text == EventFileTests.written)
        #expect((file.path as NSString).lastPathComponent.hasPrefix("events.out.tfevents.1."))
    }

    @Test func sessionsInOneSecondHaveFilesOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let files = try (0..<3).map { try EventFile(folder: folder.path, afterTrial: $0, wallTime: 9) }
        #expect(Set(files.map(\.path)).count == 3)
    }
}

@Suite struct ProgressTests {
    private let progress = TrainingProgress(
        trials: 400, budget: 2000,
        best: .init(index: 388, decisions: [5, 6, 2], outcome: FakeEvaluator.outcome(of: [5, 6, 2])), infeasible: 50,
        seconds: 10, sessionTrials: 200)

    @Test func wholeLine() {
        #expect(
            progress.line()
                == "400/2,000 trials · best 4.00x at trial 388 · 12% infeasible · 20.0 trials/s · 1 min 20 s left")
    }

    @Test func everyWidthIsKept() {
        for width in 1...120 {
            let line = progress.line(width: width)
            #expect(line.count <= width)
            #expect(line.hasPrefix("400/2,000 trials".prefix(width)))
        }
        #expect(progress.line(width: 42) == "400/2,000 trials · best 4.00x at trial 388")
        #expect(progress.line(width: 41) == "400/2,000 trials")
    }

    @Test(arguments: [
        (0.4, "0 s"), (59.6, "1 min 00 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"), (8 * 3600 + 125, "8 h 02 min"),
        (.infinity, "unknown"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(seconds.durationText == text)
    }

    @Test func numbers() {
        #expect(0.groupedText == "0" && 999.groupedText == "999" && 1000.groupedText == "1,000")
        #expect((-1_234_567).groupedText == "-1,234,567")
        #expect(1.0.ratioText == "1.00" && 24.53.ratioText == "24.5" && 1234.5.ratioText == "1234")
    }
}
