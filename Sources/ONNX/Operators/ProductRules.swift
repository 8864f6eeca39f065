internal import Workloads

/// Products of matrices: with a weight they are linear, of two activations matmuls.
enum ProductRules {
    static let rules: [String: OperatorRule] = [
        "MatMul": { node, lowering in [try matmul(try node.input(0), try node.input(1), node, &lowering)] },
        "MatMulInteger": { node, lowering in
            [try matmul(try node.input(0), try node.input(1), type: .int32, node, &lowering)]
        },
        "QLinearMatMul": { node, lowering in
            [try matmul(try node.input(0), try node.input(3), type: try node.input(7).type, node, &lowering)]
        },
        "FusedMatMul": { node, lowering in
            guard try (node.int("transBatchA") ?? 0) == 0, try (node.int("transBatchB") ?? 0) == 0 else {
                throw node.fault("expected matrices along the last axes, found transBatchA or transBatchB")
            }
            let left = try matrix(try node.input(0), isTransposed: node.int("transA") == 1, node, &lowering, "left")
            let right = try matrix(try node.input(1), isTransposed: node.int("transB") == 1, node, &lowering, "right")
            let product = try matmul(left, right, node, &lowering)
            return [try scaled(product, by: try node.float("alpha") ?? 1, node, &lowering)]
        },
        "Gemm": gemm,
        "Einsum": EinsumRule.einsum,
    ]

    /// α·A·B + β·C with A [M, K] and B [K, N], either stored transposed.
    private static func gemm(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let left = try matrix(try node.input(0), isTransposed: node.int("transA") == 1, node, &lowering, "left")
        let right = try matrix(try node.input(1), isTransposed: node.int("transB") == 1, node, &lowering, "right")
        guard left.shape.count == 2, right.shape.count == 2 else {
            throw node.fault("expected two matrices, found \(shapeText(left.shape)) and \(shapeText(right.shape))")
        }
        var result = try matmul(left, right, node, &lowering)
        result = try scaled(result, by: try node.float("alpha") ?? 1, node, &lowering)
        let beta = try node.float("beta") ?? 1
        guard let addend = node.optionalInput(2), beta != 0 else { return [result] }
        guard broadcastShape([result.shape, addend.shape]) == result.shape else {
            throw node.fault(
                "expected an addend that broadcasts to \(shapeText(result.shape)), found \(shapeText(addend.shape))")
        }
        if addend.id == nil {
            // A factor of what is trained is drawn into it.
            let isVector = addend.elements == result.shape[1] && addend.shape.last == result.shape[1]
            return [
                isVector
                    ? try lowering.biasAdd(result, addend, of: node)
                    : try lowering.elementwise(.add, [result, addend], of: node, part: "add")
            ]
        }
        let term = try scaled(addend, by: beta, node, &lowering, part: "beta")
        return [try lowering.elementwise(.add, [result, term], of: node, part: "add")]
    }

    static func scaled(
        _ tensor: Tensor, by factor: Double, _ node: OperatorNode, _ lowering: inout Lowering, part: String = "scale"
    ) throws -> Tensor {
        guard factor != 1 else { return tensor }
        let scalar = lowering.constant([], tensor.type, .known([factor]), source: node.name + "." + part)
        return try lowering.elementwise(.multiply, [tensor, scalar], of: node, part: part)
    }

    /// A tensor with its last two axes swapped where it is stored so.
    static func matrix(
        _ tensor: Tensor, isTransposed: Bool, _ node: OperatorNode, _ lowering: inout Lowering, _ part: String
    ) throws -> Tensor {
        guard isTransposed, tensor.shape.count >= 2 else { return tensor }
        var order = Array(tensor.shape.indices)
        order.swapAt(order.count - 1, order.count - 2)
        return try lowering.transposed(tensor, order: order, of: node, part: part)
    }

