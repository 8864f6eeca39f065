internal import Workloads

/// Attention as one node: softmax(Q·Kᵀ·scale + mask)·V, taken apart.
enum AttentionRules {
    static let rules: [String: OperatorRule] = ["Attention": attention]

    /// Q [N, H, S, d] or [N, S, H·d], K and V accordingly with heads of their own, of which several of Q's may share one.
    private static func attention(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let given = try node.input(0)
        let query = try heads(given, attribute: "q_num_heads", node, &lowering, "query")
        var key = try heads(try node.input(1), attribute: "kv_num_heads", node, &lowering, "key")
        var value = try heads(try node.input(2), attribute: "kv_num_heads", node, &lowering, "value")
        if let past = node.optionalInput(4) { key = try behind(past, key, node, &lowering, "keys") }
        if let past = node.optionalInput(5) { value = try behind(past, value, node, &lowering, "values") }
        let (batch, queryHeads, places, size) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3])
        let (keyHeads, context) = (key.shape[1], key.shape[2])
        guard key.shape[0] == batch, value.shape[..<3] == key.shape[..<3], key.shape[3] == size, keyHeads > 0,
            queryHeads % keyHeads == 0
        else {
            throw node.fault(
                "expected queries, keys and values that fit together, found \(shapeText(query.shape)),"
                    + " \(shapeText(key.shape)) and \(shapeText(value.shape))")
        }
        // Query heads that share keys are more rows of one product.
        let rows = queryHeads / keyHeads * places
        let grouped = try lowering.view(query, shape: [batch, keyHeads, rows, size], of: node, part: "rows")
        let turned = try lowering.transposed(key, order: [0, 1, 3, 2], of: node, part: "turned")
        var scores = try ProductRules.matmul(grouped, turned, node, &lowering, part: "scores")
        scores = try lowering.view(scores, shape: [batch, queryHeads, places, context], of: node, part: "heads")
        let scale = try node.float("scale") ?? 1 / Double(max(1, size)).squareRoot()
        scores = try ProductRules.scaled(scores, by: scale, node, &lowering)
        let cap = try node.float("softcap") ?? 0
        if cap > 0 {
            scores = try ProductRules.scaled(scores, by: 1 / cap, node, &lowering, part: "uncapped")
            scores = try lowering.elementwise(.tanh, [scores], of: node, part: "cap")
            scores = try ProductRules.scaled(scores, by: cap, node, &lowering, part: "capped")
        }
        if try node.int("is_causal") == 1 {
            // The product with a constant mask.
            scores = try lowering.elementwise(.multiply, [scores], of: node, part: "causal")
        }
        if let mask = node.optionalInput(3) {
            guard broadcastShape([scores.shape, mask.shape]) == scores.shape else {
                throw node.fault(
                    "expected a mask that broadcasts to \(shapeText(scores.shape)), found \(shapeText(mask.shape))")
            }
            scores = try lowering.elementwise(.add, [scores, mask], of: node, part: "mask")
        }
        let weights = try lowering.append(.softmax, [scores], shape: scores.shape, of: node, part: "softmax")
        let weightRows = try lowering.view(
            weights, shape: [batch, keyHeads, rows, context], of: node, part: "weights")
        let result = try ProductRules.matmul(weightRows, value, node, &lowering)
        let width = value.shape[3]
        let shape =
            given.shape.count == 4 ? [batch, queryHeads, places, width] : [batch, places, queryHeads * width]
        return [try lowering.view(result, shape: shape, of: node, part: "merge"), key, value, scores]
    }

    /// A tensor with its heads apart: [N, heads, S, d].
    private static func heads(
        _ tensor: Tensor, attribute: String, _ node: OperatorNode, _ lowering: inout Lowering, _ part: String
    ) throws -> Tensor {
        if tensor.shape.count == 4 { return tensor }
        let heads = try node.int(attribute) ?? 0
        guard tensor.shape.count == 3, heads > 0, tensor.shape[2] % heads == 0 else {
            throw node.fault(
                "expected a tensor [N, heads, S, d], or [N, S, heads·d] with '\(attribute)', found"
                    + " \(shapeText(tensor.shape)) and \(heads)")
        }
        return try lowering.view(
            tensor, shape: [tensor.shape[0], heads, tensor.shape[1], tensor.shape[2] / heads], of: node, part: part)
    }

    /// New keys or values behind those of the places before.
    private static func behind(
        _ past: Tensor, _ new: Tensor, _ node: OperatorNode, _ lowering: inout Lowering, _ part: String
    ) throws -> Tensor {
        guard past.shape.count == 4, past.shape[..<2] == new.shape[..<2], past.shape[3] == new.shape[3] else {
            throw node.fault(
                "expected past keys or values that fit \(shapeText(new.shape)), found \(shapeText(past.shape))")
        }
        var shape = new.shape
        shape[2] += past.shape[2]
        return try lowering.append(.concat(axis: 2), [past, new], shape: shape, of: node, part: part)
    }
}
