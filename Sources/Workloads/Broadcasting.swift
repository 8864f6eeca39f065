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

/// The shape of tensors one after another along an axis, or nil if they differ elsewhere; of a parameter, whose leading extent
/// is 1, each inference of the batch gets a copy.
func concatenatedShape(_ shapes: [[Int]], axis: Int, batch: Int) -> [Int]? {
    guard shapes.count > 1, let first = shapes.first, axis > 0, first.indices.contains(axis) else { return nil }
    var length = 0
    for shape in shapes {
        guard shape.count == first.count, shape[0] == batch || shape[0] == 1,
            shape.dropFirst().replacingExtent(at: axis, with: 0) == first.dropFirst().replacingExtent(at: axis, with: 0)
        else { return nil }
        let (sum, overflow) = length.addingReportingOverflow(shape[axis])
        guard !overflow else { return nil }
        length = sum
    }
    return [batch] + first.dropFirst().replacingExtent(at: axis, with: length)
}

extension Sequence where Self: RangeReplaceableCollection & MutableCollection, Element == Int, Index == Int {
    /// The same shape with another extent along one axis.
    func replacingExtent(at axis: Int, with extent: Int) -> [Int] {
        var shape = self
        shape[axis] = extent
        return Array(shape)
    }
}

/// A shape as messages show it: `[8, 32, 1, 1]`.
func shapeText(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
