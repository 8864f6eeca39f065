/// The content of a file in the safetensors format: named arrays and a table of texts.
///
///     var file = Safetensors()
///     file.metadata["version"] = "1"
///     file["policy.0.weight"] = .init(tensor)
///     file["episode"] = .init(shape: [], elements: .uint64([1_344]))
///     let bytes = file.encoded()
///     let again = try Safetensors(decoding: bytes)     // again == file
///
/// The format (huggingface.co/docs/safetensors): eight bytes with the header's length N, little-endian; N bytes of
/// JSON, which give every tensor's element type, shape and place; then the elements, little-endian, without gaps.
/// Python reads it with the package `safetensors`. The same content is always encoded as the same bytes.
public struct Safetensors: Equatable, Sendable {
    /// Texts by key, the `__metadata__` of the header.
    public var metadata: [String: String] = [:]
    /// The arrays by name. `__metadata__` is not a name.
    public internal(set) var arrays: [String: Array] = [:]

    public init() {}

    /// The array of a name.
    public subscript(name: String) -> Array? {
        get { arrays[name] }
        set {
            precondition(name != Safetensors.metadataKey, "\(name) is reserved by the format; choose another name.")
            arrays[name] = newValue
        }
    }

    static let metadataKey = "__metadata__"

    /// Elements of one type with a shape.
    public struct Array: Equatable, Sendable {
        public let shape: [Int]
        public let elements: Elements

        /// As many elements as the shape says, in row-major order.
        public init(shape: [Int], elements: Elements) {
            precondition(
                shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == elements.count,
                "An array of shape \(shape) cannot be made of \(elements.count) elements.")
            self.shape = shape
            self.elements = elements
        }

        public init(_ tensor: Tensor) {
            self.init(shape: tensor.shape, elements: .float32(tensor.values))
        }

        /// The tensor, if the elements are single-precision numbers.
        public var tensor: Tensor? {
            guard case .float32(let values) = elements else { return nil }
            return Tensor(shape: shape, values: values)
        }
    }

    /// The element types that are read and written.
    public enum ElementType: String, Hashable, Sendable, CaseIterable {
        case float32 = "F32"
        case int64 = "I64"
        case uint64 = "U64"
        case uint8 = "U8"

        /// Bytes an element.
        var size: Int {
            switch self {
            case .float32: 4
            case .int64, .uint64: 8
            case .uint8: 1
            }
        }
    }

    /// The elements themselves.
    public enum Elements: Equatable, Sendable {
        case float32([Float])
        case int64([Int64])
        case uint64([UInt64])
        case uint8([UInt8])

        public var type: ElementType {
            switch self {
            case .float32: .float32
            case .int64: .int64
            case .uint64: .uint64
            case .uint8: .uint8
            }
        }

        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .int64(let values): values.count
            case .uint64(let values): values.count
            case .uint8(let values): values.count
            }
        }
    }
}
