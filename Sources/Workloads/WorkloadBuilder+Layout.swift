extension WorkloadBuilder {
    /// The same elements in the same order, in another shape.
    public mutating func reshape(_ input: Value.ID, to newShape: [Int], named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        guard newShape.allSatisfy({ $0 > 0 }), checkedProduct(newShape) == checkedProduct(shape) else {
            throw fault(
                "expected a shape of as many elements as \(shapeText(shape)), found \(shapeText(newShape))", in: name)
        }
        return try append(.reshape, named: name, inputs: [input], shape: newShape)
    }

    /// The same elements with the axes in another order: axis i of the result is axis `order[i]` of the input.
    public mutating func transpose(_ input: Value.ID, order: [Int], named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        guard order.sorted() == Array(shape.indices) else {
            throw fault(
                "expected an order of the axes of \(shapeText(shape)), found \(shapeText(order))", in: name)
        }
        guard order.first == 0 else {
            throw fault("expected the batch's axis, 0, to stay first, found order \(shapeText(order))", in: name)
        }
        return try append(.reshape, named: name, inputs: [input], shape: order.map { shape[$0] })
    }

    /// The features of each head apart, [N, S, heads·d] → [N, heads, S, d].
    public mutating func splitHeads(_ input: Value.ID, heads: Int, named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.count == 3, heads > 0, shape[2] % heads == 0 else {
            throw fault(
                "expected a shape [batch, sequence, features] with features a multiple of \(heads) heads, found"
                    + " \(shapeText(shape))", in: name)
        }
        return try append(
            .reshape, named: name, inputs: [input], shape: [shape[0], heads, shape[1], shape[2] / heads])
    }

    /// The features of all heads together, [N, heads, S, d] → [N, S, heads·d].
    public mutating func mergeHeads(_ input: Value.ID, named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.count == 4 else {
            throw fault("expected a shape [batch, heads, sequence, features], found \(shapeText(shape))", in: name)
        }
        return try append(.reshape, named: name, inputs: [input], shape: [shape[0], shape[2], shape[1] * shape[3]])
    }

    /// The first place of a sequence, [N, S, C] → [N, C]: what a pooler looks at.
    public mutating func firstPosition(of input: Value.ID, named name: String) throws -> Value.ID {
        try onePosition(of: input, named: name)
    }

    /// The last place of a sequence, [N, S, C] → [N, C]: what the next token follows from.
    public mutating func lastPosition(of input: Value.ID, named name: String) throws -> Value.ID {
        try onePosition(of: input, named: name)
    }

    /// Tensors one after another along an axis other than the batch's. Parameters have the leading extent 1, and come last.
    public mutating func concat(_ parts: [Value.ID], axis: Int, named name: String) throws -> Value.ID {
        let shapes = parts.map { shape(of: $0) }
        guard axis > 0, let shape = concatenatedShape(shapes, axis: axis, batch: batch) else {
            throw fault(
                "expected two or more shapes that differ in axis \(axis) alone, found"
                    + " \(shapes.map(shapeText).joined(separator: " and "))", in: name)
        }
        let inputs = parts.filter { role(of: $0) != .parameter }
        guard !inputs.isEmpty else { throw fault("expected a part that is computed, found parameters alone", in: name) }
        return try append(
            .concat(axis: axis), named: name, inputs: inputs, parameters: parts.filter { role(of: $0) == .parameter },
            shape: shape)
    }

    /// A part of a tensor along an axis other than the batch's.
    public mutating func slice(_ input: Value.ID, axis: Int, _ range: Range<Int>, named name: String) throws -> Value.ID
    {
        let shape = shape(of: input)
        guard shape.indices.contains(axis), axis > 0, !range.isEmpty, range.lowerBound >= 0,
            range.upperBound <= shape[axis]
        else {
            throw fault(
                "expected places of axis \(axis) of \(shapeText(shape)), not the batch's, found"
                    + " \(range.lowerBound) ..< \(range.upperBound)", in: name)
        }
        return try append(
            .slice(axis: axis, start: range.lowerBound), named: name, inputs: [input],
            shape: shape.replacingExtent(at: axis, with: range.count))
    }

    /// An image with as many rows and columns as another, each pixel the nearest one's: [N, C, H, W] → [N, C, P, Q].
    public mutating func upsample(_ input: Value.ID, toSizeOf other: Value.ID, named name: String) throws -> Value.ID {
        let (shape, size) = (try imageShape(of: input, named: name), try imageShape(of: other, named: name))
        guard size[2] >= shape[2], size[3] >= shape[3] else {
            throw fault("expected a larger image than \(shapeText(shape)), found \(shapeText(size))", in: name)
        }
        return try append(.upsample, named: name, inputs: [input], shape: [shape[0], shape[1], size[2], size[3]])
    }

    private mutating func onePosition(of input: Value.ID, named name: String) throws -> Value.ID {
        let shape = shape(of: input)
        guard shape.count == 3 else {
            throw fault("expected a shape [batch, sequence, features], found \(shapeText(shape))", in: name)
        }
        return try append(.reshape, named: name, inputs: [input], shape: [shape[0], shape[2]])
    }
}
