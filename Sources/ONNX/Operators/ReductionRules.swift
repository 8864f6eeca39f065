internal import Foundation
internal import Workloads

/// Reductions along axes, and the positions of extremes.
enum ReductionRules {
    static let rules: [String: OperatorRule] = {
        var rules: [String: OperatorRule] = [:]
        for (name, function) in functions {
            rules[name] = { node, lowering in [try reduce(function, try node.input(0), node, &lowering)] }
        }
        rules["ReduceLogSum"] = { node, lowering in
            let sum = try reduce(.sum, try node.input(0), node, &lowering, part: "sum")
            return [try lowering.elementwise(.log, [sum], of: node)]
        }
        rules["ReduceLogSumExp"] = { node, lowering in
            let powers = try lowering.elementwise(.exp, [try node.input(0)], of: node, part: "exp")
            let sum = try reduce(.sum, powers, node, &lowering, part: "sum")
            return [try lowering.elementwise(.log, [sum], of: node)]
        }
        for name in ["ArgMax", "ArgMin"] {
            rules[name] = { node, lowering in
                let input = try node.input(0)
                let axis = try node.axis(try node.int("axis") ?? 0, rank: input.shape.count)
                var result = try lowering.reduce(
                    .maximum, input, axes: [axis], keepsAxes: node.int("keepdims") != 0, of: node)
                result.type = .int64
                return [result]
            }
        }
        rules["TopK"] = topK
        return rules
    }()

    private static let functions: [String: ReductionFunction] = [
        "ReduceMean": .mean, "ReduceSum": .sum, "ReduceMax": .maximum, "ReduceMin": .minimum, "ReduceProd": .product,
        "ReduceL1": .sumOfAbsolutes, "ReduceSumSquare": .sumOfSquares, "ReduceL2": .norm,
    ]

    private static func reduce(
        _ function: ReductionFunction, _ input: Tensor, _ node: OperatorNode, _ lowering: inout Lowering,
        part: String = ""
    ) throws -> Tensor {
        let given = try node.intsOfAttributeOrInput("axes", 1) ?? []
        let rank = input.shape.count
        if given.isEmpty, try node.int("noop_with_empty_axes") == 1 { return input }
        let axes = given.isEmpty ? Array(0..<rank) : try node.axes(given, rank: rank)
        return try lowering.reduce(
            function, input, axes: axes, keepsAxes: try node.int("keepdims") != 0, of: node, part: part)
    }

    /// The k largest or smallest: a comparison with each element, and a copy of those that stay.
    private static func topK(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let axis = try node.axis(try node.int("axis") ?? -1, rank: input.shape.count)
        let count = try node.int("k") ?? node.constantInts(1, "k")?.first ?? 0
        guard (1...max(1, input.shape[axis])).contains(count) else {
            throw node.fault("expected k from 1 to \(input.shape[axis]), found \(count)")
        }
        var shape = input.shape
        shape[axis] = count
        let compared = try lowering.elementwise(.maximum, [input, input], of: node, part: "compared")
        let values = try lowering.append(.copy, [compared], shape: shape, of: node)
        var indices = values
        indices.type = .int64
        return [values, indices]
    }
}

extension Lowering {
    /// A reduction along axes in ascending order; a tensor without axes, or none to reduce, is its own.
    mutating func reduce(
        _ function: ReductionFunction, _ tensor: Tensor, axes: [Int], keepsAxes: Bool, of node: OperatorNode,
        part: String = ""
    ) throws -> Tensor {
        guard !axes.isEmpty else { return tensor }
        let kept = tensor.shape.indices.map { axes.contains($0) ? 1 : tensor.shape[$0] }
        let shape = keepsAxes ? kept : tensor.shape.indices.filter { !axes.contains($0) }.map { tensor.shape[$0] }
        if let values = tensor.values, shape.reduce(1, *) <= TensorValues.mostElements,
            let reduced = evaluated(function, values, shape: tensor.shape, axes: axes)
        {
            return constant(shape, tensor.type, .known(reduced), source: node.name)
        }
        guard shape.isEmpty else {
            return try append(.reduce(function, axes: axes), [tensor], shape: shape, of: node, part: part)
        }
        let result = try append(.reduce(function, axes: axes), [tensor], shape: kept, of: node, part: part)
        return try view(result, shape: [], of: node, part: part + "number")
    }

    private func evaluated(_ function: ReductionFunction, _ values: [Double], shape: [Int], axes: [Int]) -> [Double]? {
        func reduced(_ start: Double, _ step: (Double, Double) -> Double) -> [Double] {
            ConstantArray.reduced(values, shape: shape, axes: axes, start: start, step)
        }
        switch function {
        case .sum: return reduced(0, +)
        case .mean:
            let count = axes.reduce(1) { $0 * shape[$1] }
            return reduced(0, +).map { $0 / Double(count) }
        case .product: return reduced(1, *)
        case .maximum: return reduced(-.infinity, max)
        case .minimum: return reduced(.infinity, min)
        case .sumOfAbsolutes: return reduced(0) { $0 + abs($1) }
        case .sumOfSquares: return reduced(0) { $0 + $1 * $1 }
        case .norm: return reduced(0) { $0 + $1 * $1 }.map { $0.squareRoot() }
        }
    }
}
