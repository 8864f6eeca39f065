/// How a number is stored.
public enum NumericType: String, Hashable, Sendable, Codable, CaseIterable {
    case bfloat16, float16, float32, int8, int32, int64

    /// Bytes of one number.
    public var bytes: Int {
        switch self {
        case .int8: 1
        case .bfloat16, .float16: 2
        case .float32, .int32: 4
        case .int64: 8
        }
    }
}

/// A tensor that flows along the edges of a workload's graph.
public struct Value: Hashable, Sendable, Codable, Identifiable {
    /// The position of a value in `Workload.values`.
    public struct ID: Hashable, Sendable, Codable, Comparable {
        public var index: Int
        public init(_ index: Int) { self.index = index }
        public static func < (a: ID, b: ID) -> Bool { a.index < b.index }
    }

    /// What part a tensor plays.
    public enum Role: String, Hashable, Sendable, Codable {
        /// Given with each inference.
        case input
        /// Trained, the same in every inference.
        case parameter
        /// Computed by an operator.
        case activation
    }

    public var id: ID
    public var name: String
    /// Extents, outermost first: N, C, H, W for images; N, sequence, features for sequences.
    public var shape: [Int]
    public var role: Role
    public var numericType: NumericType

    public init(id: ID, name: String, shape: [Int], role: Role, numericType: NumericType = .bfloat16) {
        self.id = id
        self.name = name
        self.shape = shape
        self.role = role
        self.numericType = numericType
    }

    /// The number of elements: the product of the extents.
    public var elements: Int { shape.reduce(1, *) }

    /// The bytes that it takes in memory.
    public var bytes: Int { elements * numericType.bytes }
}
