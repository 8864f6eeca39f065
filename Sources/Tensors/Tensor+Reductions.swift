extension Tensor {
    /// The sum of all elements, added up in double precision, as a scalar.
    public func sum() -> Tensor {
        Tensor(Float(doubleSum { $0 }))
    }

    /// The mean of all elements as a scalar; not a number if there are none.
    public func mean() -> Tensor {
        Tensor(Float(doubleSum { $0 } / Double(count)))
    }

    /// The sum of every row. Shapes: [m, n] → [m].
    public func rowSums() -> Tensor { reducingRows(from: 0, combine: { $0 + $1 }, finish: { $0.sum() }) }

    /// The largest element of every row; -infinity for an empty one. Shapes: [m, n] → [m].
    public func rowMaxima() -> Tensor {
        reducingRows(
            from: -.infinity, combine: { $1.replacing(with: $0, where: $0 .> $1) }, finish: { $0.max() })
    }

    /// Reduces every row in eight interleaved lanes, and then the lanes.
    @inline(__always)
    private func reducingRows(
        from initial: Float, combine: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>, finish: (SIMD8<Float>) -> Float
    ) -> Tensor {
        let columns = columns
        let whole = columns & ~7
        return Tensor(shape: [rows]) { target in
            target.initialize(repeating: initial, count: rows)
            forEachRow { row, source in
                var lanes = SIMD8<Float>(repeating: initial)
                var column = 0
                while column < whole {
                    lanes = combine(lanes, UnsafeRawPointer(source + column).loadUnaligned(as: SIMD8<Float>.self))
                    column += 8
                }
                var rest = SIMD8<Float>(repeating: initial)
                for lane in 0..<(columns - whole) { rest[lane] = source[whole + lane] }
                target[row] = finish(combine(lanes, rest))
            }
        }
    }

    /// The sum of every column. Shapes: [m, n] → [n].
    public func columnSums() -> Tensor {
        let (rows, columns) = (rows, columns)
        return values.withUnsafeBufferPointer { source in
            Tensor(shape: [columns]) { target in
                target.initialize(repeating: 0, count: columns)
                for row in 0..<rows {
                    for column in 0..<columns { target[column] += source[row * columns + column] }
                }
            }
        }
    }

    /// The sum of the squares of all elements, in double precision.
    var sumOfSquares: Double { doubleSum { $0 * $0 } }

    /// Adds up a function of every element in four interleaved double-precision sums, always in the same order.
    @inline(__always)
    private func doubleSum(_ term: (Double) -> Double) -> Double {
        values.withUnsafeBufferPointer { source in
            var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
            let whole = source.count & ~3
            var index = 0
            while index < whole {
                a += term(Double(source[index]))
                b += term(Double(source[index + 1]))
                c += term(Double(source[index + 2]))
                d += term(Double(source[index + 3]))
                index += 4
            }
            while index < source.count {
                a += term(Double(source[index]))
                index += 1
            }
            return (a + b) + (c + d)
        }
    }
}
