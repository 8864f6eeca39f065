internal import Workloads

/// Convolutions over one or two spatial axes, and transposed ones.
enum ConvolutionRules {
    static let rules: [String: OperatorRule] = [
        "Conv": { node, lowering in
            let input = try node.input(0)
            return [
                try convolution(
                    input, try node.input(1), bias: node.optionalInput(2), type: input.type, node, &lowering)
            ]
        },
        "ConvInteger": { node, lowering in
            [try convolution(try node.input(0), try node.input(1), bias: nil, type: .int32, node, &lowering)]
        },
        "QLinearConv": { node, lowering in
            [
                try convolution(
                    try node.input(0), try node.input(3), bias: node.optionalInput(8), type: try node.input(7).type,
                    node,
                    &lowering)
            ]
        },
        "ConvTranspose": transposedConvolution,
    ]

    /// Input [N, C, …], weights [K, C/groups, …], of which those of 1D convolutions are treated as an image's of one row.
    private static func convolution(
        _ given: Tensor, _ weight: Tensor, bias: Tensor?, type: ElementType, _ node: OperatorNode,
        _ lowering: inout Lowering
    ) throws -> Tensor {
        let (input, before, after) = unpadded(given)
        let groups = try checkedOperands(input, weight, bias: bias, node)
        let (channels, perGroup) = (weight.shape[0], weight.shape[1])
        guard input.shape[1] % groups == 0, input.shape[1] / groups == perGroup, channels % groups == 0 else {
            throw node.fault(
                "expected \(perGroup) input channels a group of \(groups), which divide \(channels) output channels, as the"
                    + " weights \(shapeText(weight.shape)) have, found input \(shapeText(given.shape))")
        }
        let window = try SpatialWindow(
            node, kernel: Array(weight.shape[2...]), input: Array(input.shape[2...]), before: before, after: after)
        let extents = try window.outputExtents(node)
        let shape = [input.shape[0], channels] + extents
        // A row of one: [N, C, L] → [N, C, 1, L].
        func image(_ extents: [Int], _ one: Int = 1) -> [Int] { extents.count == 1 ? [one] + extents : extents }
        let (kernel, strides, dilations) = (image(window.kernel), image(window.strides), image(window.dilations))
        let (rows, size, margins) = (image(window.input), image(extents), image(window.before, 0))
        let nest = LoopNest(
            groups: groups, batch: input.shape[0], outputChannels: channels / groups, inputChannels: perGroup,
            outputHeight: size[0], outputWidth: size[1], filterHeight: kernel[0], filterWidth: kernel[1],
            strideHeight: strides[0], strideWidth: strides[1], dilationHeight: dilations[0],
            dilationWidth: dilations[1], inputHeight: rows[0], inputWidth: rows[1], paddingTop: margins[0],
            paddingLeft: margins[1])
        let source = try lowering.view(input, shape: Array(input.shape[..<2]) + rows, of: node, part: "rows")
        var output = try lowering.append(
            .convolution, [source], parameters: [weight], shape: [shape[0], channels] + size, type: type,
            loopNest: nest, of: node)
        if let bias { output = try lowering.biasAdd(output, bias, of: node) }
        return try lowering.view(output, shape: shape, of: node, part: "columns")
    }

    /// The tensor before padding, and the padding by spatial axis, where zeros were put round images and nowhere else.
    static func unpadded(_ tensor: Tensor) -> (Tensor, before: [Int]?, after: [Int]?) {
        guard case .padding(let source, let before, let after) = tensor.padded, before.count > 2,
            (before + after).allSatisfy({ $0 >= 0 }), before[..<2].allSatisfy({ $0 == 0 }),
            after[..<2].allSatisfy({ $0 == 0 })
        else { return (tensor, nil, nil) }
        return (source, Array(before[2...]), Array(after[2...]))
    }

    /// Checks ranks and the bias, and gives the number of groups.
    private static func checkedOperands(_ input: Tensor, _ weight: Tensor, bias: Tensor?, _ node: OperatorNode) throws
        -> Int
    {
        guard (3...4).contains(input.shape.count), weight.shape.count == input.shape.count else {
            throw node.fault(
                "expected an input [N, C, L] or [N, C, H, W] and weights of as many axes, found"
                    + " \(shapeText(input.shape)) and \(shapeText(weight.shape))",
                remedy: "convolutions over three or more spatial axes are not supported")
        }
        guard weight.id == nil else {
            throw node.fault("expected weights that are trained, found weights that depend on the network's inputs")
        }
        guard weight.shape.allSatisfy({ $0 > 0 }) else {
            throw node.fault("expected weights with extents of at least 1, found \(shapeText(weight.shape))")
        }
        let groups = try node.int("group") ?? 1
        guard groups > 0, groups <= input.shape[1] else {
            throw node.fault("expected from 1 to \(input.shape[1]) groups, found \(groups)")
        }
        guard let bias else { return groups }
        let channels = node.type == "ConvTranspose" ? checkedProduct([weight.shape[1], groups]) : weight.shape[0]
        guard let channels, bias.elements == channels, bias.id == nil else {
            throw node.fault(
                "expected a trained bias with a number for each output channel, found \(shapeText(bias.shape)) for weights"
                    + " \(shapeText(weight.shape))")
        }
        return groups
    }

