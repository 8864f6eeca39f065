/// Walks the fields of one protobuf message within a file, one after another, without copying any.
///
/// Source: the encoding as documented at protobuf.dev/programming-guides/encoding. Every length is checked against the message
/// that it lies in before anything is read; groups, which ONNX does not use, are an error.
struct ProtobufReader {
    /// A field's number and content.
    struct Field {
        var number: Int
        var content: Content
    }

    /// A field's content, by wire type.
    enum Content {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// A string, a message, or packed numbers, by their place in the file.
        case bytes(Range<Int>)
    }

    /// What is wrong with the bytes at an offset.
    struct Fault: Error {
        var message: String
        var offset: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private let end: Int

    /// - Parameter range: where in the file the message lies; within `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "A message must lie within its file.")
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Fault) -> Field? {
        guard position < end else { return nil }
        let start = position
        let key = try varint()
        let number = key >> 3
        guard (1...0x1FFF_FFFF).contains(number) else {
            throw Fault(message: "expected a field's number, found \(number)", offset: start)
        }
        return Field(number: Int(number), content: try content(wireType: key & 7, start: start))
    }

    /// A number of 7 bits a byte, the last of which has no eighth bit.
    mutating func varint() throws(Fault) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard position < end else {
                throw Fault(message: "expected the rest of a number, found the end of its message", offset: start)
            }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw Fault(message: "expected a number of at most 10 bytes, found a longer one", offset: start)
    }

    private mutating func content(wireType: UInt64, start: Int) throws(Fault) -> Content {
        switch wireType {
        case 0: return .varint(try varint())
        case 1: return .fixed64(try fixed(UInt64.self))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - position) else {
                throw Fault(
                    message:
                        "expected a field of \(length) bytes, found \(end - position) until the end of its message",
                    offset: start)
            }
            let range = position..<(position + Int(length))
            position = range.upperBound
            return .bytes(range)
        case 5: return .fixed32(try fixed(UInt32.self))
        default:
            throw Fault(message: "expected a field's wire type 0, 1, 2 or 5, found \(wireType)", offset: start)
        }
    }

    /// A little-endian number of fixed size.
    mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(Fault) -> Number {
        let size = MemoryLayout<Number>.size
        guard end - position >= size else {
            throw Fault(message: "expected \(size) bytes, found \(end - position)", offset: position)
        }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }
}
