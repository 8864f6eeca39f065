extension Safetensors {
    /// The bytes of a file with this content.
    public func encoded() -> [UInt8] {
        // Wide elements first, so that each array is aligned to its elements; then by name.
        let ordered = arrays.sorted { left, right in
            let (leftSize, rightSize) = (left.value.elements.type.size, right.value.elements.type.size)
            return leftSize != rightSize ? leftSize > rightSize : left.key < right.key
        }
        var data: [UInt8] = []
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            fields.append("\(json(Safetensors.metadataKey)):{\(pairs.joined(separator: ","))}")
        }
        for (name, array) in ordered {
            let start = data.count
            array.elements.appendLittleEndian(to: &data)
            let shape = array.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(json(name)):{\"dtype\":\"\(array.elements.type.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(start),\(data.count)]}")
        }
        var header = [UInt8]("{\(fields.joined(separator: ","))}".utf8)
        // Spaces to a multiple of eight, so that the elements are aligned in a mapped file.
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)

        var file: [UInt8] = []
        file.reserveCapacity(8 + header.count + data.count)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        file += header
        file += data
        return file
    }

    /// A text as a JSON string, by RFC 8259, section 7.
    private func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Safetensors.Elements {
    fileprivate func appendLittleEndian(to data: inout [UInt8]) {
        switch self {
        case .float32(let values): append(values.map(\.bitPattern.littleEndian), to: &data)
        case .int64(let values): append(values.map(\.littleEndian), to: &data)
        case .uint64(let values): append(values.map(\.littleEndian), to: &data)
        case .uint8(let values): data += values
        }
    }

    private func append<Element: FixedWidthInteger>(_ values: [Element], to data: inout [UInt8]) {
        values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
}
