internal import Workloads

/// Operators that move elements to other places, some more than once, without arithmetic.
enum MovementRules {
    static let rules: [String: OperatorRule] = [
        "Gather": gather,
        "GatherElements": { node, lowering in
            [try copied(try node.input(0), with: node.input(1), shape: try node.input(1).shape, node, &lowering)]
        },
        "GatherND": gatherND,
        "Scatter": scatter, "ScatterElements": scatter, "ScatterND": scatter, "TensorScatter": scatter,
        "ReverseSequence": { node, lowering in
            let input = try node.input(0)
            return [try lowering.append(.copy, [input], shape: input.shape, of: node)]
        },
        "Pad": pad,
        "Expand": { node, lowering in
            guard let target = try node.constantInts(1, "shape") else {
                throw node.fault("expected a shape, found none")
            }
            return [try expanded(try node.input(0), to: target, node, &lowering)]
        },
        "Tile": tile,
    ]

    /// Elements of a tensor, and of one that says which.
    private static func copied(
        _ data: Tensor, with indices: Tensor, shape: [Int], _ node: OperatorNode, _ lowering: inout Lowering
    ) throws -> Tensor {
        try lowering.append(
            .copy, [data] + (indices.id == nil ? [] : [indices]), shape: shape, type: data.type, of: node)
    }

    private static func gather(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (data, indices) = (try node.input(0), try node.input(1))
        let axis = try node.axis(try node.int("axis") ?? 0, rank: data.shape.count)
        let extent = data.shape[axis]
        let shape = Array(data.shape[..<axis]) + indices.shape + Array(data.shape[(axis + 1)...])
        try lowering.check(shape, of: node)
        if let values = indices.values {
            let places = try values.map { value in
                let place = Int(clamping: value) + (value < 0 ? extent : 0)
                guard (0..<extent).contains(place) else {
                    throw node.fault("expected indices below \(extent), found \(value)")
                }
                return place
            }
            if let values = data.values, shape.reduce(1, *) <= TensorValues.mostElements {
                let taken = ConstantArray.taken(values, shape: data.shape, axis: axis, indices: places)
                return [lowering.constant(shape, data.type, .known(taken), source: node.name)]
            }
            // Neighbouring places are a slice.
            if data.id != nil, let first = places.first, places == Array(first..<(first + places.count)) {
                let part = try lowering.slice(data, axis: axis, start: first, count: places.count, of: node)
                return [try lowering.view(part, shape: shape, of: node, part: "shape")]
            }
        }
        guard data.id == nil, indices.id != nil else {
            return [try copied(data, with: indices, shape: shape, node, &lowering)]
        }
        return [try embedding(data, indices, axis: axis, shape: shape, node, &lowering)]
    }

    /// Rows of a trained table.
    private static func embedding(
        _ table: Tensor, _ indices: Tensor, axis: Int, shape: [Int], _ node: OperatorNode, _ lowering: inout Lowering
    ) throws -> Tensor {
        let features = table.elements / max(1, table.shape[axis])
        let rows = try lowering.view(
            table, shape: [table.shape[axis], features],
            elements: axis == 0 ? table.values : nil, of: node, part: "table")
        let places = try lowering.view(
            indices, shape: indices.shape.isEmpty ? [1] : indices.shape, of: node, part: "indices")
        let result = try lowering.append(
            .embedding, [places], parameters: [rows], shape: places.shape + [features], type: table.type, of: node)
        return try lowering.view(result, shape: shape, of: node, part: "shape")
    }

    private static func gatherND(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (data, indices) = (try node.input(0), try node.input(1))
        let batched = try node.int("batch_dims") ?? 0
        guard let depth = indices.shape.last, batched >= 0, depth >= 1, batched + depth <= data.shape.count,
            batched < indices.shape.count, indices.shape[..<batched] == data.shape[..<batched]
        else {
            throw node.fault(
                "expected indices that fit \(shapeText(data.shape)), found \(shapeText(indices.shape))")
        }
        let shape = Array(indices.shape.dropLast()) + Array(data.shape[(batched + depth)...])
        return [try copied(data, with: indices, shape: shape, node, &lowering)]
    }

