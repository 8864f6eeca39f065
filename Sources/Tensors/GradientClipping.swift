extension [Tensor] {
    /// Scales all tensors down together so that the Euclidean norm of all their elements is at most `maximumNorm`.
    ///
    /// (Pascanu et al., "On the difficulty of training recurrent neural networks", 2013, algorithm 1.)
    ///
    /// - Returns: the norm before; if it is not finite, nothing was changed and the gradients must not be used.
    public mutating func clip(toGlobalNorm maximumNorm: Float) -> Float {
        let norm = reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
        if norm.isFinite && norm > Double(maximumNorm) {
            let factor = Float(Double(maximumNorm) / norm)
            for index in indices { self[index].scale(by: factor) }
        }
        return Float(norm)
    }
}
