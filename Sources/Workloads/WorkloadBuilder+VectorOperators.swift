extension WorkloadBuilder {
    /// A function of each element of one tensor, e.g. an activation function.
    public mutating func elementwise(_ function: ElementwiseFunction, _ input: Value.ID, named name: String) throws
        -> Value.ID
    {
        try append(.elementwise(function), named: name, inputs: [input], shape: shape(of: input))
    }

    /// A function of the elements at one place of two tensors, e.g. a residual add, broadcast as NumPy does.
    public mutating func elementwise(
        _ function: ElementwiseFunction, _ left: Value.ID, _ right: Value.ID, named name: String
    ) throws -> Value.ID {
        let shapes = [shape(of: left), shape(of: right)]
        guard let shape = broadcastShape(shapes) else {
            throw fault(
                "expected shapes that broadcast together, found \(shapeText(shapes[0])) and \(shapeText(shapes[1]))",
                in: name)
        }
        return try append(.elementwise(function), named: name, inputs: [left, right], shape: shape)
    }

    /// The product with a constant, e.g. attention's 1/√d.
    public mutating func scale(_ input: Value.ID, named name: String) throws -> Value.ID {
        try elementwise(.multiply, input, named: name)
    }

    /// Adds a trained vector along one axis: the channels of an image, unless another is given.
    public mutating func biasAdd(_ input: Value.ID, named name: String, axis: Int = 1) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.indices.contains(axis) else {
            throw fault("expected a shape with an axis \(axis), found \(shapeText(shape))", in: name)
        }
        let bias = try parameter(name + ".vector", shape: [shape[axis]])
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

    /// Normalisation over the last axis, with a trained scale and shift.
    public mutating func layerNorm(_ input: Value.ID, named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        return try append(
            .layerNorm, named: name, inputs: [input],
            parameters: try scaleAndShift(shape[shape.count - 1], named: name), shape: shape)
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

    /// Rows of a trained table [rows, features] picked by index, [N, …] → [N, …, features].
    public mutating func embedding(_ indices: Value.ID, rows: Int, features: Int, named name: String) throws
        -> Value.ID
    {
        let table = try parameter(name + ".table", shape: [rows, features])
        return try append(
            .embedding, named: name, inputs: [indices], parameters: [table], shape: shape(of: indices) + [features])
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
