extension WorkloadBuilder {
    /// Adds a trained vector along one axis: the channels of an image, unless another is given.
    ///
    /// - Parameter sharedVector: a vector that other operators add as well; nil for one of its own.
    public mutating func biasAdd(
        _ input: Value.ID, sharedVector: Value.ID? = nil, named name: String, axis: Int = 1
    ) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.indices.contains(axis) else {
            throw fault("expected a shape with an axis \(axis), found \(shapeText(shape))", in: name)
        }
        let bias = try sharedVector ?? parameter(name + ".vector", shape: [shape[axis]])
        guard role(of: bias) == .parameter, self.shape(of: bias) == [shape[axis]] else {
            throw fault(
                "expected a vector of \(shape[axis]) parameters, found shape \(shapeText(self.shape(of: bias)))",
                in: name)
        }
        return try append(
            .elementwise(.biasAdd), named: name, inputs: [input], parameters: [bias], shape: shape)
    }

    /// Batch normalisation of an image at inference: a trained scale and shift per channel.
    ///
    /// The running mean and variance are not trained, and at inference part of the scale and the shift: they are no
    /// parameters.
    public mutating func batchNorm(_ input: Value.ID, named name: String) throws -> Value.ID {
        let shape = try imageShape(of: input, named: name)
        return try append(
            .batchNorm, named: name, inputs: [input], parameters: try scaleAndShift(shape[1], named: name),
            shape: shape)
    }

    /// Normalisation over the last axis, with a trained scale and shift unless told otherwise.
    public mutating func layerNorm(_ input: Value.ID, scales: Bool = true, shifts: Bool = true, named name: String)
        throws -> Value.ID
    {
        let shape = shape(of: input)
        let extent = shape[shape.count - 1]
        var parameters: [Value.ID] = []
        if scales { parameters.append(try parameter(name + ".scale", shape: [extent])) }
        if shifts { parameters.append(try parameter(name + ".shift", shape: [extent])) }
        return try append(.layerNorm, named: name, inputs: [input], parameters: parameters, shape: shape)
    }

    /// Softmax over the last axis.
    public mutating func softmax(_ input: Value.ID, named name: String) throws -> Value.ID {
        try append(.softmax, named: name, inputs: [input], shape: shape(of: input))
    }

    /// The maximum over a window of an image, [N, C, H, W] → [N, C, P, Q].
    public mutating func maxPool(_ input: Value.ID, window: Window, named name: String) throws -> Value.ID {
        try pool(.maxPool(taps: window.taps), input, window: window, named: name)
    }

    /// The mean over a window of an image, [N, C, H, W] → [N, C, P, Q].
    public mutating func averagePool(_ input: Value.ID, window: Window, named name: String) throws -> Value.ID {
        try pool(.averagePool(taps: window.taps), input, window: window, named: name)
    }

    /// The mean over all positions of an image, [N, C, H, W] → [N, C, 1, 1].
    public mutating func globalAveragePool(_ input: Value.ID, named name: String) throws -> Value.ID {
        let shape = try imageShape(of: input, named: name)
        return try append(.globalAveragePool, named: name, inputs: [input], shape: [shape[0], shape[1], 1, 1])
    }

    /// A function of all elements along the given axes, e.g. the mean over the last one.
    ///
    /// - Parameters:
    ///   - axes: counted from 0, or, below 0, from behind: −1 is the last. Not the batch's.
    ///   - keepsAxes: whether they stay in the shape, with extent 1, so that the result broadcasts with the input.
    public mutating func reduce(
        _ function: ReductionFunction, _ input: Value.ID, axes: [Int], keepsAxes: Bool = true, named name: String
    ) throws -> Value.ID {
        let shape = shape(of: input)
        let positions = Set(axes.map { $0 < 0 ? $0 + shape.count : $0 }).sorted()
        guard !positions.isEmpty, positions.count == axes.count, positions.allSatisfy(shape.indices.contains) else {
            throw fault(
                "expected different axes, at least one, of shape \(shapeText(shape)), found \(shapeText(axes))",
                in: name)
        }
        guard positions[0] != 0 else {
            throw fault(
                "expected axes other than the batch's, 0, found \(shapeText(axes)) of shape \(shapeText(shape))",
                in: name)
        }
        return try append(
            .reduce(function, axes: positions), named: name, inputs: [input],
            shape: reducedShape(shape, axes: positions, keepsAxes: keepsAxes))
    }

    /// Rows of a trained table [rows, features] picked by index, [N, …] → [N, …, features].
    public mutating func embedding(_ indices: Value.ID, rows: Int, features: Int, named name: String) throws
        -> Value.ID
    {
        try embedding(
            indices, sharedTable: try parameter(name + ".table", shape: [rows, features]), named: name)
    }

    /// The same from a table that other operators use as well.
    public mutating func embedding(_ indices: Value.ID, sharedTable table: Value.ID, named name: String) throws
        -> Value.ID
    {
        let tableShape = shape(of: table)
        guard role(of: table) == .parameter, tableShape.count == 2 else {
            throw fault("expected a trained table [rows, features], found shape \(shapeText(tableShape))", in: name)
        }
        return try append(
            .embedding, named: name, inputs: [indices], parameters: [table], shape: shape(of: indices) + [tableShape[1]]
        )
    }
}

extension WorkloadBuilder {
    /// The shape of an image, four extents.
    func imageShape(of input: Value.ID, named name: String) throws -> [Int] {
        let shape = shape(of: input)
        guard shape.count == 4 else {
            throw fault("expected an image [batch, channels, height, width], found shape \(shapeText(shape))", in: name)
        }
        return shape
    }

    /// The rows and columns that a window makes of an image.
    func outputSize(of window: Window, on shape: [Int], named name: String) throws -> (height: Int, width: Int) {
        if let message = window.fault { throw fault(message, in: name) }
        guard let size = window.outputSize(inputHeight: shape[2], inputWidth: shape[3]) else {
            throw fault(
                "expected an image that holds a window of \(window.height) × \(window.width), found shape"
                    + " \(shapeText(shape))", in: name, remedy: "pad the image or take a smaller window")
        }
        return size
    }

    private mutating func pool(_ kind: OperatorKind, _ input: Value.ID, window: Window, named name: String) throws
        -> Value.ID
    {
        let shape = try imageShape(of: input, named: name)
        let size = try outputSize(of: window, on: shape, named: name)
        return try append(kind, named: name, inputs: [input], shape: [shape[0], shape[1], size.height, size.width])
    }

    private mutating func scaleAndShift(_ extent: Int, named name: String) throws -> [Value.ID] {
        [try parameter(name + ".scale", shape: [extent]), try parameter(name + ".shift", shape: [extent])]
    }
}
