internal import Workloads

/// Conversions between numbers and their quantised form, which the numerics of an accelerator take the place of: a tensor is its
/// quantised form, and the other way round.
enum QuantizationRules {
    static let rules: [String: OperatorRule] = [
        "QuantizeLinear": { node, _ in [converted(try node.input(0), to: node.optionalInput(2)?.type ?? .uint8)] },
        "DequantizeLinear": { node, _ in
            let (input, scale) = (try node.input(0), try node.input(1))
            let zero = node.optionalInput(2)
            var result = converted(input, to: scale.type)
            // Numbers of few elements may be operands, such as a 0.5 that was quantised.
            if case .constant(var constant) = result.content, let values = input.values, let factor = scale.scalar,
                let offset = zero.map({ $0.scalar }) ?? 0
            {
                constant.elements = .known(values.map { ($0 - offset) * factor })
                result.content = .constant(constant)
            }
            return [result]
        },
        "DynamicQuantizeLinear": { node, lowering in
            let input = try node.input(0)
            return [
                converted(input, to: .uint8), lowering.folded([], .float32, of: node, part: "scale"),
                lowering.folded([], .uint8, of: node, part: "zero"),
            ]
        },
    ]

    private static func converted(_ tensor: Tensor, to type: ElementType) -> Tensor {
        var result = tensor
        result.type = type
        if case .constant(var constant) = tensor.content {
            constant.elements = .unknown("'\(constant.source)' is quantised")
            result.content = .constant(constant)
        }
        return result
    }
}
