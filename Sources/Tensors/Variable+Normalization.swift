extension Variable {
    /// Every row normalised to mean 0 and variance 1, then scaled and shifted.
    ///
    /// y = γ · (x − μ) / √(σ² + ε) + β, with μ and σ² the mean and the (biased) variance of the row
    /// (Ba, Kiros & Hinton, "Layer Normalization", 2016). Shapes: [m, n], γ [n], β [n] → [m, n].
    public func layerNormalized(scale: Variable, shift: Variable, epsilon: Float = 1e-5) -> Variable {
        let (normalized, inverseDeviations) = value.standardizedRows(epsilon: epsilon)
        let gamma = scale.value
        precondition(
            gamma.count == value.columns, "Rows of \(value.columns) need as many scales, not \(gamma.count).")
        let scaled = normalized.fillingRows { _, source, target in
            for column in 0..<gamma.count { target[column] = source[column] * gamma.values[column] }
        }
        return Variable(
            scaled.addingToRows(shift.value),
            from: (
                self,
                { g in
                    // With h = γ · g: (h − mean(h) − x̂ · mean(h · x̂)) / σ, the means over the row.
                    let count = Float(gamma.count)
                    return g.fillingRows { row, source, target in
                        let start = row * gamma.count
                        var (sum, product): (Float, Float) = (0, 0)
                        for column in 0..<gamma.count {
                            let h = source[column] * gamma.values[column]
                            sum += h
                            product += h * normalized.values[start + column]
                        }
                        for column in 0..<gamma.count {
                            let h = source[column] * gamma.values[column]
                            let along = normalized.values[start + column] * (product / count)
                            target[column] = (h - sum / count - along) * inverseDeviations[row]
                        }
                    }
                }
            ),
            (scale, { ($0 * normalized).columnSums() }),
            (shift, { $0.columnSums() }))
    }
}

extension Tensor {
    /// Every row less its mean, divided by √(variance + ε), and what it was multiplied by for that.
    fileprivate func standardizedRows(epsilon: Float) -> (rows: Tensor, inverseDeviations: [Float]) {
        let columns = columns
        var inverseDeviations: [Float] = []
        let result = fillingRows { _, source, target in
            var sum: Float = 0
            for column in 0..<columns { sum += source[column] }
            let mean = sum / Float(columns)
            var squares: Float = 0
            for column in 0..<columns { squares += (source[column] - mean) * (source[column] - mean) }
            let inverse = 1 / (squares / Float(columns) + epsilon).squareRoot()
            for column in 0..<columns { target[column] = (source[column] - mean) * inverse }
            inverseDeviations.append(inverse)
        }
        return (result, inverseDeviations)
    }
}
