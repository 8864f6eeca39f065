/// How a model is read where its file leaves something open.
public struct ImportOptions: Hashable, Sendable {
    /// What happens to operators that are not known.
    public enum UnknownOperators: String, Hashable, Sendable, CaseIterable {
        /// The import ends with an error that names the node.
        case reject
        /// They count as element-wise functions, one operation an element of the shape that their inputs broadcast to, with a
        /// warning.
        case elementwise
    }

    /// The extent of the batch axis, if the file leaves that open; a file with a fixed batch must have this one. Nil for whatever
    /// the file has.
    public var batch: Int?
    /// The extent of a batch axis that the file leaves open if `batch` is nil; without either the import ends with an error.
    public var defaultBatch: Int?
    /// Extents of other symbolic axes, by the symbol's name, or `input[axis]` where it has none.
    public var dimensions: [String: Int]
    public var unknownOperators: UnknownOperators

    public init(
        batch: Int? = nil, defaultBatch: Int? = nil, dimensions: [String: Int] = [:],
        unknownOperators: UnknownOperators = .reject
    ) {
        self.batch = batch
        self.defaultBatch = defaultBatch
        self.dimensions = dimensions
        self.unknownOperators = unknownOperators
    }
}
