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
        let shape = shape(of: input)
        guard shape.count == 3 else {
            throw fault("expected a shape [batch, sequence, features], found \(shapeText(shape))", in: name)
        }
        return try append(.reshape, named: name, inputs: [input], shape: [shape[0], shape[2]])
    }
}
