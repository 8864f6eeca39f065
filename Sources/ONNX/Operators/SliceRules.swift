internal import Workloads

/// Parts of tensors, and tensors one after another.
enum SliceRules {
    static let rules: [String: OperatorRule] = [
        "Slice": slice, "Split": split, "Concat": concat, "CenterCropPad": crop,
    ]

    private static func slice(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let rank = input.shape.count
        guard let starts = try node.intsOfAttributeOrInput("starts", 1),
            let ends = try node.intsOfAttributeOrInput("ends", 2)
        else { throw node.fault("expected starts and ends, found none") }
        let axes = try node.intsOfAttributeOrInput("axes", 3) ?? Array(0..<starts.count)
        let steps = try node.constantInts(4, "steps") ?? Array(repeating: 1, count: starts.count)
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
            throw node.fault("expected as many starts as ends, axes and steps")
        }
        _ = try node.axes(axes, rank: rank)
        var result = input
        for (index, axis) in try axes.map({ try node.axis($0, rank: rank) }).enumerated() {
            guard steps[index] != 0 else { throw node.fault("expected steps other than 0") }
            let places = places(from: starts[index], to: ends[index], by: steps[index], of: input.shape[axis])
            result = try lowering.slice(
                result, axis: axis, start: places.start, count: places.count, step: steps[index], of: node,
                part: index == axes.count - 1 ? "" : "axis\(axis)")
        }
        return [result]
    }

    /// The first place and the number of places of a Python slice.
    private static func places(from start: Int, to end: Int, by step: Int, of extent: Int) -> (start: Int, count: Int) {
        let first = start < 0 ? start + extent : start
        let last = end < 0 ? end + extent : end
        if step > 0 {
            let (low, high) = (min(max(first, 0), extent), min(max(last, 0), extent))
            return (low, max(0, high - low + step - 1) / step)
        }
        let (high, low) = (min(max(first, 0), extent - 1), min(max(last, -1), extent - 1))
        return (max(0, high), max(0, high - low - step - 1) / -step)
    }

    private static func split(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let axis = try node.axis(try node.int("axis") ?? 0, rank: input.shape.count)
        let extent = input.shape[axis]
        let sizes: [Int]
        if let given = try node.intsOfAttributeOrInput("split", 1) {
            sizes = given
        } else {
            let count = try node.int("num_outputs") ?? node.outputCount
            guard count > 0, count == node.outputCount, extent > 0 else {
                throw node.fault("expected as many parts as outputs, found \(count)")
            }
            let size = (extent + count - 1) / count
            sizes = (0..<count).map { min(size, extent - min(extent, $0 * size)) }
        }
        guard sizes.count == node.outputCount, sizes.allSatisfy({ (0...extent).contains($0) }),
            sizes.reduce(0, { min($0 + $1, extent + 1) }) == extent
        else {
            throw node.fault(
                "expected \(node.outputCount) parts that make up \(extent) places, found \(shapeText(sizes))")
        }
        var start = 0
        return try sizes.enumerated().map { index, size in
            defer { start += size }
            return try lowering.slice(input, axis: axis, start: start, count: size, of: node, part: "\(index)")
        }
    }

    private static func concat(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let all = node.operands
        guard let first = all.first, let given = try node.int("axis") else {
            throw node.fault("expected an axis and at least one tensor, found none")
        }
        let axis = try node.axis(given, rank: first.shape.count)
        var shape = first.shape
        shape[axis] = 0
        for part in all {
            guard part.shape.count == shape.count,
                shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
            else {
                throw node.fault(
                    "expected shapes that differ in axis \(axis) alone, found"
                        + " \(all.prefix(8).map { shapeText($0.shape) }.joined(separator: " and "))")
            }
            shape[axis] += part.shape[axis]
            try lowering.check(shape, of: node)
        }
        // Empty parts are nothing.
        let parts = all.filter { $0.elements > 0 }
        if parts.count == 1 { return [parts[0]] }
        let known = parts.compactMap { part in part.values.map { (values: $0, shape: part.shape) } }
        if known.count == parts.count, shape.reduce(1, *) <= TensorValues.mostElements {
            return [
                lowering.constant(
                    shape, first.type, .known(ConstantArray.concatenated(known, axis: axis)), source: node.name)
            ]
        }
        // Of a constant that is repeated for each inference one copy is stored.
        let stored = parts.map { part in
            var part = part
            if axis > 0, let source = part.constant?.unexpandedShape, source.count == shape.count, source[0] == 1,
                source.dropFirst() == part.shape.dropFirst()
            {
                part.shape = source
            }
            return part
        }
        return [try lowering.append(.concat(axis: axis), stored, shape: shape, type: first.type, of: node)]
    }

    /// The middle of a tensor along some axes; growing is not supported.
    private static func crop(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        var result = try node.input(0)
        let rank = result.shape.count
        let axes = try (try node.ints("axes") ?? Array(0..<rank)).map { try node.axis($0, rank: rank) }
        guard let shape = try node.constantInts(1, "shape"), shape.count == axes.count else {
            throw node.fault("expected an extent for each axis")
        }
        for (axis, extent) in zip(axes, shape) {
            guard (1...max(1, result.shape[axis])).contains(extent) else {
                throw node.fault(
                    "expected an extent from 1 to \(result.shape[axis]), found \(extent)", remedy: "use Pad to grow")
            }
            result = try lowering.slice(
                result, axis: axis, start: (result.shape[axis] - extent) / 2, count: extent, of: node,
                part: "axis\(axis)")
        }
        return [result]
    }
}

extension Lowering {
    /// Some places of an axis, all of which is no work; steps other than 1 only matter for constants.
    mutating func slice(
        _ tensor: Tensor, axis: Int, start: Int, count: Int, step: Int = 1, of node: OperatorNode, part: String = ""
    ) throws -> Tensor {
        var shape = tensor.shape
        shape[axis] = count
        if let values = tensor.values, count <= TensorValues.mostElements {
            let indices = (0..<count).map { start + $0 * step }
            let taken = ConstantArray.taken(values, shape: tensor.shape, axis: axis, indices: indices)
            return constant(shape, tensor.type, .known(taken), source: node.name + part)
        }
        if count == tensor.shape[axis] { return tensor }
        guard count > 0 else { throw node.fault("expected at least one place of axis \(axis), found none") }
        let lowest = step > 0 ? start : start + (count - 1) * step
        return try append(.slice(axis: axis, start: lowest), [tensor], shape: shape, of: node, part: part)
    }
}
