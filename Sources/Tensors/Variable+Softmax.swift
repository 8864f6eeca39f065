extension Variable {
    /// The logarithms of every row's softmax over its valid entries; the others are
    /// `Tensor.maskedLogProbability`, and neither have influence nor get a gradient. Shapes: [m, n] → [m, n].
    ///
    /// With g the gradient by the result and p the probabilities, the gradient is g(i) − p(i) · Σ g(j), the sum over
    /// the valid entries j.
    ///
    /// - Parameter mask: whether an entry is valid, in the order of the elements; at least one in every row is.
    public func maskedLogSoftmax(mask: [Bool]) -> Variable {
        let y = value.maskedLogSoftmax(mask: mask)
        return Variable(
            y,
            from: (
                self,
                { g in
                    let validGradient = g.replacing(with: 0, unless: mask)
                    let sums = validGradient.rowSums()
                    let probabilities = y.exp()
                    return validGradient
                        - probabilities.fillingRows { row, source, target in
                            for column in 0..<y.columns { target[column] = source[column] * sums.values[row] }
                        }
                }
            ))
    }

    /// The entropy −Σ p ln p of every row of log-probabilities, in nats; masked entries add nothing.
    /// Shapes: [m, n] → [m].
    public func entropy() -> Variable { -(exp() * self).rowSums() }
}
