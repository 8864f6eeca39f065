internal import Workloads

/// Normalisations and softmax.
///
/// Batch and layer normalisation are kinds of their own. Instance and group normalisation are a layer normalisation of each channel or
/// group, and a scale and shift a channel. What else there is is taken apart into reductions and element-wise work.
enum NormalizationRules {
    static let rules: [String: OperatorRule] = [
        "BatchNormalization": { node, lowering in
            guard try (node.int("training_mode") ?? 0) == 0 else {
                throw node.fault("expected a model for inference, found training_mode 1")
            }
            let input = try node.input(0)
            let vectors = [try node.input(1), try node.input(2)]
            try checkChannels(vectors + [try node.input(3), try node.input(4)], of: input, node)
            return [try lowering.append(.batchNorm, [input], parameters: vectors, shape: input.shape, of: node)]
        },
        "LayerNormalization": { node, lowering in
            let parameters = [try node.input(1), node.optionalInput(2)].compactMap { $0 }
            return [try layerNorm(try node.input(0), parameters, axis: node.int("axis") ?? -1, node, &lowering)]
        },
        // Without a mean it does a little less.
        "RMSNormalization": { node, lowering in
            [try layerNorm(try node.input(0), [try node.input(1)], axis: node.int("axis") ?? -1, node, &lowering)]
        },
        "InstanceNormalization": { node, lowering in
            let input = try node.input(0)
            guard input.shape.count > 2 else {
                throw node.fault("expected an input [N, C, …], found \(shapeText(input.shape))")
            }
            return [try grouped(input, groups: input.shape[1], node, &lowering)]
        },
        "GroupNormalization": { node, lowering in
            let input = try node.input(0)
            let groups = try node.int("num_groups") ?? 0
            guard input.shape.count > 2, groups > 0, input.shape[1] % groups == 0 else {
                throw node.fault(
                    "expected groups that divide the channels of an input [N, C, …], found \(groups) and"
                        + " \(shapeText(input.shape))")
            }
            return [try grouped(input, groups: groups, node, &lowering)]
        },
        "MeanVarianceNormalization": { node, lowering in
            let input = try node.input(0)
            let axes = try node.axes(try node.ints("axes") ?? [0, 2, 3], rank: input.shape.count)
            let mean = try lowering.reduce(.mean, input, axes: axes, keepsAxes: true, of: node, part: "mean")
            let centred = try lowering.elementwise(.subtract, [input, mean], of: node, part: "centred")
            let variance = try lowering.reduce(
                .mean, try lowering.squared(centred, node), axes: axes, keepsAxes: true, of: node, part: "variance")
            let deviation = try lowering.elementwise(.sqrt, [variance], of: node, part: "deviation")
            return [try lowering.elementwise(.divide, [centred, deviation], of: node)]
        },
        "LpNormalization": { node, lowering in
            let input = try node.input(0)
            let axis = try node.axis(try node.int("axis") ?? -1, rank: input.shape.count)
            let function: ReductionFunction = try node.int("p") == 1 ? .sumOfAbsolutes : .norm
            let norm = try lowering.reduce(function, input, axes: [axis], keepsAxes: true, of: node, part: "norm")
            return [try lowering.elementwise(.divide, [input, norm], of: node)]
        },
        "LRN": { node, lowering in
            let input = try node.input(0)
            guard input.shape.count == 4 else {
                throw node.fault("expected an input [N, C, H, W], found \(shapeText(input.shape))")
            }
            let size = try node.int("size") ?? 1
            guard (1...max(1, 2 * input.shape[1])).contains(size) else {
                throw node.fault("expected a size from 1 to twice the channels, found \(size)")
            }
            try lowering.check(input.shape + [size], of: node)
            let squares = try lowering.squared(input, node)
            let sums = try lowering.append(
                .averagePool(taps: size), [squares], shape: input.shape, of: node, part: "sums")
            let exponent = lowering.constant(
                [], input.type, .known([try node.float("beta") ?? 0.75]), source: node.name)
            let roots = try lowering.elementwise(.power, [sums, exponent], of: node, part: "roots")
            return [try lowering.elementwise(.divide, [input, roots], of: node)]
        },
        "Softmax": { [try softmax($0, &$1)] },
        "LogSoftmax": { node, lowering in
            let probabilities = try softmax(node, &lowering, part: "softmax")
            return [try lowering.elementwise(.log, [probabilities], of: node)]
        },
        "Hardmax": { node, lowering in
            let input = try node.input(0)
            let axis = try node.axis(try node.int("axis") ?? -1, rank: input.shape.count)
            let largest = try lowering.reduce(.maximum, input, axes: [axis], keepsAxes: true, of: node, part: "maximum")
            return [try lowering.elementwise(.equal, [input, largest], of: node)]
        },
    ]

