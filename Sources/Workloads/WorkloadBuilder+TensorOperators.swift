extension WorkloadBuilder {
    /// A convolution of an image, [N, C, H, W] → [N, K, P, Q], with weights [K, C/groups, R, S].
    ///
    /// The loop nest has K/groups output and C/groups input channels, and the stored, unpadded input's height and
    /// width.
    /// - Parameters:
    ///   - channels: K, output channels of all groups together.
    ///   - bias: Whether a `biasAdd` follows, named `name.bias`.
    ///   - sharedWeight: Weights that other operators use as well; nil for weights of its own.
    public mutating func convolution(
        _ input: Value.ID, channels: Int, window: Window, groups: Int = 1, bias: Bool = false,
        sharedWeight: Value.ID? = nil, named name: String
    ) throws -> Value.ID {
        let shape = try imageShape(of: input, named: name)
        let size = try outputSize(of: window, on: shape, named: name)
        guard groups > 0, shape[1] % groups == 0 else {
            throw fault(
                "expected groups that divide the \(shape[1]) input channels, found \(groups) groups"
                    + " on shape \(shapeText(shape))", in: name)
        }
        guard channels > 0, channels % groups == 0 else {
            throw fault(
                "expected output channels that are a positive multiple of the \(groups) groups, found \(channels)"
                    + " on shape \(shapeText(shape))", in: name)
        }
        let margins = window.margins(inputHeight: shape[2], inputWidth: shape[3])
        let loopNest = LoopNest(
            groups: groups, batch: shape[0], outputChannels: channels / groups, inputChannels: shape[1] / groups,
            outputHeight: size.height, outputWidth: size.width, filterHeight: window.height,
            filterWidth: window.width, strideHeight: window.strideHeight, strideWidth: window.strideWidth,
            dilationHeight: window.dilationHeight, dilationWidth: window.dilationWidth, inputHeight: shape[2],
            inputWidth: shape[3], paddingTop: margins.top, paddingLeft: margins.left)
        let weight = try weight(
            sharedWeight, shape: [channels, shape[1] / groups, window.height, window.width], named: name)
        let output = try append(
            .convolution, named: name, inputs: [input], parameters: [weight],
            shape: [shape[0], channels, size.height, size.width], loopNest: loopNest)
        return bias ? try biasAdd(output, named: name + ".bias") : output
    }

    /// A depthwise convolution: a group a channel.
    public mutating func depthwiseConvolution(
        _ input: Value.ID, window: Window, bias: Bool = false, named name: String
    ) throws -> Value.ID {
        let channels = try imageShape(of: input, named: name)[1]
        return try convolution(
            input, channels: channels, window: window, groups: channels, bias: bias, named: name)
    }

    /// A product with a trained weight [C, K] over the last axis, [N, …, C] → [N, …, K].
    ///
    /// The loop nest has Q = the product of the axes between the first and the last: 1 for [N, C], S for [N, S, C].
    /// - Parameters:
    ///   - features: K.
    ///   - bias: Whether a `biasAdd` follows, named `name.bias`.
    ///   - sharedWeight: Weights that other operators use as well, [C, K] or [K, C], as an embedding's table is stored; nil for
    ///     weights of its own.
    public mutating func linear(
        _ input: Value.ID, features: Int, bias: Bool = false, sharedWeight: Value.ID? = nil, named name: String
    ) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.count >= 2 else {
            throw fault("expected a shape [batch, …, features], found \(shapeText(shape))", in: name)
        }
        guard features > 0 else {
            throw fault("expected at least 1 output feature, found \(features) on shape \(shapeText(shape))", in: name)
        }
        let inner = shape[shape.count - 1]
        let loopNest = LoopNest(
            batch: shape[0], outputChannels: features, inputChannels: inner,
            outputWidth: shape[1..<(shape.count - 1)].reduce(1, *))
        let weight = try weight(sharedWeight, shape: [inner, features], named: name)
        let output = try append(
            .linear, named: name, inputs: [input], parameters: [weight], shape: shape.dropLast() + [features],
            loopNest: loopNest)
        return bias ? try biasAdd(output, named: name + ".bias", axis: shape.count - 1) : output
    }

    /// The products of two batches of matrices, [N, …, Q, C] × [N, …, C, K] → [N, …, Q, K].
    ///
    /// The loop nest has a group for each product, G = N·…, and the right operand as its weights.
    /// - Parameters:
    ///   - transposeLeft: The left operand is stored as [N, …, C, Q].
    ///   - transposeRight: The right operand is stored as [N, …, K, C].
    public mutating func matmul(
        _ left: Value.ID, _ right: Value.ID, transposeLeft: Bool = false, transposeRight: Bool = false,
        named name: String
    ) throws -> Value.ID {
        let (leftShape, rightShape) = (shape(of: left), shape(of: right))
        let rank = leftShape.count
        let found = "found \(shapeText(leftShape)) and \(shapeText(rightShape))"
        guard rank >= 3, rightShape.count == rank, leftShape.dropLast(2) == rightShape.dropLast(2) else {
            throw fault("expected two batches of matrices with the same leading extents, \(found)", in: name)
        }
        let (rows, inner) = transposed(leftShape[rank - 2], leftShape[rank - 1], if: transposeLeft)
        let (rightInner, columns) = transposed(rightShape[rank - 2], rightShape[rank - 1], if: transposeRight)
        guard inner == rightInner else {
            throw fault(
                "expected as many columns in the left operand as rows in the right one, found \(inner) and"
                    + " \(rightInner), \(found)", in: name)
        }
        let loopNest = LoopNest(
            groups: leftShape.dropLast(2).reduce(1, *), outputChannels: columns, inputChannels: inner,
            outputWidth: rows, weightIsActivation: true)
        return try append(
            .matmul, named: name, inputs: [left, right], shape: leftShape.dropLast(2) + [rows, columns],
            loopNest: loopNest)
    }

    /// A long short-term memory over a sequence, [N, T, C] → [N, T, D·H], from zero states.
    ///
    /// The product of the input with its weights [C, D·4H] does not depend on the steps before: it is one `linear` for all
    /// steps and directions, named `name.input`, and both biases are added to it, since PyTorch and cuDNN have two. The
    /// operator of the steps, `name.steps`, has the weights [D, H, 4H] of the hidden states.
    /// - Parameters:
    ///   - hidden: H, features of a direction's hidden state.
    ///   - directions: D, 2 for a second pass from the last place to the first, the results side by side.
    public mutating func lstm(_ input: Value.ID, hidden: Int, directions: Int = 1, named name: String) throws
        -> Value.ID
    {
        let shape = shape(of: input)
        guard shape.count == 3 else {
            throw fault("expected a shape [batch, sequence, features], found \(shapeText(shape))", in: name)
        }
        guard hidden > 0, (1...2).contains(directions) else {
            throw fault(
                "expected at least 1 hidden feature and 1 or 2 directions, found \(hidden) and \(directions)", in: name)
        }
        let (features, overflow) = hidden.multipliedReportingOverflow(by: 4 * directions)
        guard !overflow else { throw fault("expected hidden features that can be counted, found \(hidden)", in: name) }
        var gates = try linear(input, features: features, bias: true, named: name + ".input")
        gates = try biasAdd(gates, named: name + ".hiddenBias", axis: 2)
        let weight = try parameter(name + ".steps.weight", shape: [directions, hidden, 4 * hidden])
        let loopNest = LoopNest(groups: directions, batch: shape[0], outputChannels: 4 * hidden, inputChannels: hidden)
        return try append(
            .recurrence(.lstm, steps: shape[1]), named: name + ".steps", inputs: [gates], parameters: [weight],
            shape: [shape[0], shape[1], directions * hidden], loopNest: loopNest)
    }

    /// An operator's weights: those given if they have as many elements as the shape, else new ones.
    private mutating func weight(_ shared: Value.ID?, shape needed: [Int], named name: String) throws -> Value.ID {
        guard let shared else { return try parameter(name + ".weight", shape: needed) }
        guard role(of: shared) == .parameter, checkedProduct(shape(of: shared)) == checkedProduct(needed) else {
            throw fault(
                "expected shared weights of shape \(shapeText(needed)), found \(shapeText(shape(of: shared)))", in: name
            )
        }
        return shared
    }

    private func transposed(_ rows: Int, _ columns: Int, if transpose: Bool) -> (Int, Int) {
        transpose ? (columns, rows) : (rows, columns)
    }
}
