/// The shape of an element-wise function of tensors of the given shapes, or nil if they do not fit together.
///
/// NumPy's rule: shapes are aligned at their last axis; extents must be equal, or 1, or absent, and the largest is the
/// result's.
///
///     broadcastShape([[8, 32, 56, 56], [8, 32, 1, 1]])  // [8, 32, 56, 56]: squeeze-and-excite's gate
func broadcastShape(_ shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
        let offset = rank - shape.count
        for (axis, extent) in shape.enumerated() where extent != 1 {
            if result[offset + axis] == 1 {
                result[offset + axis] = extent
            } else if result[offset + axis] != extent {
                return nil
            }
        }
    }
    return result
}

/// A shape as messages show it: `[8, 32, 1, 1]`.
func shapeText(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
