import Foundation

extension Safetensors {
    /// The longest header that is read, as in the format's own reader: 100 MB.
    private static let headerLimit = 100_000_000

    /// Reads the content of a file.
    ///
    /// Everything is checked before it is used: the lengths, the JSON, every array's type, shape and place, and that
    /// the arrays fill the rest of the file without gap or overlap.
    public init(decoding bytes: [UInt8]) throws(SafetensorsError) {
        guard bytes.count >= 8 else { throw .truncated(expectedBytes: 8, foundBytes: bytes.count) }
        let announced = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard announced <= UInt64(Safetensors.headerLimit) else {
            throw .badHeader("expected a length of at most \(Safetensors.headerLimit) bytes, found \(announced)")
        }
        let headerLength = Int(announced)
        guard bytes.count - 8 >= headerLength else {
            throw .truncated(expectedBytes: 8 + announced, foundBytes: bytes.count)
        }
        guard headerLength > 0, bytes[8] == UInt8(ascii: "{") else {
            throw .badHeader("expected JSON that begins with {, found something else")
        }
        var header = try Safetensors.parse(header: bytes[8..<(8 + headerLength)])

        if let table = header.removeValue(forKey: Safetensors.metadataKey) {
            guard case .texts(let texts) = table else {
                throw .badHeader("expected texts in \(Safetensors.metadataKey), found other values")
            }
            metadata = texts
        }
        let data = bytes[(8 + headerLength)...]
        var places: [(name: String, range: Range<Int>)] = []
        // Sorted, so that of several faults always the same one is reported.
        for (name, field) in header.sorted(by: { $0.key < $1.key }) {
            guard case .array(let entry) = field else {
                throw .badTensor(name: name, "expected dtype, shape and data_offsets, found other fields")
            }
            let (type, range) = try entry.validated(name: name, available: data.count)
            places.append((name, range))
            let start = data.startIndex + range.lowerBound
            let slice = data[start..<(start + range.count)]
            arrays[name] = Array(shape: entry.shape, elements: Elements(type: type, littleEndian: slice))
        }
        try Safetensors.requireNoGaps(places, byteCount: data.count)
    }

    private static func parse(header: ArraySlice<UInt8>) throws(SafetensorsError) -> [String: HeaderField] {
        // The decoder would take UTF-16 and 32 as well, which the format does not have.
        guard let text = String(validating: header, as: UTF8.self) else {
            throw .badHeader("expected UTF-8, found other bytes")
        }
        do {
            return try JSONDecoder().decode([String: HeaderField].self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw .badHeader("expected a JSON object, found a fault: \(error.fault)")
        } catch {
            throw .badHeader("expected a JSON object, found a fault: \(error)")
        }
    }

    private static func requireNoGaps(
        _ places: [(name: String, range: Range<Int>)], byteCount: Int
    ) throws(SafetensorsError) {
        var end = 0
        let ordered = places.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        for (name, range) in ordered {
            guard range.lowerBound == end else {
                let fault = range.lowerBound < end ? "an overlap" : "a gap"
                throw .badTensor(
                    name: name, "expected its data to begin at byte \(end), found \(fault) at \(range.lowerBound)")
            }
            end = range.upperBound
        }
        guard end == byteCount else {
            throw .badHeader("expected the tensors to fill \(byteCount) bytes of data, found \(end) described")
        }
    }
}

/// A value in the header's object: a tensor's entry, or the table of texts.
private enum HeaderField: Decodable {
    case array(HeaderEntry)
    case texts([String: String])

    init(from decoder: any Decoder) throws {
        if let entry = try? HeaderEntry(from: decoder) {
            self = .array(entry)
        } else {
            self = .texts(try [String: String](from: decoder))
        }
    }
}

/// The description of one tensor, with the format's own names.
private struct HeaderEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
        case dtype
        case shape
        case dataOffsets = "data_offsets"
    }

    /// The element type and the place in the data, once it is sure that they fit the shape and the file.
    func validated(
        name: String, available: Int
    ) throws(SafetensorsError) -> (type: Safetensors.ElementType, range: Range<Int>) {
        guard let type = Safetensors.ElementType(rawValue: dtype) else {
            let known = Safetensors.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badTensor(name: name, "expected a dtype of \(known), found \"\(dtype)\"")
        }
        var byteCount = type.size
        for extent in shape {
            let (product, overflows) = byteCount.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflows else {
                throw .badTensor(name: name, "expected a shape that a file can hold, found \(shape)")
            }
            byteCount = product
        }
        guard dataOffsets.count == 2, dataOffsets[0] >= 0, dataOffsets[0] <= dataOffsets[1] else {
            throw .badTensor(name: name, "expected a begin and an end in data_offsets, found \(dataOffsets)")
        }
        guard dataOffsets[1] <= available else {
            throw .badTensor(
                name: name, "expected its data to end by byte \(available), found an end at \(dataOffsets[1])")
        }
        guard dataOffsets[1] - dataOffsets[0] == byteCount else {
            throw .badTensor(
                name: name,
                "expected \(byteCount) bytes for shape \(shape) of \(dtype), "
                    + "found \(dataOffsets[1] - dataOffsets[0]) in data_offsets")
        }
        return (type, dataOffsets[0]..<dataOffsets[1])
    }
}

extension Safetensors.Elements {
    fileprivate init(type: Safetensors.ElementType, littleEndian bytes: ArraySlice<UInt8>) {
        switch type {
        case .float32:
            self = .float32(
                Self.integers(UInt32.self, littleEndian: bytes).map { Float(bitPattern: $0) })
        case .int64: self = .int64(Self.integers(Int64.self, littleEndian: bytes))
        case .uint64: self = .uint64(Self.integers(UInt64.self, littleEndian: bytes))
        case .uint8: self = .uint8([UInt8](bytes))
        }
    }

    private static func integers<Element: FixedWidthInteger & BitwiseCopyable>(
        _ type: Element.Type, littleEndian bytes: ArraySlice<UInt8>
    ) -> [Element] {
        bytes.withUnsafeBytes { buffer in
            (0..<(buffer.count / MemoryLayout<Element>.size)).map { index in
                let offset = index * MemoryLayout<Element>.size
                return Element(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Element.self))
            }
        }
    }
}

extension DecodingError {
    /// What went wrong, without the decoder's internals.
    fileprivate var fault: String {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        @unknown default: return "unreadable"
        }
    }
}
