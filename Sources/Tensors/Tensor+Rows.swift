extension Tensor {
    /// The tensor with a vector added to each of its rows. Shapes: [m, n] + [n] → [m, n].
    public func addingToRows(_ vector: Tensor) -> Tensor {
        precondition(
            vector.count == columns, "A vector of \(vector.count) elements cannot be added to rows of \(columns).")
        return fillingRows { row, source, target in
            for column in 0..<columns { target[column] = source[column] + vector.values[column] }
        }
    }

    /// Some neighbouring columns. Shapes: [m, n] → [m, range.count].
    public func slicingColumns(_ range: Range<Int>) -> Tensor {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columns,
            "Columns \(range) are outside of a tensor of \(columns) columns.")
        return fillingRows(width: range.count) { _, source, target in
            target.initialize(from: source + range.lowerBound, count: range.count)
        }
    }

    /// The tensors side by side; all must have as many rows. Shapes: [m, n₁], [m, n₂], … → [m, n₁ + n₂ + …].
    public static func concatenatingColumns(_ parts: [Tensor]) -> Tensor {
        precondition(!parts.isEmpty, "There must be at least one tensor to concatenate.")
        let rows = parts[0].rows
        precondition(
            parts.allSatisfy { $0.rows == rows },
            "Tensors side by side need equally many rows, not \(parts.map(\.rows)).")
        let width = parts.reduce(0) { $0 + $1.columns }
        return Tensor(shape: [rows, width]) { target in
            var start = 0
            for part in parts {
                part.forEachRow { row, source in
                    (target + row * width + start).initialize(from: source, count: part.columns)
                }
                start += part.columns
            }
        }
    }

    /// The rows of the given indices, in that order, with repetition. Shapes: [m, n] → [indices.count, n].
    public func gatheringRows(_ indices: [Int]) -> Tensor {
        let (rows, columns) = (rows, columns)
        return values.withUnsafeBufferPointer { source in
            Tensor(shape: [indices.count, columns]) { target in
                for (row, index) in indices.enumerated() {
                    precondition(index >= 0 && index < rows, "Row \(index) is outside of a tensor of \(rows) rows.")
                    for column in 0..<columns { target[row * columns + column] = source[index * columns + column] }
                }
            }
        }
    }

    /// Row i added to row indices[i] of a matrix of zeros: the transpose of `gatheringRows`.
    /// Shapes: [indices.count, n] → [rowCount, n].
    func scatteringRows(_ indices: [Int], rowCount: Int) -> Tensor {
        var result = Tensor.zeros([rowCount, columns])
        let columns = columns
        result.values.withUnsafeMutableBufferPointer { target in
            forEachRow { row, source in
                let start = indices[row] * columns
                for column in 0..<columns { target[start + column] += source[column] }
            }
        }
        return result
    }

    /// One element a row, from the column that the row's index names. Shapes: [m, n] → [m].
    public func selectingColumns(_ indices: [Int]) -> Tensor {
        precondition(
            indices.count == rows, "\(rows) rows need as many column indices, not \(indices.count).")
        return Tensor(shape: [rows]) { target in
            forEachRow { row, source in
                precondition(
                    indices[row] >= 0 && indices[row] < columns,
                    "Column \(indices[row]) is outside of a tensor of \(columns) columns.")
                target[row] = source[indices[row]]
            }
        }
    }

    /// Calls the body with the index and the elements of every row.
    @inline(__always)
    func forEachRow(_ body: (Int, UnsafePointer<Float>) -> Void) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            for row in 0..<rows { body(row, start + row * columns) }
        }
    }

    /// A matrix with as many rows, each of which the body fills from the row of the same index.
    @inline(__always)
    func fillingRows(
        width: Int? = nil, _ body: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        let width = width ?? columns
        // An element-wise result keeps its shape, a new width makes a matrix.
        return Tensor(shape: width == columns ? shape : [rows, width]) { target in
            forEachRow { row, source in body(row, source, target + row * width) }
        }
    }
}
