internal import Foundation
internal import Workloads

/// Functions of each element: arithmetic, comparisons, logic, activation functions.
enum ElementwiseRules {
    static let rules: [String: OperatorRule] = {
        var rules: [String: OperatorRule] = [:]
        for (name, entry) in unary {
            rules[name] = { node, lowering in
                [try apply(entry.function, [try node.input(0)], node, &lowering) { entry.evaluate($0[0]) }]
            }
        }
        for (name, entry) in binary {
            rules[name] = { node, lowering in
                let operands = [try node.input(0), try node.input(1)]
                return [
                    try apply(entry.function, operands, type: entry.type, node, &lowering) {
                        entry.evaluate($0[0], $0[1])
                    }
                ]
            }
        }
        for (name, entry) in variadic {
            rules[name] = { node, lowering in
                [try chain(entry.function, node, &lowering) { entry.evaluate($0[0], $0[1]) }]
            }
        }
        return rules.merging(special) { _, last in last }
    }()

    private struct Unary: Sendable {
        var function: ElementwiseFunction
        var evaluate: @Sendable (Double) -> Double
        init(_ function: ElementwiseFunction, _ evaluate: @escaping @Sendable (Double) -> Double) {
            self.function = function
            self.evaluate = evaluate
        }
    }

    private struct Binary: Sendable {
        var function: ElementwiseFunction
        var type: ElementType?
        var evaluate: @Sendable (Double, Double) -> Double
        init(
            _ function: ElementwiseFunction, _ type: ElementType? = nil,
            _ evaluate: @escaping @Sendable (Double, Double) -> Double
        ) {
            self.function = function
            self.type = type
            self.evaluate = evaluate
        }
    }