    /// Input [N, C, …], weights [C, K/groups, …]: N·C·(K/groups)·taps multiply–accumulates for each pixel of the input.
    ///
    /// Where the stride divides the kernel and the image grows by the stride, each phase of the output is a convolution with its own
    /// part of the taps: one convolution with stride² times the channels. Else the product of each pixel with all taps comes first, and
    /// the sums of what meets in a pixel then, which cost an addition a tap.
    private static func transposedConvolution(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, weight) = (try node.input(0), try node.input(1))
        let bias = node.optionalInput(2)
        let groups = try checkedOperands(input, weight, bias: bias, node)
        guard input.shape[1] == weight.shape[0], input.shape[1] % groups == 0 else {
            throw node.fault(
                "expected \(weight.shape[0]) input channels in \(groups) groups, as the weights \(shapeText(weight.shape))"
                    + " have, found input \(shapeText(input.shape))")
        }
        let rank = input.shape.count - 2
        let window = try SpatialWindow(node, kernel: Array(weight.shape[2...]), input: Array(input.shape[2...]))
        let extra = try node.ints("output_padding") ?? Array(repeating: 0, count: rank)
        let given = try node.ints("output_shape")
        let automatic = try node.string("auto_pad") ?? "NOTSET"
        guard extra.count == rank, extra.allSatisfy({ (0...(1 << 20)).contains($0) }),
            given.map({ $0.count >= rank }) ?? true
        else { throw node.fault("expected \(rank) numbers as 'output_padding' and 'output_shape'") }
        let extents = try (0..<rank).map { axis in
            let full = (window.input[axis] - 1) * window.strides[axis] + window.span(axis) + extra[axis]
            let extent =
                given.map { $0[$0.count - rank + axis] }
                ?? (automatic.hasPrefix("SAME")
                    ? window.input[axis] * window.strides[axis] : full - window.before[axis] - window.after[axis])
            guard extent > 0 else { throw node.fault("expected a result with extents of at least 1, found \(extent)") }
            return extent
        }
        guard let channels = checkedProduct([weight.shape[1], groups]) else {
            throw node.fault("expected at most 2^53 channels, found more")
        }
        let shape = [input.shape[0], channels] + extents
        try lowering.check(shape, of: node)
        func image(_ extents: [Int]) -> [Int] { extents.count == 1 ? [1] + extents : extents }
        let (rows, kernel, strides) = (image(window.input), image(window.kernel), image(window.strides))
        let source = try lowering.view(input, shape: Array(input.shape[..<2]) + rows, of: node, part: "rows")
        let growsByStride = zip(extents, zip(window.input, window.strides)).allSatisfy { $0 == $1.0 * $1.1 }
        let isPhased =
            growsByStride && window.dilations.allSatisfy { $0 == 1 }
            && zip(kernel, strides).allSatisfy { $0.isMultiple(of: $1) }
        let phases = isPhased ? strides[0] * strides[1] : kernel[0] * kernel[1]
        let nest = LoopNest(
            groups: groups, batch: input.shape[0], outputChannels: weight.shape[1] * phases,
            inputChannels: input.shape[1] / groups, outputHeight: rows[0], outputWidth: rows[1],
            filterHeight: isPhased ? kernel[0] / strides[0] : 1, filterWidth: isPhased ? kernel[1] / strides[1] : 1,
            inputHeight: rows[0], inputWidth: rows[1])
        var output = try lowering.append(
            .convolution, [source], parameters: [weight], shape: [shape[0], channels * phases] + rows, loopNest: nest,
            of: node)
        if isPhased {
            output = try lowering.view(output, shape: shape, of: node, part: "pixels")
        } else {
            let taps = [shape[0], channels, rows[0] * kernel[0], rows[1] * kernel[1]]
            let size = image(extents)
            output = try lowering.view(output, shape: taps, of: node, part: "taps")
            let meeting = max(1, (taps[2] * taps[3] + size[0] * size[1] - 1) / (size[0] * size[1]))
            output = try lowering.append(
                .averagePool(taps: meeting), [output], shape: [shape[0], channels] + size, of: node, part: "sum")
            output = try lowering.view(output, shape: shape, of: node, part: "columns")
        }
        if let bias { output = try lowering.biasAdd(output, bias, of: node) }
        return [output]
    }
}

extension Lowering {
    /// A trained vector added to a tensor.
    mutating func biasAdd(_ tensor: Tensor, _ bias: Tensor, of node: OperatorNode, part: String = "bias") throws
        -> Tensor
    {
        var vector = bias
        vector.shape = [bias.elements]
        return try append(
            .elementwise(.biasAdd), [tensor], parameters: [vector], shape: tensor.shape, of: node, part: part)
    }
}
