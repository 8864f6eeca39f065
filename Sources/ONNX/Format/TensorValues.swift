internal import Diagnostics
internal import Foundation

/// Reads the elements of small tensors, which shapes are computed from.
struct TensorValues {
    let file: MappedFile
    /// Files beside the model that were asked for, nil where one cannot be read.
    private var others: [String: MappedFile?] = [:]

    /// More elements than any tensor has that a shape is computed from.
    static let mostElements = 1 << 14
    /// Floating-point tensors with more elements are weights, which are never read.
    static let mostNumbers = 64

    init(file: MappedFile) { self.file = file }

    /// The elements as numbers, or why they are not known.
    enum Reading {
        case known([Double])
        case unknown(String)
    }

    /// The elements of a tensor whose shape and type have been checked.
    mutating func values(of tensor: StoredTensor, type: ElementType, count: Int) throws -> Reading {
        let most = type.isInteger ? TensorValues.mostElements : TensorValues.mostNumbers
        guard count <= most else { return .unknown("it has \(count) elements, of which no more than \(most) are read") }
        switch tensor.data {
        case .none: return count == 0 ? .known([]) : .unknown("it has no data")
        case .raw(let range): return decoded(UnsafeRawBufferPointer(rebasing: file.bytes[range]), type, count)
        case .fields(let range):
            do {
                return try fieldValues(in: range, type, count)
            } catch let fault as ProtobufReader.Fault {
                throw DiagnosticError(
                    .badData, "expected a tensor's elements, but at byte \(fault.offset): \(fault.message)",
                    at: SourceLocation(file: file.path, field: tensor.name))
            }
        case .external(let path, let offset, let length): return external(path, offset, length, type, count)
        }
    }

    private func fieldValues(in range: Range<Int>, _ type: ElementType, _ count: Int) throws -> Reading {
        var values: [Double] = []
        values.reserveCapacity(count)
        var reader = ProtobufReader(file.bytes, in: range)
        while let field = try reader.next(), values.count <= count {
            switch (field.number, field.content) {
            case (4, .fixed32(let bits)): values.append(Double(Float(bitPattern: bits)))
            case (10, .fixed64(let bits)): values.append(Double(bitPattern: bits))
            case (5, .varint(let value)), (7, .varint(let value)), (11, .varint(let value)):
                values.append(fieldValue(value, type))
            case (4, .bytes(let range)), (5, .bytes(let range)), (7, .bytes(let range)), (10, .bytes(let range)),
                (11, .bytes(let range)):
                var packed = ProtobufReader(file.bytes, in: range)
                while !packed.isAtEnd, values.count <= count {
                    switch field.number {
                    case 4: values.append(Double(Float(bitPattern: try packed.fixed(UInt32.self))))
                    case 10: values.append(Double(bitPattern: try packed.fixed(UInt64.self)))
                    default: values.append(fieldValue(try packed.varint(), type))
                    }
                }
            default: break
            }
        }
        guard values.count == count else { return .unknown("its data has another number of elements than its shape") }
        return .known(values)
    }

    /// A number of `int32_data`, `int64_data` or `uint64_data`: half-precision ones are their bits.
    private func fieldValue(_ value: UInt64, _ type: ElementType) -> Double {
        switch type {
        case .float16: float16(UInt16(truncatingIfNeeded: value))
        case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: value) << 16))
        case .uint64: Double(value)
        default: Double(Int64(bitPattern: value))
        }
    }

    private mutating func external(
        _ path: String, _ offset: Int, _ length: Int?, _ type: ElementType, _ count: Int
    ) -> Reading {
        let other: MappedFile?
        if let known = others[path] {
            other = known
        } else {
            let place = URL(fileURLWithPath: file.path).deletingLastPathComponent().appendingPathComponent(path)
            other = try? MappedFile(path: place.path)
            others[path] = .some(other)
        }
        guard let bits = type.bits, let data = other else {
            return .unknown("its data is in '\(path)', which cannot be read")
        }
        let size = length ?? (count * bits + 7) / 8
        guard offset >= 0, size >= 0, offset <= data.bytes.count, size <= data.bytes.count - offset else {
            return .unknown("its data is beyond the end of '\(path)'")
        }
        return decoded(UnsafeRawBufferPointer(rebasing: data.bytes[offset..<(offset + size)]), type, count)
    }

    private func decoded(_ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ count: Int) -> Reading {
        guard let bits = type.bits, bits >= 8, bytes.count == count * bits / 8 else {
            return .unknown("its data is no \(count) numbers of a supported type")
        }
        func numbers<Number: FixedWidthInteger>(_: Number.Type, _ value: (Number) -> Double) -> Reading {
            let size = MemoryLayout<Number>.size
            return .known(
                (0..<count).map {
                    value(Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Number.self)))
                })
        }
        switch type {
        case .float32: return numbers(UInt32.self) { Double(Float(bitPattern: $0)) }
        case .float64: return numbers(UInt64.self) { Double(bitPattern: $0) }
        case .float16: return numbers(UInt16.self) { float16($0) }
        case .bfloat16: return numbers(UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .uint8, .bool: return numbers(UInt8.self) { Double($0) }
        case .int8: return numbers(Int8.self) { Double($0) }
        case .uint16: return numbers(UInt16.self) { Double($0) }
        case .int16: return numbers(Int16.self) { Double($0) }
        case .uint32: return numbers(UInt32.self) { Double($0) }
        case .int32: return numbers(Int32.self) { Double($0) }
        case .uint64: return numbers(UInt64.self) { Double($0) }
        case .int64: return numbers(Int64.self) { Double($0) }
        case .string, .complex64, .complex128, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .uint4,
            .int4, .float4E2M1, .float8E8M0, .uint2, .int2:
            return .unknown("its type is not read")
        }
    }

    /// IEEE 754's binary16: 1 sign, 5 exponent and 10 fraction bits.
    private func float16(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 1 ? -1 : 1
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
