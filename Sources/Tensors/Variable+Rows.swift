extension Variable {
    /// Some neighbouring columns. Shapes: [m, n] → [m, range.count].
    public func slicingColumns(_ range: Range<Int>) -> Variable {
        let (shape, columns) = (shape, value.columns)
        return Variable(
            value.slicingColumns(range),
            from: (
                self,
                { g in
                    var result = Tensor.zeros(shape)
                    result.values.withUnsafeMutableBufferPointer { target in
                        g.forEachRow { row, source in
                            for column in range {
                                target[row * columns + column] = source[column - range.lowerBound]
                            }
                        }
                    }
                    return result
                }
            ))
    }

    /// The tensors side by side; all must have as many rows. Shapes: [m, n₁], [m, n₂], … → [m, n₁ + n₂ + …].
    public static func concatenatingColumns(_ parts: [Variable]) -> Variable {
        var ranges: [Range<Int>] = []
        var shapes: [[Int]] = []
        for part in parts {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<(start + part.value.columns))
            shapes.append(part.shape)
        }
        return Variable(Tensor.concatenatingColumns(parts.map(\.value)), from: parts) { [ranges, shapes] index, g in
            g.slicingColumns(ranges[index]).reshaped(shapes[index])
        }
    }

    /// The rows of the given indices, in that order, with repetition. Shapes: [m, n] → [indices.count, n].
    public func gatheringRows(_ indices: [Int]) -> Variable {
        let shape = shape
        let rows = value.rows
        return Variable(
            value.gatheringRows(indices),
            from: (self, { $0.scatteringRows(indices, rowCount: rows).reshaped(shape) }))
    }

    /// One element a row, from the column that the row's index names. Shapes: [m, n] → [m].
    public func selectingColumns(_ indices: [Int]) -> Variable {
        let (shape, columns) = (shape, value.columns)
        return Variable(
            value.selectingColumns(indices),
            from: (
                self,
                { g in
                    var result = Tensor.zeros(shape)
                    for (row, column) in indices.enumerated() { result.values[row * columns + column] = g.values[row] }
                    return result
                }
            ))
    }

    /// The same elements in another shape of equal size.
    public func reshaped(_ shape: [Int]) -> Variable {
        let original = self.shape
        return Variable(value.reshaped(shape), from: (self, { $0.reshaped(original) }))
    }

    /// The mean over the rows of every segment; zero for an empty segment.
    /// Shapes: [lengths.sum, n] → [lengths.count, n].
    public func segmentMeans(lengths: [Int]) -> Variable {
        let shape = shape
        return Variable(
            value.segmentMeans(lengths: lengths),
            from: (
                self,
                { g in
                    let segments = lengths.enumerated().flatMap { [Int](repeating: $0, count: $1) }
                    let means = g.fillingRows { segment, source, target in
                        let share = 1 / Float(Swift.max(lengths[segment], 1))
                        for column in 0..<g.columns { target[column] = source[column] * share }
                    }
                    return means.gatheringRows(segments).reshaped(shape)
                }
            ))
    }

    /// The largest element of every column over the rows of every segment; zero for an empty segment. Of equals, the
    /// gradient goes to the first. Shapes: [lengths.sum, n] → [lengths.count, n].
    public func segmentMaxima(lengths: [Int]) -> Variable {
        let (shape, rows) = (shape, value.rows)
        let sources = value.segmentMaximumRows(lengths: lengths)
        return Variable(
            value.gatheringElements(fromRows: sources),
            from: (self, { $0.scatteringElements(toRows: sources, rowCount: rows).reshaped(shape) }))
    }
}
