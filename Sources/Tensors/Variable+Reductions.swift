extension Variable {
    /// The sum of all elements, a scalar.
    public func sum() -> Variable {
        let shape = shape
        return Variable(value.sum(), from: (self, { Tensor(repeating: $0.scalar, shape: shape) }))
    }

    /// The mean of all elements, a scalar.
    public func mean() -> Variable {
        let (shape, count) = (shape, Float(value.count))
        return Variable(value.mean(), from: (self, { Tensor(repeating: $0.scalar / count, shape: shape) }))
    }

    /// The sum of every row. Shapes: [m, n] → [m].
    public func rowSums() -> Variable {
        let x = value
        return Variable(
            x.rowSums(),
            from: (
                self,
                { g in
                    x.fillingRows { row, _, target in target.initialize(repeating: g.values[row], count: x.columns) }
                }
            ))
    }
}
