extension Variable {
    /// The matrix product, op(self) · op(other); op transposes where asked for.
    ///
    /// Shapes: [m, k] · [k, n] → [m, n], after transposition. With g the gradient by the product of A · B, the
    /// gradients are g · Bᵀ and Aᵀ · g, transposed where the factor was.
    public func multiplied(
        by other: Variable, transposed: Bool = false, otherTransposed: Bool = false
    ) -> Variable {
        let (a, b) = (value, other.value)
        return Variable(
            a.multiplied(by: b, transposed: transposed, otherTransposed: otherTransposed),
            from: (
                self,
                { g in
                    transposed
                        ? b.multiplied(by: g, transposed: otherTransposed, otherTransposed: true)
                        : g.multiplied(by: b, otherTransposed: !otherTransposed)
                }
            ),
            (
                other,
                { g in
                    otherTransposed
                        ? g.multiplied(by: a, transposed: true, otherTransposed: transposed)
                        : a.multiplied(by: g, transposed: !transposed)
                }
            ))
    }

    /// The affine map of every row, self · weight + bias. Shapes: [m, k] · [k, n] + [n] → [m, n].
    public func affine(weight: Variable, bias: Variable) -> Variable {
        let (x, w) = (value, weight.value)
        return Variable(
            x.affine(weight: w, bias: bias.value),
            from: (self, { $0.multiplied(by: w, otherTransposed: true) }),
            (weight, { x.multiplied(by: $0, transposed: true) }),
            (bias, { $0.columnSums() }))
    }

    /// A vector added to every row. Shapes: [m, n] + [n] → [m, n].
    public func addingToRows(_ vector: Variable) -> Variable {
        Variable(value.addingToRows(vector.value), from: (self, { $0 }), (vector, { $0.columnSums() }))
    }
}