    /// The product as numpy.matmul defines it.
    static func matmul(
        _ left: Tensor, _ right: Tensor, type: ElementType? = nil, _ node: OperatorNode, _ lowering: inout Lowering,
        part: String = ""
    ) throws -> Tensor {
        guard !left.shape.isEmpty, !right.shape.isEmpty else {
            throw node.fault("expected matrices or vectors, found a number")
        }
        // Vectors are matrices of one row, or of one column.
        let a = left.shape.count == 1 ? [1] + left.shape : left.shape
        let b = right.shape.count == 1 ? right.shape + [1] : right.shape
        let found = "found \(shapeText(left.shape)) and \(shapeText(right.shape))"
        guard a[a.count - 1] == b[b.count - 2] else {
            throw node.fault("expected as many columns on the left as rows on the right, \(found)")
        }
        guard let leading = broadcastShape([Array(a.dropLast(2)), Array(b.dropLast(2))]) else {
            throw node.fault("expected leading extents that broadcast together, \(found)")
        }
        let product = Product(
            leading: leading, left: Array(a.dropLast(2)), right: Array(b.dropLast(2)), rows: a[a.count - 2],
            inner: a[a.count - 1], columns: b[b.count - 1])
        var shape = leading
        if left.shape.count > 1 { shape.append(product.rows) }
        if right.shape.count > 1 { shape.append(product.columns) }
        return try lowering.product(left, right, product, shape: shape, type: type, of: node, part: part)
    }
}

/// Extents of [left…, M, C] × [right…, C, K] → [leading…, M, K].
struct Product {
    /// What the leading extents of both sides broadcast to.
    var leading: [Int]
    var left: [Int]
    var right: [Int]
    /// M
    var rows: Int
    /// C
    var inner: Int
    /// K
    var columns: Int

    /// (A·B)ᵀ = Bᵀ·Aᵀ
    var transposed: Product {
        Product(leading: leading, left: right, right: left, rows: columns, inner: inner, columns: rows)
    }
}

extension Lowering {
    /// Appends a product of matrices: linear where one side is a constant, a matmul where both are computed.
    ///
    /// The side that is the weight has one matrix a group; the other one may have several to multiply with it, which are the nest's
    /// batch. A nest reads its operands in any order, so that transposes cost nothing, and either side may be the weight.
    mutating func product(
        _ left: Tensor, _ right: Tensor, _ product: Product, shape: [Int], type: ElementType? = nil,
        of node: OperatorNode, part: String = ""
    ) throws -> Tensor {
        try check(shape, of: node)
        let all = product.leading.reduce(1, *)
        let (leftCount, rightCount) = (product.left.reduce(1, *), product.right.reduce(1, *))
        // The weight is the constant side, else the right one, unless only the left one repeats over the other's matrices.
        let swaps = right.id == nil ? false : left.id == nil || (leftCount < all && rightCount == all)
        let (given, weight) = swaps ? (right, left) : (left, right)
        let extents = swaps ? product.transposed : product
        var input = given
        if extents.left.reduce(1, *) != all {
            // Matrices that both sides repeat: those of the input are copied.
            input = try append(
                .copy, [given], shape: extents.leading + [extents.rows, extents.inner], of: node, part: part + "expand")
        }
        let groups = max(1, extents.right.reduce(1, *))
        // Matrices that share a weight, and rows of each: the batch, if it divides them, stands apart.
        guard let rows = checkedProduct([all / groups, extents.rows]) else {
            throw node.fault("expected at most 2^53 rows, found more")
        }
        let batch: Int
        if groups > 1 {
            batch = all / groups
        } else {
            batch = leadingExtent > 0 && rows.isMultiple(of: leadingExtent) ? leadingExtent : 1
        }
        let isLinear = weight.id == nil
        let nest = LoopNest(
            groups: groups, batch: batch, outputChannels: extents.columns, inputChannels: extents.inner,
            outputWidth: rows / max(1, batch), weightIsActivation: !isLinear)
        return try append(
            isLinear ? .linear : .matmul, isLinear ? [input] : [input, weight], parameters: isLinear ? [weight] : [],
            shape: shape, type: type ?? left.type, loopNest: nest, of: node, part: part)
    }

    /// A tensor with its axes in another order.
    mutating func transposed(_ tensor: Tensor, order: [Int], of node: OperatorNode, part: String = "transpose") throws
        -> Tensor
    {
        let elements = tensor.values.map { ConstantArray.transposed($0, shape: tensor.shape, order: order) }
        var result = try view(tensor, shape: order.map { tensor.shape[$0] }, elements: elements, of: node, part: part)
        if case .padding(let source, let before, let after) = tensor.padded {
            result.padded = .padding(
                of: try transposed(source, order: order, of: node, part: part + ".unpadded"),
                before: order.map { before[$0] }, after: order.map { after[$0] })
        }
        return result
    }
}
