internal import Workloads

/// Operators that move nothing: the same elements under another shape, type or name.
enum ViewRules {
    static let rules: [String: OperatorRule] = {
        var rules: [String: OperatorRule] = [
            "Reshape": reshape, "Transpose": transpose, "Flatten": flatten, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
            "DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth,
            "Cast": { node, _ in
                guard let type = ElementType(rawValue: try node.int("to") ?? 0) else {
                    throw node.fault("expected a known type as attribute 'to', found \(try node.int("to") ?? 0)")
                }
                return [cast(try node.input(0), to: type)]
            },
            "CastLike": { node, _ in [cast(try node.input(0), to: try node.input(1).type)] },
            "BitCast": { node, lowering in
                let input = try node.input(0)
                return [input.id == nil ? lowering.folded(input.shape, input.type, of: node) : input]
            },
        ]
        for name in ["Identity", "Dropout"] { rules[name] = { node, _ in [try node.input(0), try node.input(0)] } }
        return rules
    }()

    /// The same tensor as another type: what reads it converts it.
    private static func cast(_ input: Tensor, to type: ElementType) -> Tensor {
        var result = input
        result.type = type
        guard case .constant(var constant) = input.content, case .known(let values) = constant.elements else {
            return result
        }
        if type == .bool {
            constant.elements = .known(values.map { $0 == 0 ? 0 : 1 })
        } else if type.isInteger, !input.type.isInteger {
            constant.elements = .known(values.map { $0.rounded(.towardZero) })
        }
        result.content = .constant(constant)
        return result
    }

    private static func reshape(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        guard var shape = try node.constantInts(1, "shape") else { throw node.fault("expected a shape, found none") }
        let requested = shape
        func fault() -> any Error {
            node.fault(
                "expected a shape of as many elements as \(shapeText(input.shape)), found \(shapeText(requested))")
        }
        guard shape.count <= Lowering.mostAxes else { throw fault() }
        if try node.int("allowzero") != 1 {
            for (axis, extent) in shape.enumerated() where extent == 0 {
                guard input.shape.indices.contains(axis) else { throw fault() }
                shape[axis] = input.shape[axis]
            }
        }
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            guard !shape.contains(where: { $0 < 0 }), let rest = checkedProduct(shape), rest > 0,
                input.elements.isMultiple(of: rest)
            else { throw fault() }
            shape[open] = input.elements / rest
        }
        guard !shape.contains(where: { $0 < 0 }), checkedProduct(shape) == input.elements else { throw fault() }
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func transpose(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let order = try node.ints("perm") ?? Array(input.shape.indices.reversed())
        guard order.sorted() == Array(input.shape.indices) else {
            throw node.fault("expected an order of the axes of \(shapeText(input.shape)), found \(shapeText(order))")
        }
        return [try lowering.transposed(input, order: order, of: node, part: "")]
    }

    private static func flatten(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let rank = input.shape.count
        let given = try node.int("axis") ?? 1
        let axis = given < 0 ? given + rank : given
        guard (0...rank).contains(axis) else {
            throw node.fault("expected an axis from \(-rank) to \(rank), found \(given)")
        }
        let shape = [input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)]
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func squeeze(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        let axes: [Int]
        if let given = try node.intsOfAttributeOrInput("axes", 1) {
            axes = try node.axes(given, rank: input.shape.count)
        } else {
            axes = input.shape.indices.filter { input.shape[$0] == 1 }
        }
        guard axes.allSatisfy({ input.shape[$0] == 1 }) else {
            throw node.fault("expected axes of extent 1, found \(shapeText(axes)) of shape \(shapeText(input.shape))")
        }
        let shape = input.shape.indices.filter { !axes.contains($0) }.map { input.shape[$0] }
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func unsqueeze(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        guard let given = try node.intsOfAttributeOrInput("axes", 1) else {
            throw node.fault("expected axes, found none")
        }
        var shape = input.shape
        guard shape.count + given.count <= Lowering.mostAxes else {
            throw node.fault("expected at most \(Lowering.mostAxes) axes, found \(shape.count + given.count)")
        }
        for axis in try node.axes(given, rank: shape.count + given.count) { shape.insert(1, at: axis) }
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func depthToSpace(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, block) = try imageAndBlock(node)
        guard input.shape[1] % (block * block) == 0 else {
            throw node.fault(
                "expected channels that are a multiple of \(block)², found shape \(shapeText(input.shape))")
        }
        let shape = [
            input.shape[0], input.shape[1] / (block * block), input.shape[2] * block, input.shape[3] * block,
        ]
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func spaceToDepth(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, block) = try imageAndBlock(node)
        guard input.shape[2] % block == 0, input.shape[3] % block == 0 else {
            throw node.fault("expected rows and columns that \(block) divides, found shape \(shapeText(input.shape))")
        }
        let shape = [
            input.shape[0], input.shape[1] * block * block, input.shape[2] / block, input.shape[3] / block,
        ]
        return [try lowering.view(input, shape: shape, of: node)]
    }

    private static func imageAndBlock(_ node: OperatorNode) throws -> (Tensor, Int) {
        let input = try node.input(0)
        let block = try node.int("blocksize") ?? 0
        guard input.shape.count == 4, (1...(1 << 20)).contains(block) else {
            throw node.fault(
                "expected an image and a block of at least 1, found shape \(shapeText(input.shape)) and \(block)")
        }
        return (input, block)
    }
}
