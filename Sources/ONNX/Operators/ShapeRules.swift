internal import Workloads

/// Operators that compute shapes, or make constants of them.
enum ShapeRules {
    static let rules: [String: OperatorRule] = [
        "Constant": constant,
        "Shape": { node, lowering in
            let shape = try node.input(0).shape
            let rank = shape.count
            func bound(_ name: String, _ standard: Int) throws -> Int {
                let given = try node.int(name) ?? standard
                return min(max(given < 0 ? given + rank : given, 0), rank)
            }
            let (start, end) = (try bound("start", 0), try bound("end", rank))
            let extents = start < end ? shape[start..<end].map { Double($0) } : []
            return [lowering.constant([extents.count], .int64, .known(extents), source: node.name)]
        },
        "Size": { node, lowering in
            [lowering.constant([], .int64, .known([Double(try node.input(0).elements)]), source: node.name)]
        },
        "ConstantOfShape": { node, lowering in
            guard let shape = try node.constantInts(0, "shape") else {
                throw node.fault("expected a shape, found none")
            }
            try lowering.check(shape, of: node)
            let fill = node.tensors["value"]
            let type = fill?.type ?? .float32
            guard shape.reduce(1, *) <= TensorValues.mostElements, let number = fill == nil ? 0 : fill?.scalar else {
                return [lowering.folded(shape, type, of: node)]
            }
            let numbers = Array(repeating: number, count: shape.reduce(1, *))
            return [lowering.constant(shape, type, .known(numbers), source: node.name)]
        },
        "Range": { node, lowering in
            let bounds = try ["start", "limit", "delta"].enumerated().map { index, name in
                try node.constantNumbers(index, name)?.first ?? 0
            }
            guard bounds[2] != 0, bounds.allSatisfy(\.isFinite) else {
                throw node.fault("expected a step other than 0")
            }
            let count = Int(clamping: max(0, ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up)))
            try lowering.check([count], of: node)
            let type = try node.input(0).type
            guard count <= TensorValues.mostElements else { return [lowering.folded([count], type, of: node)] }
            let values = (0..<count).map { bounds[0] + Double($0) * bounds[2] }
            return [lowering.constant([count], type, .known(values), source: node.name)]
        },
        "NonZero": { node, lowering in
            let input = try node.input(0)
            guard let values = input.values, !input.shape.isEmpty else {
                throw node.fault(
                    "expected a constant, found a tensor whose places other than 0 depend on the data",
                    remedy: "cut the model before this node")
            }
            let places = values.indices.filter { values[$0] != 0 }
            var stride = values.count
            let rows = input.shape.flatMap { extent in
                stride /= max(1, extent)
                return places.map { Double($0 / stride % extent) }
            }
            return [lowering.constant([input.shape.count, places.count], .int64, .known(rows), source: node.name)]
        },
        "EyeLike": { node, lowering in
            let input = try node.input(0)
            return [lowering.folded(input.shape, input.type, of: node)]
        },
    ]

    private static func constant(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        func made(_ shape: [Int], _ type: ElementType, _ values: [Double]) -> [Tensor] {
            [lowering.constant(shape, type, .known(values), source: node.name)]
        }
        if let value = node.tensors["value"] { return [value] }
        if let value = try node.int("value_int") { return made([], .int64, [Double(value)]) }
        if let values = try node.ints("value_ints") { return made([values.count], .int64, values.map { Double($0) }) }
        if let value = try node.float("value_float") { return made([], .float32, [value]) }
        if let values = try node.floats("value_floats") { return made([values.count], .float32, values) }
        if try node.string("value_string") != nil { return [lowering.folded([], .string, of: node)] }
        throw node.fault("expected an attribute with a number or a tensor, found none")
    }
}
