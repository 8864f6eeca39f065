extension Tensor {
    /// The mean over the rows of every segment; zero for an empty segment.
    ///
    /// The rows are divided into consecutive segments of the given lengths, e.g. the operators of several workloads.
    /// Shapes: [lengths.sum, n] → [lengths.count, n].
    public func segmentMeans(lengths: [Int]) -> Tensor {
        var result = segmentSums(lengths: lengths)
        let columns = columns
        result.values.withUnsafeMutableBufferPointer { target in
            for (segment, length) in lengths.enumerated() where length > 1 {
                for column in 0..<columns { target[segment * columns + column] /= Float(length) }
            }
        }
        return result
    }

    /// The sum over the rows of every segment; zero for an empty segment.
    /// Shapes: [lengths.sum, n] → [lengths.count, n].
    public func segmentSums(lengths: [Int]) -> Tensor {
        requireSegments(lengths)
        var result = Tensor.zeros([lengths.count, columns])
        let columns = columns
        result.values.withUnsafeMutableBufferPointer { target in
            values.withUnsafeBufferPointer { source in
                var row = 0
                for (segment, length) in lengths.enumerated() {
                    for _ in 0..<length {
                        for column in 0..<columns {
                            target[segment * columns + column] += source[row * columns + column]
                        }
                        row += 1
                    }
                }
            }
        }
        return result
    }

    /// The row of the largest element of every segment and column, the first of equals; -1 for an empty segment.
    /// As many as the elements of [lengths.count, n].
    func segmentMaximumRows(lengths: [Int]) -> [Int] {
        requireSegments(lengths)
        let columns = columns
        var result = [Int](repeating: -1, count: lengths.count * columns)
        var start = 0
        for (segment, length) in lengths.enumerated() {
            for row in start..<(start + length) {
                for column in 0..<columns {
                    let best = result[segment * columns + column]
                    if best < 0 || values[row * columns + column] > values[best * columns + column] {
                        result[segment * columns + column] = row
                    }
                }
            }
            start += length
        }
        return result
    }

    /// Element j of row i taken from row `sources[i, j]`, or zero where that is negative.
    /// Shapes: [m, n] → [sources.count / n, n].
    func gatheringElements(fromRows sources: [Int]) -> Tensor {
        let columns = columns
        return Tensor(shape: [columns == 0 ? 0 : sources.count / columns, columns]) { target in
            for (index, row) in sources.enumerated() {
                target[index] = row < 0 ? 0 : values[row * columns + index % columns]
            }
        }
    }

    /// The transpose of `gatheringElements`: element (i, j) added to row `sources[i, j]` of a matrix of zeros.
    func scatteringElements(toRows sources: [Int], rowCount: Int) -> Tensor {
        let columns = columns
        var result = Tensor.zeros([rowCount, columns])
        for (index, row) in sources.enumerated() where row >= 0 {
            result.values[row * columns + index % columns] += values[index]
        }
        return result
    }

    private func requireSegments(_ lengths: [Int]) {
        precondition(
            lengths.allSatisfy { $0 >= 0 } && lengths.reduce(0, +) == rows,
            "Segments of lengths \(lengths) do not cover \(rows) rows.")
    }
}
