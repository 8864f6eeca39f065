/// What the numbers of small constants become when they are moved about.
enum ConstantArray {
    /// Elements of a shape whose axes are put in another order: axis i of the result is axis `order[i]`.
    static func transposed(_ values: [Double], shape: [Int], order: [Int]) -> [Double] {
        let strides = strides(of: shape)
        return picked(values, shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }

    /// Elements repeated along axes of extent 1 and along new leading ones.
    static func broadcast(_ values: [Double], from shape: [Int], to target: [Int]) -> [Double] {
        let own = strides(of: shape)
        let offset = target.count - shape.count
        let strides = target.indices.map { axis in
            axis < offset || shape[axis - offset] == 1 ? 0 : own[axis - offset]
        }
        return picked(values, shape: target, strides: strides)
    }

    /// The elements at some places of an axis.
    static func taken(_ values: [Double], shape: [Int], axis: Int, indices: [Int]) -> [Double] {
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        var result: [Double] = []
        result.reserveCapacity(outer * inner * indices.count)
        for block in 0..<outer {
            for index in indices {
                let start = (block * shape[axis] + index) * inner
                result += values[start..<(start + inner)]
            }
        }
        return result
    }

    /// Arrays one after another along an axis.
    static func concatenated(_ parts: [(values: [Double], shape: [Int])], axis: Int) -> [Double] {
        guard let first = parts.first else { return [] }
        let outer = first.shape[..<axis].reduce(1, *)
        var result: [Double] = []
        for block in 0..<outer {
            for part in parts {
                let size = part.shape[axis...].reduce(1, *)
                result += part.values[(block * size)..<((block + 1) * size)]
            }
        }
        return result
    }

    /// One number for all elements along some axes, made of them by a function from a start.
    static func reduced(
        _ values: [Double], shape: [Int], axes: [Int], start: Double, _ step: (Double, Double) -> Double
    ) -> [Double] {
        let kept = shape.indices.filter { !axes.contains($0) }
        let inOrder = transposed(values, shape: shape, order: kept + axes)
        let size = axes.reduce(1) { $0 * shape[$1] }
        let count = kept.reduce(1) { $0 * shape[$1] }
        return (0..<count).map { inOrder[($0 * size)..<(($0 + 1) * size)].reduce(start, step) }
    }

    private static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The elements of a shape whose axes have the given strides in another array.
    private static func picked(_ values: [Double], shape: [Int], strides: [Int]) -> [Double] {
        let count = shape.reduce(1, *)
        guard count > 0 else { return [] }
        var index = [Int](repeating: 0, count: shape.count)
        var offset = 0
        var result: [Double] = []
        result.reserveCapacity(count)
        for _ in 0..<count {
            result.append(values[offset])
            for axis in shape.indices.reversed() {
                index[axis] += 1
                offset += strides[axis]
                if index[axis] < shape[axis] { break }
                offset -= shape[axis] * strides[axis]
                index[axis] = 0
            }
        }
        return result
    }
}