    private static func checkChannels(_ vectors: [Tensor], of input: Tensor, _ node: OperatorNode) throws {
        guard input.shape.count >= 2 else {
            throw node.fault("expected an input [N, C, …], found \(shapeText(input.shape))")
        }
        for vector in vectors where vector.elements != input.shape[1] {
            throw node.fault(
                "expected \(input.shape[1]) numbers a channel vector, found \(shapeText(vector.shape)) for input"
                    + " \(shapeText(input.shape))")
        }
    }

    /// Normalisation over the axes from one on, which are drawn together where they are several.
    private static func layerNorm(
        _ input: Tensor, _ parameters: [Tensor], axis: Int, _ node: OperatorNode, _ lowering: inout Lowering
    ) throws -> Tensor {
        let first = try node.axis(axis, rank: input.shape.count)
        let normalized = Array(input.shape[first...])
        for parameter in parameters where broadcastShape([parameter.shape, normalized]) != normalized {
            throw node.fault(
                "expected a scale and a shift that broadcast to \(shapeText(normalized)), found \(shapeText(parameter.shape))"
            )
        }
        let rows = try lowering.view(
            input, shape: Array(input.shape[..<first]) + [normalized.reduce(1, *)], of: node, part: "rows")
        let vectors = try parameters.enumerated().map { index, parameter in
            try lowering.view(parameter, shape: [parameter.elements], of: node, part: "vector\(index)")
        }
        let result = try lowering.append(.layerNorm, [rows], parameters: vectors, shape: rows.shape, of: node)
        return try lowering.view(result, shape: input.shape, of: node, part: "shape")
    }

    /// Normalisation of each group of channels, and a scale and a shift a channel.
    private static func grouped(_ input: Tensor, groups: Int, _ node: OperatorNode, _ lowering: inout Lowering) throws
        -> Tensor
    {
        let vectors = [try node.input(1), try node.input(2)]
        // Opset 18 has a scale and a shift a group.
        for vector in vectors where vector.elements != groups || node.type == "InstanceNormalization" {
            try checkChannels([vector], of: input, node)
        }
        let rows = try lowering.view(
            input, shape: [input.shape[0], groups, input.elements / max(1, input.shape[0] * groups)], of: node,
            part: "groups")
        let normalized = try lowering.append(.layerNorm, [rows], shape: rows.shape, of: node, part: "normalized")
        let image = try lowering.view(normalized, shape: input.shape, of: node, part: "channels")
        return try lowering.append(.batchNorm, [image], parameters: vectors, shape: input.shape, of: node)
    }

    /// Softmax along an axis; before opset 13 over all axes from that one on.
    private static func softmax(_ node: OperatorNode, _ lowering: inout Lowering, part: String = "") throws -> Tensor {
        let input = try node.input(0)
        if input.shape.isEmpty { return try lowering.append(.softmax, [input], shape: [], of: node, part: part) }
        let isFlattening = node.opset < 13
        let axis = try node.axis(try node.int("axis") ?? (isFlattening ? 1 : -1), rank: max(input.shape.count, 1))
        if isFlattening {
            let shape = [input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)]
            let rows =
                axis == input.shape.count - 1
                ? input : try lowering.view(input, shape: shape, of: node, part: "rows")
            let result = try lowering.append(.softmax, [rows], shape: rows.shape, of: node, part: part)
            return try lowering.view(result, shape: input.shape, of: node, part: "shape")
        }
        return try lowering.alongLastAxis(input, axis: axis, of: node) { rows, lowering in
            try lowering.append(.softmax, [rows], shape: rows.shape, of: node, part: part)
        }
    }
}

extension Lowering {
    fileprivate mutating func squared(_ tensor: Tensor, _ node: OperatorNode) throws -> Tensor {
        try elementwise(.multiply, [tensor, tensor], of: node, part: "square")
    }

    /// What a function of the last axis makes of a tensor whose given axis is put there and back.
    mutating func alongLastAxis(
        _ tensor: Tensor, axis: Int, of node: OperatorNode, _ body: (Tensor, inout Lowering) throws -> Tensor
    ) throws -> Tensor {
        guard axis != tensor.shape.count - 1 else { return try body(tensor, &self) }
        var order = Array(tensor.shape.indices)
        order.append(order.remove(at: axis))
        let rows = try transposed(tensor, order: order, of: node, part: "rows")
        let result = try body(rows, &self)
        return try view(result, shape: tensor.shape, of: node, part: "shape")
    }
}
