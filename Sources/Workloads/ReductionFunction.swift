/// What a reduction makes of all elements along its axes.
public enum ReductionFunction: String, Hashable, Sendable, Codable, CaseIterable {
    case mean, sum, maximum, minimum, product
    /// Σ|x|, ONNX's ReduceL1.
    case sumOfAbsolutes
    /// Σx², ONNX's ReduceSumSquare.
    case sumOfSquares
    /// √Σx², ONNX's ReduceL2.
    case norm
}

/// The shape that is left of one when some axes are reduced: 1 along them, or without them.
func reducedShape(_ shape: [Int], axes: [Int], keepsAxes: Bool) -> [Int] {
    shape.indices.compactMap { axis in
        guard axes.contains(axis) else { return shape[axis] }
        return keepsAxes ? 1 : nil
    }
}
