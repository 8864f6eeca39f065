import COpenBLAS

extension Tensor {
    /// The matrix product, op(self) · op(other), in OpenBLAS; op transposes where asked for.
    ///
    /// Shapes: [m, k] · [k, n] → [m, n], after transposition.
    public func multiplied(
        by other: Tensor, transposed: Bool = false, otherTransposed: Bool = false
    ) -> Tensor {
        let (m, n) = productShape(other, transposed, otherTransposed)
        return Tensor(shape: [m, n]) { target in
            multiply(other, transposed, otherTransposed, keeping: 0, into: target)
        }
    }

    /// The affine map of every row, self · weight + bias.
    ///
    /// Shapes: [m, k] · [k, n] + [n] → [m, n].
    public func affine(weight: Tensor, bias: Tensor) -> Tensor {
        let (m, n) = productShape(weight, false, false)
        precondition(bias.count == n, "A product of \(n) columns needs a bias of \(n) elements, not \(bias.count).")
        return Tensor(shape: [m, n]) { target in
            bias.values.withUnsafeBufferPointer { row in
                guard let start = row.baseAddress else { return }
                for index in 0..<m { (target + index * n).initialize(from: start, count: n) }
            }
            multiply(weight, false, false, keeping: 1, into: target)
        }
    }

    private func productShape(_ other: Tensor, _ transposed: Bool, _ otherTransposed: Bool) -> (m: Int, n: Int) {
        let (m, k) = transposed ? (columns, rows) : (rows, columns)
        let (otherK, n) = otherTransposed ? (other.columns, other.rows) : (other.rows, other.columns)
        precondition(
            k == otherK, "A matrix of \(k) columns cannot be multiplied by one of \(otherK) rows.")
        return (m, n)
    }

    /// target ← op(self) · op(other) + kept · target.
    private func multiply(
        _ other: Tensor, _ transposed: Bool, _ otherTransposed: Bool, keeping kept: Float,
        into target: UnsafeMutablePointer<Float>
    ) {
        _ = singleThreadedBLAS
        let (m, n) = productShape(other, transposed, otherTransposed)
        let k = transposed ? rows : columns
        if k == 0 {
            // BLAS asks for leading dimensions of at least one, and the empty sum is zero.
            if kept == 0 { target.initialize(repeating: 0, count: m * n) }
            return
        }
        values.withUnsafeBufferPointer { left in
            other.values.withUnsafeBufferPointer { right in
                cblas_sgemm(
                    CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, otherTransposed ? CblasTrans : CblasNoTrans,
                    blasint(m), blasint(n), blasint(k), 1, left.baseAddress, blasint(columns),
                    right.baseAddress, blasint(other.columns), kept, target, blasint(n))
            }
        }
    }
}

/// Set once before the first product: work is spread over tasks, not inside of a product, and a product's sums must
/// not depend on how many threads there happen to be.
private let singleThreadedBLAS: Void = openblas_set_num_threads(1)
