import RandomNumbers
import Tensors
import Testing

/// A damaged file is refused with a `SafetensorsError`, never a crash and never something else than was written.
@Suite struct DamagedSafetensorsTests {
    private let whole = SafetensorsTests.example().encoded()

    /// A file of the given header and as many zero bytes of data.
    private func file(_ header: String, dataBytes: Int = 0, announced: UInt64? = nil) -> [UInt8] {
        let length = announced ?? UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [UInt8](header.utf8)
            + [UInt8](repeating: 0, count: dataBytes)
    }

    private func fault(of bytes: [UInt8]) -> SafetensorsError? {
        do {
            _ = try Safetensors(decoding: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyTruncationIsFound() {
        for length in whole.indices { #expect(fault(of: [UInt8](whole[..<length])) != nil, "\(length) bytes") }
        #expect(fault(of: []) == .truncated(expectedBytes: 8, foundBytes: 0))
        #expect(fault(of: whole + [0]) != nil)
    }

    @Test func everyChangedLengthIsFound() {
        for index in 0..<8 {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                #expect(fault(of: bytes) != nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    /// A changed header may still be right (a letter of a name); then the elements are those that it describes.
    @Test func noChangedByteOfTheHeaderCrashes() {
        let headerLength = (0..<8).reduce(0) { $0 | Int(whole[$1]) << (8 * $1) }
        var refused = 0
        for index in 8..<(8 + headerLength) {
            for value: UInt8 in [0, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x39, 0x5B, 0x5D, 0x65, 0x7B, 0x7D, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] = value
                if let fault = fault(of: bytes) {
                    refused += 1
                    #expect(!fault.description.isEmpty)
                }
            }
        }
        #expect(refused > headerLength * 7)
    }

    @Test func noRandomBytesCrash() {
        var generator = SplitMix64(seed: 71)
        for length in 0..<400 {
            #expect(fault(of: (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }) != nil)
            let noise = String((0..<length).map { _ in "{}[]\":,0129abc-eE.".randomElement(using: &generator) ?? "0" })
            #expect(fault(of: file("{" + noise, dataBytes: 8)) != nil || noise == "}")
        }
    }

    static let wrongHeaders: [(String, Int)] = [
        ("", 0), ("[]", 0), ("null", 0), ("{", 0), ("{}", 1), ("{\"a\":1}", 0), ("{\"a\":{}", 0), ("{} x", 0),
        (String(repeating: "{\"a\":", count: 20_000), 0), (String(repeating: "[", count: 20_000), 0),
        ("{\"__metadata__\":{\"a\":1}}", 0), ("{\"__metadata__\":[]}", 0), ("{\"a\":{\"b\":\"c\"}}", 0),
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4), (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 8),
        (#"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}"#, 6),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 8),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775808]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e300]}}"#, 4),
        (#"{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0),
        (#"{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}"#, 4),
        (
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"#
                + #""data_offsets":[2,6]}}"#, 6
        ),
        (
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"#
                + #""data_offsets":[0,4]}}"#, 4
        ),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"#
                + #""data_offsets":[3,5]}}"#, 5
        ),
    ]

    @Test(arguments: wrongHeaders) func wrongHeaderIsRefused(header: String, dataBytes: Int) {
        #expect(fault(of: file(header, dataBytes: dataBytes)) != nil)
    }

    @Test func hugeLengthsAreRefusedWithoutReading() {
        for announced: UInt64 in [.max, .max - 7, 1 << 63, 1 << 62, 100_000_001] {
            #expect(
                fault(of: file("{}", announced: announced))
                    == .badHeader("expected a length of at most 100000000 bytes, found \(announced)"))
        }
        #expect(
            fault(of: file("{}", announced: 100_000_000)) == .truncated(expectedBytes: 100_000_008, foundBytes: 10))
    }

    @Test func messagesSayWhatWasExpectedAndFound() {
        let wrongType = file(#"{"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, dataBytes: 2)
        #expect(
            fault(of: wrongType)?.description
                == "tensor \"w\": expected a dtype of F32, I64, U64, U8, found \"F16\"")
        let wrongSize = file(#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, dataBytes: 8)
        #expect(
            fault(of: wrongSize)?.description
                == "tensor \"w\": expected 12 bytes for shape [3] of F32, found 8 in data_offsets")
        #expect(
            fault(of: [UInt8](whole.dropLast(whole.count - 5)))?.description
                == "expected at least 8 bytes, found 5: the file is cut off")
    }
}
