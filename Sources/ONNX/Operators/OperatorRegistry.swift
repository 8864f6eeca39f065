internal import Workloads

/// What a node comes to: the tensors that it makes, in the order of its outputs; those that no workload needs may be missing.
typealias OperatorRule = @Sendable (OperatorNode, inout Lowering) throws -> [Tensor]

/// The operators that are known, each family in a file of its own.
enum OperatorRegistry {
    private static let rules: [String: OperatorRule] = [
        AttentionRules.rules, ConvolutionRules.rules, ElementwiseRules.rules, MovementRules.rules,
        NormalizationRules.rules, PoolRules.rules, ProductRules.rules, QuantizationRules.rules, RecurrenceRules.rules,
        ReductionRules.rules, ResizeRules.rules, ShapeRules.rules, SliceRules.rules, ViewRules.rules,
    ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

    /// Operators of other domains that are the same as one of the default domain.
    private static let aliases: [String: String] = QuantizationRules.quantisedForms.keys.reduce(
        into: [
            "com.microsoft.Gelu": "Gelu", "com.microsoft.FusedMatMul": "FusedMatMul",
            "com.microsoft.QuickGelu": "Swish", "com.microsoft.QuantizeLinear": "QuantizeLinear",
            "com.microsoft.DequantizeLinear": "DequantizeLinear",
        ]
    ) { $0["com.microsoft." + $1] = $1 }

    private static let controlFlow: Set = ["If", "Loop", "Scan", "SequenceMap"]
    private static let dataDependent: Set = [
        "NonMaxSuppression", "Unique", "Compress", "StringNormalizer", "TfIdfVectorizer",
        "SequenceConstruct",
        "SequenceAt", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SplitToSequence", "ConcatFromSequence",
        "Optional", "OptionalGetElement", "OptionalHasElement",
    ]

    /// The operators of ONNX's own domain that are known, in alphabetical order.
    static var names: [String] { rules.keys.sorted() }

    /// The tensors that a node makes.
    static func lower(_ node: OperatorNode, domain: String, _ lowering: inout Lowering) throws -> [Tensor] {
        let name = domain.isEmpty ? node.type : aliases[domain + "." + node.type]
        if let name, let rule = rules[name] { return try rule(node, &lowering) }
        if domain.isEmpty, controlFlow.contains(node.type) {
            throw node.fault(
                "expected no control flow, found a subgraph: If, Loop and Scan are not supported",
                remedy: "export the model without control flow, e.g. by tracing")
        }
        if domain.isEmpty, dataDependent.contains(node.type) {
            throw node.fault(
                "expected results whose shapes are known beforehand, found an operator whose result depends on the data",
                remedy: "cut the model before this node")
        }
        switch lowering.unknownOperators {
        case .reject:
            throw node.fault(
                "expected a known operator, found '\(node.type)' of \(domain.isEmpty ? "ONNX" : "domain '\(domain)'")",
                remedy: "cost it as element-wise work with --unknown-operators elementwise")
        case .elementwise: return try elementwise(node, &lowering)
        }
    }

    /// An unknown operator as one operation an element of the shape that its computed operands broadcast to.
    private static func elementwise(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let computed = node.operands.filter { $0.id != nil }
        let operands = computed.isEmpty ? Array(node.operands.prefix(1)) : computed
        guard let first = operands.first else { throw node.fault("expected an operand, found none") }
        guard let shape = broadcastShape(operands.map(\.shape)) else {
            throw node.fault(
                "expected shapes that broadcast together, found \(operands.map { shapeText($0.shape) }.joined(separator: " and "))"
            )
        }
        lowering.warn(
            "node '\(node.name)' (\(node.type)) is not known and counts as element-wise work of shape \(shapeText(shape))"
        )
        var result = first
        if operands.count == 1 {
            result = try lowering.elementwise(.multiply, [first], of: node)
        }
        for (index, operand) in operands.dropFirst().enumerated() {
            result = try lowering.elementwise(
                .add, [result, operand], of: node, part: index == operands.count - 2 ? "" : "\(index)")
        }
        return Array(repeating: result, count: max(1, node.outputCount))
    }
}
