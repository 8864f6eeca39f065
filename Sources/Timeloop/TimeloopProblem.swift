public import Diagnostics

/// A loop nest and the tensors that it touches, as Timeloop's `problem` describes it.
///
/// A tensor is a *data space*: a projection gives, a rank, the sum of dimensions times coefficients that is the index.
public struct TimeloopProblem: Hashable, Sendable {
    /// A dimension times a coefficient.
    public struct Term: Hashable, Sendable {
        /// Index into `dimensions`.
        public var dimension: Int
        public var coefficient: Int

        public init(dimension: Int, coefficient: Int) {
            self.dimension = dimension
            self.coefficient = coefficient
        }
    }

    /// A tensor.
    public struct DataSpace: Hashable, Sendable {
        public var name: String
        /// An array of terms a rank.
        public var projection: [[Term]]
        /// Whether the loop nest adds to the tensor, and does not only read it.
        public var isReadWrite: Bool

        public init(name: String, projection: [[Term]], isReadWrite: Bool) {
            self.name = name
            self.projection = projection
            self.isReadWrite = isReadWrite
        }
    }

    public var dimensions: [String]
    /// The extent of each dimension.
    public var bounds: [Int]
    public var dataSpaces: [DataSpace]
    /// Where the shape stands in the file, for complaints.
    public var location = SourceLocation()

    public init(dimensions: [String], bounds: [Int], dataSpaces: [DataSpace]) {
        self.dimensions = dimensions
        self.bounds = bounds
        self.dataSpaces = dataSpaces
    }

    /// Multiply–accumulates: exact up to 2⁵³.
    public var computes: Double { bounds.reduce(1) { $0 * Double($1) } }
}
