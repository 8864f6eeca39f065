extension WorkloadBuilder {
    /// Query, key and value of every head, [N, heads, S, d] each, from one product with a weight of 3·C columns.
    mutating func queryKeyValue(_ input: Value.ID, heads: Int, named name: String) throws -> [Value.ID] {
        let features = shape(of: input)[2]
        let projected = try linear(input, features: 3 * features, bias: true, named: name + ".qkv")
        return try ["query", "key", "value"].enumerated().map { index, part in
            let range = index * features..<(index + 1) * features
            let sliced = try slice(projected, axis: 2, range, named: "\(name).\(part)")
            return try splitHeads(sliced, heads: heads, named: "\(name).\(part).heads")
        }
    }

    /// softmax(Q Kᵀ / √d + mask) V of all heads, and the product that mixes them: [N, S, C].
    ///
    /// - Parameters:
    ///   - query: [N, heads, S, d]; `key` and `value` have as many rows as there are places to attend to.
    ///   - scalesQuery: whether Q is multiplied by 1 / √d, instead of the scores.
    ///   - mask: addends, 0 or a large negative number, that broadcast with the scores; nil for none.
    mutating func attend(
        _ query: Value.ID, _ key: Value.ID, _ value: Value.ID, scalesQuery: Bool = false, mask: Value.ID?,
        named name: String
    ) throws -> Value.ID {
        let shape = shape(of: query)
        let factor = 1 / Double(shape[3]).squareRoot()
        let left = scalesQuery ? try scale(query, by: factor, named: name + ".scale") : query
        var scores = try matmul(left, key, transposeRight: true, named: name + ".scores")
        if !scalesQuery { scores = try scale(scores, by: factor, named: name + ".scale") }
        if let mask { scores = try elementwise(.add, scores, mask, named: name + ".mask") }
        let weights = try softmax(scores, named: name + ".softmax")
        let context = try matmul(weights, value, named: name + ".context")
        let merged = try mergeHeads(context, named: name + ".merge")
        return try linear(merged, features: shape[1] * shape[3], bias: true, named: name + ".output")
    }

    /// Two products with an activation function between.
    mutating func feedForward(
        _ input: Value.ID, intermediate: Int, activation: ElementwiseFunction, named name: String
    ) throws -> Value.ID {
        let features = shape(of: input)[2]
        var x = try linear(input, features: intermediate, bias: true, named: name + ".intermediate")
        x = try elementwise(activation, x, named: "\(name).\(activation.rawValue)")
        return try linear(x, features: features, bias: true, named: name + ".output")
    }
}
