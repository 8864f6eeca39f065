extension Tensor {
    /// What stands for the logarithm of a probability of zero: large, negative and finite, so that its product with
    /// the probability is zero instead of not a number.
    public static let maskedLogProbability: Float = -1e9

    /// The logarithms of every row's softmax over its valid entries; the others are `maskedLogProbability`.
    ///
    /// y(i) = x(i) − m − ln Σ exp(x(j) − m), the sum and the maximum m over the valid entries j alone, so that masked
    /// logits have no influence whatever they are. Shapes: [m, n] → [m, n].
    ///
    /// - Parameter mask: whether an entry is valid, in the order of the elements; at least one in every row is.
    public func maskedLogSoftmax(mask: [Bool]) -> Tensor {
        precondition(mask.count == count, "A mask of \(mask.count) entries does not fit a tensor of \(count).")
        let valid = replacing(with: -.infinity, unless: mask)
        let maxima = valid.rowMaxima()
        for row in 0..<rows {
            precondition(
                mask[(row * columns)..<((row + 1) * columns)].contains(true), "Row \(row) of a mask has no valid entry."
            )
        }
        let shifted = valid.fillingRows { row, source, target in
            for column in 0..<columns { target[column] = source[column] - maxima.values[row] }
        }
        // exp(-infinity) is zero: masked entries add nothing to the sums.
        let sums = shifted.exp().rowSums()
        return shifted.fillingRows { row, source, target in
            let logarithm = naturalLogarithm(sums.values[row])
            for column in 0..<columns {
                let isMasked = source[column] == -Float.infinity
                target[column] = isMasked ? Tensor.maskedLogProbability : source[column] - logarithm
            }
        }
    }

    /// The tensor with another number wherever the mask is false.
    ///
    /// Selected by bits: masks look random to the processor, so that a branch an element costs several times as much.
    func replacing(with other: Float, unless mask: [Bool]) -> Tensor {
        precondition(mask.count == count, "A mask of \(mask.count) entries does not fit a tensor of \(count).")
        let otherBits = other.bitPattern
        return mask.withUnsafeBytes { isValid in
            values.withUnsafeBufferPointer { source in
                Tensor(shape: shape) { target in
                    for index in 0..<source.count {
                        // A Bool is a byte of 0 or 1; its negative has all bits clear or set.
                        let keep = 0 &- UInt32(isValid[index])
                        target[index] = Float(bitPattern: (source[index].bitPattern & keep) | (otherBits & ~keep))
                    }
                }
            }
        }
    }
}
