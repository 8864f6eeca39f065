/// The shape of an element-wise function of tensors of the given shapes, or nil if they do not fit together.
///
/// NumPy's rule: shapes are aligned at their last axis; extents must be equal, or 1, or absent, and the largest is the
/// result's.
///
///     broadcastShape([[8, 32, 56, 56], [8, 32, 1, 1]])  // [8, 32, 56, 56]: squeeze-and-excite's gate
package func broadcastShape(_ shapes: [[Int]]) -> [Int]? {
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

/// The shape of tensors one after another along an axis, or nil if they differ elsewhere; a leading extent of 1 is repeated up to
/// the batch, as each inference gets a copy of a parameter.
func concatenatedShape(_ shapes: [[Int]], axis: Int, batch: Int) -> [Int]? {
    guard shapes.count > 1, var result = shapes.first, result.indices.contains(axis) else { return nil }
    result[0] = axis == 0 ? 0 : batch
    result[axis] = 0
    for shape in shapes {
        guard shape.count == result.count else { return nil }
        for (position, extent) in shape.enumerated() where position != axis && extent != result[position] {
            guard position == 0, extent == 1 else { return nil }
        }
        let (sum, overflow) = result[axis].addingReportingOverflow(shape[axis])
        guard !overflow else { return nil }
        result[axis] = sum
    }
    return result
}

extension Sequence where Self: RangeReplaceableCollection & MutableCollection, Element == Int, Index == Int {
    /// The same shape with another extent along one axis.
    func replacingExtent(at axis: Int, with extent: Int) -> [Int] {
        var shape = self
        shape[axis] = extent
        return Array(shape)
    }
}

/// A shape as messages show it: `[8, 32, 1, 1]`; of a long list the beginning.
package func shapeText(_ shape: some Collection<Int>) -> String {
    "[" + shape.prefix(32).map(String.init).joined(separator: ", ") + (shape.count > 32 ? ", …]" : "]")
}