    /// Functions without a counterpart cost what their nearest relative does: all trigonometric and hyperbolic ones a sine.
    private static let unary: [String: Unary] = [
        "Abs": Unary(.absolute) { abs($0) }, "Neg": Unary(.negate) { -$0 },
        "Sign": Unary(.sign) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, "Floor": Unary(.floor) { $0.rounded(.down) },
        "Ceil": Unary(.ceil) { $0.rounded(.up) }, "Round": Unary(.round) { $0.rounded(.toNearestOrEven) },
        "Exp": Unary(.exp) { Foundation.exp($0) }, "Log": Unary(.log) { Foundation.log($0) },
        "Sqrt": Unary(.sqrt) { $0.squareRoot() }, "Reciprocal": Unary(.reciprocal) { 1 / $0 },
        "Erf": Unary(.erf) { Foundation.erf($0) }, "Not": Unary(.not) { $0 == 0 ? 1 : 0 },
        "Relu": Unary(.relu) { max(0, $0) }, "Sigmoid": Unary(.sigmoid) { 1 / (1 + Foundation.exp(-$0)) },
        "Tanh": Unary(.tanh) { Foundation.tanh($0) },
        "Softplus": Unary(.softplus) { Foundation.log(1 + Foundation.exp($0)) },
        "Softsign": Unary(.softsign) { $0 / (1 + abs($0)) },
        "Mish": Unary(.mish) { $0 * Foundation.tanh(Foundation.log(1 + Foundation.exp($0))) },
        "Selu": Unary(.selu) { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (Foundation.exp($0) - 1)) },
        "HardSwish": Unary(.hardSwish) { $0 * max(0, min(1, $0 / 6 + 0.5)) },
        "Sin": Unary(.sin) { Foundation.sin($0) }, "Cos": Unary(.cos) { Foundation.cos($0) },
        "Tan": Unary(.sin) { Foundation.tan($0) }, "Asin": Unary(.sin) { Foundation.asin($0) },
        "Acos": Unary(.sin) { Foundation.acos($0) }, "Atan": Unary(.sin) { Foundation.atan($0) },
        "Sinh": Unary(.sin) { Foundation.sinh($0) }, "Cosh": Unary(.sin) { Foundation.cosh($0) },
        "Asinh": Unary(.sin) { Foundation.asinh($0) }, "Acosh": Unary(.sin) { Foundation.acosh($0) },
        "Atanh": Unary(.sin) { Foundation.atanh($0) }, "BitwiseNot": Unary(.not) { -$0 - 1 },
    ]

    private static let binary: [String: Binary] = [
        "Sub": Binary(.subtract) { $0 - $1 }, "Pow": Binary(.power) { Foundation.pow($0, $1) },
        "Equal": Binary(.equal, .bool) { $0 == $1 ? 1 : 0 }, "Less": Binary(.less, .bool) { $0 < $1 ? 1 : 0 },
        "LessOrEqual": Binary(.lessOrEqual, .bool) { $0 <= $1 ? 1 : 0 },
        "Greater": Binary(.greater, .bool) { $0 > $1 ? 1 : 0 },
        "GreaterOrEqual": Binary(.greaterOrEqual, .bool) { $0 >= $1 ? 1 : 0 },
        "And": Binary(.and, .bool) { $0 != 0 && $1 != 0 ? 1 : 0 },
        "Or": Binary(.or, .bool) { $0 != 0 || $1 != 0 ? 1 : 0 },
        "Xor": Binary(.xor, .bool) { ($0 != 0) != ($1 != 0) ? 1 : 0 },
    ]

    private static let variadic: [String: Binary] = [
        "Add": Binary(.add) { $0 + $1 }, "Mul": Binary(.multiply) { $0 * $1 }, "Sum": Binary(.add) { $0 + $1 },
        "Max": Binary(.maximum) { max($0, $1) }, "Min": Binary(.minimum) { min($0, $1) },
    ]

    private static let special: [String: OperatorRule] = [
        "Div": { node, lowering in
            let operands = [try node.input(0), try node.input(1)]
            let truncates = operands[0].type.isInteger
            return [
                try apply(.divide, operands, node, &lowering) {
                    truncates ? ($0[0] / $0[1]).rounded(.towardZero) : $0[0] / $0[1]
                }
            ]
        },
        "Mod": { node, lowering in
            let truncates = try node.int("fmod") == 1
            return [
                try apply(.remainder, [try node.input(0), try node.input(1)], node, &lowering) {
                    $0[0] - ($0[0] / $0[1]).rounded(truncates ? .towardZero : .down) * $0[1]
                }
            ]
        },
        "Where": { node, lowering in
            let operands = [try node.input(0), try node.input(1), try node.input(2)]
            return [
                try apply(.select, operands, type: operands[1].type, node, &lowering) { $0[0] != 0 ? $0[1] : $0[2] }
            ]
        },
        "Mean": { node, lowering in
            let sum = try chain(.add, node, &lowering, part: "sum") { $0[0] + $0[1] }
            let factor = lowering.constant([], sum.type, .known([1 / Double(node.operands.count)]), source: node.name)
            return [try apply(.multiply, [sum, factor], node, &lowering) { $0[0] * $0[1] }]
        },
        "Clip": { node, lowering in
            let input = try node.input(0)
            let bounds = try [(1, "min", -Double.infinity), (2, "max", .infinity)].map { index, name, open in
                if let bound = node.optionalInput(index) { return bound }
                let value = try node.float(name) ?? open
                return lowering.constant([], input.type, .known([value]), source: node.name + "." + name)
            }
            return [try apply(.clip, [input] + bounds, node, &lowering) { min(max($0[0], $0[1]), $0[2]) }]
        },
        "PRelu": { node, lowering in
            [
                try apply(.leakyRelu, [try node.input(0), try node.input(1)], node, &lowering) {
                    $0[0] < 0 ? $0[0] * $0[1] : $0[0]
                }
            ]
        },
        "LeakyRelu": { try withNumbers(.leakyRelu, [("alpha", 0.01)], $0, &$1) },
        "ThresholdedRelu": { try withNumbers(.leakyRelu, [("alpha", 1)], $0, &$1) },
        "Elu": { try withNumbers(.elu, [("alpha", 1)], $0, &$1) },
        "Celu": { try withNumbers(.celu, [("alpha", 1)], $0, &$1) },
        "HardSigmoid": { try withNumbers(.hardSigmoid, [("alpha", 0.2), ("beta", 0.5)], $0, &$1) },
        "Shrink": { try withNumbers(.leakyRelu, [("lambd", 0.5)], $0, &$1) },
        "Swish": { try withNumbers(.swish, [], $0, &$1) },
        "Gelu": { node, lowering in
            try withNumbers(try node.string("approximate") == "tanh" ? .geluTanh : .gelu, [], node, &lowering)
        },
        "IsNaN": { node, lowering in
            let input = try node.input(0)
            return [try apply(.equal, [input, input], type: .bool, node, &lowering) { $0[0].isNaN ? 1 : 0 }]
        },
        "IsInf": { node, lowering in
            let input = try node.input(0)
            return [try apply(.equal, [input, input], type: .bool, node, &lowering) { $0[0].isInfinite ? 1 : 0 }]
        },
        "BitwiseAnd": { [try opaque(.and, $0, &$1)] }, "BitwiseOr": { [try opaque(.or, $0, &$1)] },
        "BitwiseXor": { [try opaque(.xor, $0, &$1)] }, "BitShift": { [try opaque(.multiply, $0, &$1)] },
        "CumSum": { node, lowering in
            // One addition an element.
            let input = try node.input(0)
            return [try lowering.elementwise(.add, [input, input], of: node)]
        },
        "Trilu": { node, lowering in
            // The product with a constant mask.
            [try lowering.elementwise(.multiply, [try node.input(0)], of: node)]
        },
        "OneHot": oneHot,
    ]

    /// A function of one tensor and numbers that are attributes.
    private static func withNumbers(
        _ function: ElementwiseFunction, _ attributes: [(name: String, value: Double)], _ node: OperatorNode,
        _ lowering: inout Lowering
    ) throws -> [Tensor] {
        let input = try node.input(0)
        let numbers = try attributes.map { name, value in
            lowering.constant([], input.type, .known([try node.float(name) ?? value]), source: node.name + "." + name)
        }
        return [try lowering.elementwise(function, [input] + numbers, of: node)]
    }

    /// A function of two tensors whose values no shape is computed from.
    private static func opaque(_ function: ElementwiseFunction, _ node: OperatorNode, _ lowering: inout Lowering) throws
        -> Tensor
    {
        try lowering.elementwise(function, [try node.input(0), try node.input(1)], of: node)
    }

    /// A comparison of each index with every place along a new axis.
    private static func oneHot(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let indices = try node.input(0)
        guard let depth = try node.constantInts(1, "depth")?.first, depth > 0 else {
            throw node.fault("expected a depth of at least 1")
        }
        let rank = indices.shape.count + 1
        let axis = try node.axis(try node.int("axis") ?? -1, rank: rank)
        var shape = indices.shape
        shape.insert(1, at: axis)
        let column = try lowering.view(indices, shape: shape, of: node, part: "indices")
        var places = [Int](repeating: 1, count: rank)
        places[axis] = depth
        try lowering.check(places, of: node)
        let range = lowering.folded(places, indices.type, of: node, part: "places")
        return [try lowering.elementwise(.equal, [column, range], type: node.input(2).type, of: node)]
    }

    /// A function of two operands applied to all operands one after another.
    private static func chain(
        _ function: ElementwiseFunction, _ node: OperatorNode, _ lowering: inout Lowering, part: String = "",
        _ evaluate: ([Double]) -> Double
    ) throws -> Tensor {
        var result = try node.input(0)
        let rest = node.operands.dropFirst()
        for (index, operand) in rest.enumerated() {
            let isLast = index == rest.count - 1
            result = try apply(
                function, [result, operand], node, &lowering, part: isLast ? part : part + "\(index)", evaluate)
        }
        return result
    }

    /// The function as an operator, or its value where all operands are known.
    private static func apply(
        _ function: ElementwiseFunction, _ operands: [Tensor], type: ElementType? = nil, _ node: OperatorNode,
        _ lowering: inout Lowering, part: String = "", _ evaluate: ([Double]) -> Double
    ) throws -> Tensor {
        let known = operands.compactMap(\.values)
        guard known.count == operands.count, let shape = broadcastShape(operands.map(\.shape)),
            let count = checkedProduct(shape), count <= TensorValues.mostElements
        else { return try lowering.elementwise(function, operands, type: type, of: node, part: part) }
        let columns = zip(known, operands).map { ConstantArray.broadcast($0, from: $1.shape, to: shape) }
        let values = (0..<count).map { index in evaluate(columns.map { $0[index] }) }
        return lowering.constant(shape, type ?? operands[0].type, .known(values), source: node.name)
    }
}
