import Environments
import Foundation
import Testing

@Suite struct RandomStreamTests {
    /// The known-answer vectors of Random123 (kat_vectors, philox4x32, 10 rounds).
    @Test(arguments: [
        (
            SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
            SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        ),
        (
            SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
            SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
            SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
            SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ])
    func philoxGivesThePublishedBlocks(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
        #expect(Philox4x32.block(counter: counter, key: key) == expected)
    }

    @Test func aStreamBeginsWithItsBlocks() {
        // Seed 0, everything else 0: the first two numbers are the first published block, little end first.
        var stream = RandomStream(seed: 0, purpose: .action)
        #expect(stream.next() == 0xe169_c58d_6627_e8d5)
        #expect(stream.next() == 0x9b00_dbd8_bc57_ac4c)
        var second = RandomStream(seed: 0, purpose: .action)
        for _ in 0..<2 { _ = second.next() }
        let block = Philox4x32.block(counter: SIMD4(1, 0, 0, 0), key: SIMD2(0, 0))
        #expect(second.next() == UInt64(block.x) | UInt64(block.y) << 32)
    }

    @Test func everyPartOfTheKeyMatters() {
        func first(_ stream: RandomStream) -> UInt64 {
            var stream = stream
            return stream.next()
        }
        var seen: Set<UInt64> = []
        for seed in [0, 1, 1 << 32] as [UInt64] {
            for episode in 0..<4 {
                for step in 0..<4 {
                    for purpose in [RandomStream.Purpose.action, .environment, .weights] {
                        seen.insert(first(RandomStream(seed: seed, episode: episode, step: step, purpose: purpose)))
                    }
                }
            }
        }
        #expect(seen.count == 3 * 4 * 4 * 3)
    }

    @Test(arguments: 0..<5)
    func aSavedStreamGoesOnWhereItStood(drawn: Int) throws {
        var stream = RandomStream(seed: 9, episode: 3, step: 2, purpose: .shuffling)
        for _ in 0..<drawn { _ = stream.next() }
        var restored = try JSONDecoder().decode(RandomStream.self, from: JSONEncoder().encode(stream))
        for _ in 0..<5 { #expect(restored.next() == stream.next()) }
    }
}

@Suite struct ChoiceMaskTests {
    @Test func masksHoldWhatIsInserted() {
        var mask = ChoiceMask()
        #expect(mask.isEmpty)
        for choice in [5, 0, 63] { mask.insert(choice) }
        #expect(mask.choices == [0, 5, 63])
        #expect(mask.count == 3)
        #expect(!mask.contains(1) && !mask.contains(-1) && !mask.contains(64) && mask.contains(63))
        #expect(mask.booleans(count: 6) == [true, false, false, false, false, true])
        #expect(ChoiceMask(allowingFirst: 64).count == 64)
        #expect(ChoiceMask(allowingFirst: 0).isEmpty)
        #expect(ChoiceMask(allowingFirst: 3).choices == [0, 1, 2])
    }

    @Test func maskedSamplingIsUniform() {
        var mask = ChoiceMask()
        for choice in [1, 2, 7, 40, 63] { mask.insert(choice) }
        var stream = RandomStream(seed: 1, purpose: .action)
        var counts: [Int: Int] = [:]
        for _ in 0..<10_000 {
            guard let choice = Discrete(count: 64).sample(mask: mask, using: &stream) else { continue }
            counts[choice, default: 0] += 1
        }
        #expect(Set(counts.keys) == Set(mask.choices))
        // χ² with 4 degrees of freedom exceeds 18.47 once in a thousand times.
        let chiSquare = mask.choices.reduce(0) { $0 + pow(Double(counts[$1] ?? 0) - 2000, 2) / 2000 }
        #expect(chiSquare < 18.47)
    }

    @Test func emptyMasksGiveNothing() {
        var stream = RandomStream(seed: 1, purpose: .action)
        #expect(Discrete(count: 3).sample(mask: ChoiceMask(), using: &stream) == nil)
        // A choice beyond the space isn't sampled even if a mask has it.
        #expect(Discrete(count: 3).sample(mask: ChoiceMask(bits: 8), using: &stream) == nil)
        #expect(
            MultiDiscrete(counts: [2, 2]).sample(masks: [ChoiceMask(bits: 1), ChoiceMask()], using: &stream) == nil)
    }
}
