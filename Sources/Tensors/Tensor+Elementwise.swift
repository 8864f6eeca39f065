extension Tensor {
    /// Applies a function to every element.
    @inline(__always)
    func map(_ transform: (Float) -> Float) -> Tensor {
        values.withUnsafeBufferPointer { source in
            Tensor(shape: shape) { target in
                for index in 0..<source.count { target[index] = transform(source[index]) }
            }
        }
    }

    /// Applies a function to every element, eight at a time; the last few are padded with zeros, so that an element's
    /// result does not depend on its position.
    @inline(__always)
    func mapVectors(_ transform: (SIMD8<Float>) -> SIMD8<Float>) -> Tensor {
        values.withUnsafeBufferPointer { source in
            Tensor(shape: shape) { target in
                transformVectors(from: source, into: target, transform)
            }
        }
    }

    /// Combines the elements of two tensors of the same shape.
    @inline(__always)
    func zip(with other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
        precondition(
            shape == other.shape,
            "Element-wise operations need equal shapes, not \(shape) and \(other.shape).")
        return values.withUnsafeBufferPointer { left in
            other.values.withUnsafeBufferPointer { right in
                Tensor(shape: shape) { target in
                    for index in 0..<left.count { target[index] = combine(left[index], right[index]) }
                }
            }
        }
    }

    /// Adds another tensor of the same shape in place.
    mutating func add(_ other: Tensor) {
        precondition(
            shape == other.shape, "A tensor of shape \(other.shape) cannot be added to one of shape \(shape).")
        values.withUnsafeMutableBufferPointer { target in
            other.values.withUnsafeBufferPointer { source in
                for index in 0..<target.count { target[index] += source[index] }
            }
        }
    }

    /// Multiplies every element by a factor in place.
    mutating func scale(by factor: Float) {
        values.withUnsafeMutableBufferPointer { target in
            for index in 0..<target.count { target[index] *= factor }
        }
    }

    public static func + (left: Tensor, right: Tensor) -> Tensor { left.zip(with: right) { $0 + $1 } }
    public static func - (left: Tensor, right: Tensor) -> Tensor { left.zip(with: right) { $0 - $1 } }
    public static func * (left: Tensor, right: Tensor) -> Tensor { left.zip(with: right) { $0 * $1 } }
    public static func / (left: Tensor, right: Tensor) -> Tensor { left.zip(with: right) { $0 / $1 } }
    public static func + (left: Tensor, right: Float) -> Tensor { left.map { $0 + right } }
    public static func - (left: Tensor, right: Float) -> Tensor { left.map { $0 - right } }
    public static func * (left: Tensor, right: Float) -> Tensor { left.map { $0 * right } }
    public static func / (left: Tensor, right: Float) -> Tensor { left.map { $0 / right } }
    public static prefix func - (operand: Tensor) -> Tensor { operand.map { -$0 } }

    /// The hyperbolic tangent of every element.
    public func tanh() -> Tensor { mapVectors(vectorTanh) }

    /// The exponential of every element.
    public func exp() -> Tensor { mapVectors(vectorExp) }

    /// The natural logarithm of every element.
    public func log() -> Tensor { map(naturalLogarithm) }

    /// The square root of every element.
    public func squareRoot() -> Tensor { map { $0.squareRoot() } }

    /// Every element, or zero where it is negative.
    public func relu() -> Tensor { map { $0 > 0 ? $0 : 0 } }

    /// Every element, moved to the nearest bound if it lies outside of the range.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        map { Swift.min(Swift.max($0, range.lowerBound), range.upperBound) }
    }
}
