import Foundation

extension Tensor {
    /// Numbers drawn uniformly from a range, its upper bound excluded but for rounding.
    public static func uniform(
        _ shape: [Int], in range: ClosedRange<Float> = 0...1, using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        let width = range.upperBound - range.lowerBound
        let values = (0..<elementCount(of: shape)).map { _ in
            // The upper 24 bits fill a Float's significand exactly.
            range.lowerBound + width * (Float(generator.next() >> 40) * 0x1p-24)
        }
        return Tensor(shape: shape, values: values)
    }

    /// Numbers drawn from the normal distribution of the given mean and standard deviation.
    ///
    /// Two at a time from two uniform numbers u in (0, 1] and v in [0, 1): √(−2 ln u) · (cos 2πv, sin 2πv)
    /// (Box & Muller, "A Note on the Generation of Random Normal Deviates", 1958).
    public static func normal(
        _ shape: [Int], mean: Float = 0, standardDeviation: Float = 1,
        using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        let count = elementCount(of: shape)
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        while values.count < count {
            let (first, second) = normalPair(using: &generator)
            values.append(mean + standardDeviation * Float(first))
            values.append(mean + standardDeviation * Float(second))
        }
        values.removeLast(values.count - count)
        return Tensor(shape: shape, values: values)
    }

    /// A random matrix with orthogonal columns (or rows, where those are fewer) of length `gain`, uniformly
    /// distributed over all such matrices.
    ///
    /// Gaussian vectors are made orthonormal by Gram-Schmidt in double precision, each projected twice so that
    /// rounding leaves no remainder; the signs need no correction, as the implied R has a positive diagonal
    /// (Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014).
    public static func orthogonal(
        rows: Int, columns: Int, gain: Float = 1, using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        let vectorCount = Swift.min(rows, columns)
        let length = Swift.max(rows, columns)
        var basis: [[Double]] = []
        for _ in 0..<vectorCount {
            var vector: [Double] = []
            while vector.count < length {
                let (first, second) = normalPair(using: &generator)
                vector.append(first)
                vector.append(second)
            }
            vector.removeLast(vector.count - length)
            for _ in 0..<2 {
                for other in basis { subtractProjection(of: &vector, on: other) }
            }
            let norm = dot(vector, vector).squareRoot()
            precondition(norm > 1e-9, "An orthogonal matrix needs a generator whose numbers are independent.")
            basis.append(vector.map { $0 / norm })
        }
        return Tensor(shape: [rows, columns]) { target in
            for row in 0..<rows {
                for column in 0..<columns {
                    let element = rows >= columns ? basis[column][row] : basis[row][column]
                    target[row * columns + column] = gain * Float(element)
                }
            }
        }
    }

    private static func normalPair(using generator: inout some RandomNumberGenerator) -> (Double, Double) {
        // u is never zero, so its logarithm is finite.
        let u = (Double(generator.next() >> 11) + 1) * 0x1p-53
        let v = Double(generator.next() >> 11) * 0x1p-53
        let radius = (-2 * Foundation.log(u)).squareRoot()
        let angle = 2 * Double.pi * v
        return (radius * cos(angle), radius * sin(angle))
    }

    private static func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    /// Removes from a vector its component along a unit vector.
    private static func subtractProjection(of vector: inout [Double], on unit: [Double]) {
        let length = dot(vector, unit)
        for index in vector.indices { vector[index] -= length * unit[index] }
    }
}
