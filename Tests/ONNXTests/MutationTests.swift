import Diagnostics
import Foundation
import ONNX
import RandomNumbers
import TestSupport
import Testing
import Workloads

/// Files that were damaged at random: each ends in a network or an error, never in a crash.
///
/// `FAST_ONNX_MUTANTS` sets how many there are of each file: 2,500 makes 100,000 in all.
@Suite struct MutationTests {
    private static let mutants = ProcessInfo.processInfo.environment["FAST_ONNX_MUTANTS"].flatMap { Int($0) } ?? 80

    /// Small models of every operator of the tests of shapes, and the smallest files of the exporters.
    private static func corpus() throws -> [[UInt8]] {
        var corpus: [[UInt8]] = []
        for example in ShapeInferenceTests.cases { corpus.append(example.model.bytes) }
        for name in ["crnn_32x320.ts17", "crnn_32x320.dyn18", "mobilenetv2.dyn18", "vit_b16.dyn18"] {
            corpus.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.path(name)))))
        }
        return corpus
    }

    @Test func damagedFilesEndInAnError() throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: 17)
        var (networks, errors) = (0, 0)
        for bytes in try Self.corpus() {
            for index in 0..<Self.mutants {
                let path = try folder.write(Self.damaged(bytes, using: &generator), to: "mutant.onnx")
                let options = ImportOptions(
                    defaultBatch: 1, unknownOperators: index.isMultiple(of: 2) ? .elementwise : .reject)
                do {
                    let workload = try ONNXImporter.network(at: path, options: options).workload
                    try workload.validate()
                    networks += 1
                } catch let error as DiagnosticError {
                    #expect(error.location.file != nil)
                    errors += 1
                }
            }
        }
        // Most mutations hit a name or a number that nothing depends on, or structure: both must be there.
        #expect(networks > 0 && errors > 0)
    }

    /// One to three of: a bit flipped, a byte replaced, the end cut off, a length changed by one, chunks swapped, bytes put in or
    /// taken out, a number made long or huge.
    private static func damaged(_ original: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var bytes = original
        for _ in 0..<(Int.random(in: 0..<4, using: &generator) == 0 ? 3 : 1) where bytes.count > 16 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let length = min(Int.random(in: 1...16, using: &generator), bytes.count - place)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes[place] &+= Bool.random(using: &generator) ? 1 : 255
            case 4:
                let other = Int.random(in: 0...(bytes.count - length), using: &generator)
                for offset in 0..<length { bytes.swapAt(place + offset, other + offset) }
            case 5:
                let overlong = [UInt8](repeating: 0xFF, count: Int.random(in: 1...10, using: &generator))
                bytes.insert(contentsOf: overlong + [0x01], at: place)
            case 6:
                let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
                bytes.replaceSubrange(place...place, with: huge)
            default: bytes.removeSubrange(place..<(place + length))
            }
        }
        return bytes
    }
}
