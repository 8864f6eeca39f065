import Tensors

extension Tensor {
    /// The bits of every element: equality that tells -0 from 0 and one NaN from another.
    var bits: [UInt32] { values.map(\.bitPattern) }

    /// The largest difference to another tensor's elements.
    func distance(to other: [Double]) -> Double {
        precondition(count == other.count)
        return zip(values, other).map { abs(Double($0) - $1) }.max() ?? 0
    }
}
