internal import Workloads

/// Einstein sums that are one product of matrices, or a transpose or sum of one tensor.
enum EinsumRule {
    static func einsum(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let text = try node.string("equation") ?? ""
        let operands = node.operands
        guard operands.count <= 2, !operands.isEmpty else {
            throw node.fault("expected an equation of one or two tensors, found \(operands.count)")
        }
        let sides = text.filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        guard terms.count == operands.count else {
            throw node.fault("expected an equation of \(operands.count) terms, found '\(text)'")
        }
        // The ellipsis' axes get names of their own, the last one the same in all terms.
        let labels = try zip(terms, operands).map { term, operand in
            try axisLabels(String(term), rank: operand.shape.count, node)
        }
        var extents: [String: Int] = [:]
        for (names, operand) in zip(labels, operands) {
            guard Set(names).count == names.count else {
                throw node.fault("expected every letter once in a term, found '\(text)'")
            }
            for (name, extent) in zip(names, operand.shape) {
                guard extents[name] == nil || extents[name] == extent else {
                    throw node.fault("expected one extent for every letter of '\(text)', found two for '\(name)'")
                }
                extents[name] = extent
            }
        }
        let result: [String]
        if sides.count == 2, sides[1].hasPrefix(">") {
            let dots = labels.max { ellipsis($0).count < ellipsis($1).count }.map(ellipsis) ?? []
            result = try axisLabels(String(sides[1].dropFirst()), rank: nil, node, dots: dots)
        } else {
            // Without a result all letters that occur once, in alphabetical order.
            let all = labels.flatMap { $0 }
            let once = Set(all).filter { name in all.count { $0 == name } == 1 || name.hasPrefix(".") }
            result = once.filter { $0.hasPrefix(".") }.sorted(by: >) + once.filter { !$0.hasPrefix(".") }.sorted()
        }
        guard Set(result).count == result.count, result.allSatisfy({ extents[$0] != nil }) else {
            throw node.fault("expected a result of different letters of the terms, found '\(text)'")
        }
        let shape = result.map { extents[$0] ?? 1 }
        guard operands.count == 2 else { return [try unary(operands[0], labels[0], result, shape, node, &lowering)] }
        let (left, right) = (Set(labels[0]), Set(labels[1]))
        let kept = Set(result)
        guard left.subtracting(right).isSubset(of: kept), right.subtracting(left).isSubset(of: kept) else {
            throw node.fault(
                "expected an equation that is one product of matrices, found '\(text)', which also sums one tensor alone"
            )
        }
        func extent(_ names: Set<String>) -> Int { names.reduce(1) { $0 * (extents[$1] ?? 1) } }
        let groups = extent(left.intersection(right).intersection(kept))
        let product = Product(
            leading: [groups], left: [groups], right: [groups], rows: extent(left.subtracting(right)),
            inner: extent(left.intersection(right).subtracting(kept)), columns: extent(right.subtracting(left)))
        return [try lowering.product(operands[0], operands[1], product, shape: shape, of: node)]
    }

    /// A transpose, after sums over the letters that the result has not.
    private static func unary(
        _ tensor: Tensor, _ labels: [String], _ result: [String], _ shape: [Int], _ node: OperatorNode,
        _ lowering: inout Lowering
    ) throws -> Tensor {
        let gone = labels.indices.filter { !result.contains(labels[$0]) }
        let summed = gone.isEmpty ? tensor : try lowering.reduce(.sum, tensor, axes: gone, keepsAxes: true, of: node)
        return try lowering.view(summed, shape: shape, of: node, part: "transpose")
    }

    private static func ellipsis(_ labels: [String]) -> [String] { labels.filter { $0.hasPrefix(".") } }

    /// A name an axis: letters, and `.1`, `.0` for an ellipsis' axes counted from behind.
    private static func axisLabels(_ term: String, rank: Int?, _ node: OperatorNode, dots: [String]? = nil) throws
        -> [String]
    {
        let letters = term.replacing("...", with: ".")
        let hidden = dots?.count ?? max(0, (rank ?? 0) - (letters.count - 1))
        let labels = letters.flatMap { character -> [String] in
            guard character == "." else { return [String(character)] }
            return dots ?? (0..<hidden).reversed().map { ".\($0)" }
        }
        guard rank == nil || labels.count == rank else {
            throw node.fault("expected a letter for each axis, found '\(term)' for a tensor of \(rank ?? 0) axes")
        }
        return labels
    }
}
