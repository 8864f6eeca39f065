internal import Diagnostics
internal import Foundation

/// A file of scalars over trials that TensorBoard reads.
///
/// It is a TFRecord file: each record has its length (8 bytes, little-endian), the length's masked CRC-32C, the
/// record, and the record's masked CRC-32C. A record is an `Event` of TensorFlow's `event.proto` in protobuf's wire
/// format.
package final class EventFile: Sendable {
    private let descriptor: Int32
    package let path: String

    /// A new file in a folder, for what follows a trial; what earlier files say about later trials is void.
    package init(folder: String, afterTrial trial: Int, wallTime: Double) throws {
        var file = ""
        var descriptor: Int32 = -1
        // TensorBoard takes a folder's files in the order of their names: the time comes first.
        for session in 0..<1000 where descriptor < 0 {
            file = "\(folder)/events.out.tfevents.\(Int(wallTime)).fast.\(session)"
            descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
            if descriptor < 0, errno != EEXIST { break }
        }
        guard descriptor >= 0 else { throw fileError("the file cannot be created", path: file, code: errno) }
        self.descriptor = descriptor
        path = file
        try append(EventFile.event(wallTime: wallTime, step: 0, EventFile.bytes(field: 3, Array("brain.Event:2".utf8))))
        // SessionLog with status START: TensorBoard drops what it has of this step and later ones.
        let start = EventFile.bytes(field: 7, EventFile.integer(field: 1, 1))
        try append(EventFile.event(wallTime: wallTime, step: trial + 1, start))
    }

    deinit {
        close(descriptor)
    }

    /// Appends scalars, which are all of one trial.
    package func append(_ scalars: [(tag: String, value: Double)], afterTrial trial: Int, wallTime: Double) throws {
        let summary = scalars.flatMap { tag, value in
            // Summary.Value: 1 is the tag, 2 the simple value.
            EventFile.bytes(
                field: 1, EventFile.bytes(field: 1, Array(tag.utf8)) + EventFile.float(field: 2, Float(value)))
        }
        try append(EventFile.event(wallTime: wallTime, step: trial, EventFile.bytes(field: 5, summary)))
    }

    private func append(_ event: [UInt8]) throws {
        try writeAll(EventFile.record(event), to: descriptor, path: path)
    }

    /// A TFRecord around data.
    package static func record(_ data: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(data.count))
        return length + littleEndian(maskedChecksum(length)) + data + littleEndian(maskedChecksum(data))
    }

    private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes)
        return checksum.maskedValue
    }

    /// An `Event`: 1 is the wall time in seconds, 2 the step, then what happened.
    private static func event(wallTime: Double, step: Int, _ what: [UInt8]) -> [UInt8] {
        // Protobuf leaves zeros out.
        key(field: 1, wireType: 1) + littleEndian(wallTime.bitPattern) + (step == 0 ? [] : integer(field: 2, step))
            + what
    }

    // Protobuf's wire types: 0 is a varint, 1 is eight bytes, 2 has a length before it, 5 is four bytes.

    private static func integer(field: Int, _ value: Int) -> [UInt8] {
        key(field: field, wireType: 0) + varint(UInt64(bitPattern: Int64(value)))
    }

    private static func float(field: Int, _ value: Float) -> [UInt8] {
        key(field: field, wireType: 5) + littleEndian(value.bitPattern)
    }

    private static func bytes(field: Int, _ value: [UInt8]) -> [UInt8] {
        key(field: field, wireType: 2) + varint(UInt64(value.count)) + value
    }

    private static func key(field: Int, wireType: UInt64) -> [UInt8] {
        varint(UInt64(field) << 3 | wireType)
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (value, bytes) = (value, [UInt8]())
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
