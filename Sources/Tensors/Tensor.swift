/// A dense array of single-precision numbers with a shape, stored row by row.
///
///     let x = Tensor([[1, 2, 3], [4, 5, 6]])
///     x.shape        // [2, 3]
///     x[1, 2]        // 6
///     x * 2 + 1      // element by element
///
/// A tensor is a value: copies share their storage until one of them changes. Most operations look at a tensor as a
/// matrix of `rows` by `columns`: the last dimension is the columns, all the others together are the rows. A vector is
/// one row, a scalar (shape `[]`) is 1 by 1.
///
/// Every operation adds up in a fixed order on one thread, so the same inputs give the same bits on the same machine.
public struct Tensor: Equatable, Sendable {
    /// The extent of every dimension; empty for a scalar.
    public let shape: [Int]
    /// The elements, the last dimension varying fastest; as many as the product of `shape`.
    public internal(set) var values: [Float]

    /// A tensor of the given shape with the given elements in row-major order.
    public init(shape: [Int], values: [Float]) {
        precondition(
            values.count == Tensor.elementCount(of: shape),
            "A tensor of shape \(shape) cannot be made of \(values.count) values.")
        self.shape = shape
        self.values = values
    }

    /// A tensor whose elements are all equal.
    public init(repeating value: Float, shape: [Int]) {
        self.init(shape: shape, values: [Float](repeating: value, count: Tensor.elementCount(of: shape)))
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// A scalar: a tensor of shape `[]`.
    public init(_ value: Float) {
        self.init(shape: [], values: [value])
    }

    /// A vector: a tensor of shape `[values.count]`.
    public init(_ values: [Float]) {
        self.init(shape: [values.count], values: values)
    }

    /// A matrix of shape `[rows.count, columns]`, given row by row; all rows must be equally long.
    public init(_ rows: [[Float]]) {
        let columns = rows.first?.count ?? 0
        precondition(
            rows.allSatisfy { $0.count == columns }, "The rows of a matrix must all have \(columns) elements.")
        self.init(shape: [rows.count, columns], values: rows.flatMap { $0 })
    }

    /// A tensor whose elements `fill` writes; it must write all of them.
    init(shape: [Int], filledBy fill: (UnsafeMutablePointer<Float>) -> Void) {
        let count = Tensor.elementCount(of: shape)
        self.shape = shape
        self.values = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            if let start = buffer.baseAddress, count > 0 { fill(start) }
            initializedCount = count
        }
    }

    /// The number of elements.
    public var count: Int { values.count }

    /// The extent of the last dimension; 1 for a scalar.
    public var columns: Int { shape.last ?? 1 }

    /// The product of all dimensions but the last; 1 for a vector or scalar.
    public var rows: Int { shape.dropLast().reduce(1, *) }

    /// The element at a row and column of the matrix view.
    public subscript(row: Int, column: Int) -> Float {
        get { values[offset(row: row, column: column)] }
        set { values[offset(row: row, column: column)] = newValue }
    }

    /// The single element of a tensor that has exactly one.
    public var scalar: Float {
        precondition(count == 1, "A tensor of shape \(shape) is not a scalar.")
        return values[0]
    }

    /// The same elements in another shape of equal size.
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, values: values) }

    /// Whether no element is infinite or not a number.
    public var isFinite: Bool { values.allSatisfy(\.isFinite) }

    private func offset(row: Int, column: Int) -> Int {
        precondition(
            row >= 0 && row < rows && column >= 0 && column < columns,
            "Element (\(row), \(column)) is outside a tensor of \(rows) rows and \(columns) columns.")
        return row * columns + column
    }

    static func elementCount(of shape: [Int]) -> Int {
        precondition(shape.allSatisfy { $0 >= 0 }, "The dimensions of a shape cannot be negative: \(shape).")
        return shape.reduce(1, *)
    }
}