    /// The data with some elements replaced: a copy of all of it.
    private static func scatter(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let data = try node.input(0)
        let updates = try node.input(node.type == "TensorScatter" ? 1 : 2)
        let operands = [data, updates].filter { $0.id != nil }
        return [
            try lowering.append(
                .copy, operands.isEmpty ? [data] : operands,
                parameters: data.id == nil && !operands.isEmpty ? [data] : [],
                shape: data.shape, type: data.type, of: node)
        ]
    }

    private static func pad(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let rank = input.shape.count
        guard let pads = try node.intsOfAttributeOrInput("pads", 1) else {
            throw node.fault("expected pads, found none")
        }
        let axes = try (try node.constantInts(3, "axes") ?? Array(0..<rank)).map { try node.axis($0, rank: rank) }
        guard pads.count == 2 * axes.count, Set(axes).count == axes.count else {
            throw node.fault("expected two pads for each of \(axes.count) axes, found \(pads.count)")
        }
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        for (index, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[index], pads[axes.count + index]) }
        guard (before + after).contains(where: { $0 != 0 }) else { return [input] }
        let shape = input.shape.indices.map { input.shape[$0] + before[$0] + after[$0] }
        var result = try lowering.append(.copy, [input], shape: shape, of: node)
        let fill = try node.float("value") ?? node.optionalInput(2).map { $0.scalar } ?? 0
        if try node.string("mode") ?? "constant" == "constant", fill == 0, input.id != nil {
            var source = input
            // One layer of padding is enough, and a chain of them would be as deep as the graph.
            source.padded = nil
            result.padded = .padding(of: source, before: before, after: after)
        }
        return [result]
    }

    /// A tensor repeated along axes of extent 1 and along new leading ones.
    private static func expanded(
        _ input: Tensor, to target: [Int], _ node: OperatorNode, _ lowering: inout Lowering
    ) throws -> Tensor {
        guard target.count <= Lowering.mostAxes, let shape = broadcastShape([input.shape, target]) else {
            throw node.fault(
                "expected a shape that \(shapeText(input.shape)) broadcasts to, found \(shapeText(target))")
        }
        try lowering.check(shape, of: node)
        guard shape.reduce(1, *) != input.elements else { return try lowering.view(input, shape: shape, of: node) }
        guard let constant = input.constant else {
            return try lowering.append(.copy, [input], shape: shape, of: node)
        }
        var elements = Constant.Elements.unknown("it is expanded by node '\(node.name)'")
        if let values = input.values, shape.reduce(1, *) <= TensorValues.mostElements {
            elements = .known(ConstantArray.broadcast(values, from: input.shape, to: shape))
        }
        return lowering.constant(
            shape, input.type, elements, source: constant.source,
            unexpandedShape: constant.unexpandedShape ?? input.shape)
    }

    private static func tile(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        guard let repeats = try node.constantInts(1, "repeats"), repeats.count == input.shape.count,
            repeats.allSatisfy({ $0 >= 0 })
        else { throw node.fault("expected a number of repeats for each axis of \(shapeText(input.shape))") }
        let isExpansion = zip(repeats, input.shape).allSatisfy { $0 == 1 || $1 == 1 }
        let shape = zip(repeats, input.shape).map { times, extent in extent.multipliedReportingOverflow(by: times) }
        guard !shape.contains(where: \.overflow) else { throw node.fault("expected at most 2^53 elements, found more") }
        let extents = shape.map(\.partialValue)
        if isExpansion { return [try expanded(input, to: extents, node, &lowering)] }
        try lowering.check(extents, of: node)
        if var values = input.values, extents.reduce(1, *) <= TensorValues.mostElements, extents.reduce(1, *) > 0 {
            var current = input.shape
            for axis in extents.indices {
                let indices = (0..<extents[axis]).map { $0 % input.shape[axis] }
                values = ConstantArray.taken(values, shape: current, axis: axis, indices: indices)
                current[axis] = extents[axis]
            }
            return [lowering.constant(extents, input.type, .known(values), source: node.name)]
        }
        return [try lowering.append(.copy, [input], shape: extents, of: node)]
    }
}
