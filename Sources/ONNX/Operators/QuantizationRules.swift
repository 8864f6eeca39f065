internal import Workloads

/// Conversions between numbers and their quantised form, and operators on tensors that are quantised.
///
/// Conversions of what is trained happen before the inference; others are element-wise work that the operators round them take over
/// where they can (`QuantizationFusion`).
enum QuantizationRules {
    static let rules: [String: OperatorRule] = {
        var rules: [String: OperatorRule] = [
            "QuantizeLinear": quantize, "DequantizeLinear": dequantize, "DynamicQuantizeLinear": dynamicQuantize,
        ]
        for (name, form) in quantisedForms {
            rules[name] = { node, lowering in
                guard try (node.int("channels_last") ?? 0) == 0 else {
                    throw node.fault("expected channels before rows and columns, found channels_last")
                }
                _ = try node.input(form.scale)
                return try OperatorRegistry.lower(
                    try node.calling(form.name, form.operands.map { node.optionalInput($0) }), domain: "", &lowering)
            }
        }
        return rules
    }()

    /// ONNX Runtime's operators that read and write quantised tensors: the operator that does the same with numbers, which operands are
    /// its own, and which one is the result's scale. The others are scales and zero points too, which the output stage applies.
    static let quantisedForms: [String: (name: String, operands: [Int], scale: Int)] = [
        "QGemm": ("Gemm", [0, 3, 6], 7), "QLinearAdd": ("Add", [0, 3], 6), "QLinearMul": ("Mul", [0, 3], 6),
        "QLinearSigmoid": ("Sigmoid", [0], 3), "QLinearLeakyRelu": ("LeakyRelu", [0], 3),
        "QLinearAveragePool": ("AveragePool", [0], 3), "QLinearGlobalAveragePool": ("GlobalAveragePool", [0], 3),
        "QLinearSoftmax": ("Softmax", [0], 3),
    ]

    /// x / scale + zero, rounded and held within the type's range.
    private static func quantize(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, scale, zero) = (try node.input(0), try node.input(1), node.optionalInput(2))
        var declared = zero?.type ?? .uint8
        if zero == nil, let number = try node.int("output_dtype"), number != 0 {
            guard let type = ElementType(rawValue: number) else {
                throw node.fault("expected a known type as attribute 'output_dtype', found \(number)")
            }
            declared = type
        }
        let type = try storedType(declared, node, &lowering)
        guard type.numericType == .int8 else { return [input.retyped(type)] }
        if let constant = input.constant {
            var elements = Constant.Elements.unknown("'\(constant.source)' is quantised")
            if let values = input.values, let factor = scale.scalar, let offset = zero.map({ $0.scalar }) ?? 0 {
                let (least, greatest) = bounds(of: type)
                elements = .known(
                    values.map { min(max(($0 / factor).rounded(.toNearestOrEven) + offset, least), greatest) })
            }
            return [lowering.constant(input.shape, type, elements, source: constant.source)]
        }
        let inverse: Tensor
        if let factor = scale.scalar {
            inverse = lowering.constant([], scale.type, .known([1 / factor]), source: node.name + ".inverse")
        } else if scale.id == nil {
            inverse = lowering.folded(scale.shape, scale.type, of: node, part: "inverse")
        } else {
            inverse = try lowering.elementwise(.reciprocal, [scale], of: node, part: "inverse")
        }
        let factor = try placed(inverse, input, node, &lowering)
        let offset = try zero.map { try placed($0, input, node, &lowering) }
        return [
            try lowering.convert(.quantise, input) { tensor, lowering in
                try rounded(tensor, by: factor, offset, to: type, node, &lowering)
            }
        ]
    }

    /// (q − zero) · scale
    private static func dequantize(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, scale, zero) = (try node.input(0), try node.input(1), node.optionalInput(2))
        let type = input.type == .int32 ? .int32 : try storedType(input.type, node, &lowering)
        guard !type.numericType.isFloat else { return [input.retyped(scale.type)] }
        if let constant = input.constant {
            var elements = Constant.Elements.unknown("'\(constant.source)' is quantised")
            // Numbers of few elements may be operands, such as a 0.5 that was quantised.
            if let values = input.values, let factor = scale.scalar, let offset = zero.map({ $0.scalar }) ?? 0 {
                elements = .known(values.map { ($0 - offset) * factor })
            }
            return [
                lowering.constant(
                    input.shape, scale.type, elements, source: constant.source,
                    unexpandedShape: constant.unexpandedShape, storedType: type)
            ]
        }
        let factor = try placed(scale, input, node, &lowering)
        let offset = try zero.map { try placed($0, input, node, &lowering) }
        return [
            try lowering.convert(.dequantise, input) { tensor, lowering in
                var result = tensor
                if let offset, !offset.isZero {
                    result = try lowering.elementwise(
                        .subtract, [result, offset], type: scale.type, of: node, part: "offset")
                }
                return try lowering.elementwise(.multiply, [result, factor], type: scale.type, of: node)
            }
        ]
    }

    /// Scale and zero point from the least and the greatest element, and quantisation with them.
    ///
    /// The tensor has to be read before it can be quantised, so that nothing of this is drawn into the operator that writes it.
    private static func dynamicQuantize(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let input = try node.input(0)
        guard input.id != nil else {
            return [
                lowering.folded(input.shape, .uint8, of: node), lowering.folded([], .float32, of: node, part: "scale"),
                lowering.folded([], .uint8, of: node, part: "zero"),
            ]
        }
        let axes = Array(input.shape.indices)
        let greatest = try lowering.reduce(.maximum, input, axes: axes, keepsAxes: false, of: node, part: "greatest")
        let least = try lowering.reduce(.minimum, input, axes: axes, keepsAxes: false, of: node, part: "least")
        let range = try lowering.elementwise(.subtract, [greatest, least], of: node, part: "range")
        let step = lowering.constant([], input.type, .known([1 / 255]), source: node.name + ".step")
        let scale = try lowering.elementwise(.multiply, [range, step], of: node, part: "scale")
        let inverse = try lowering.elementwise(.reciprocal, [scale], of: node, part: "inverse")
        let zero = try lowering.elementwise(.multiply, [least, inverse], type: .uint8, of: node, part: "zero")
        return [try rounded(input, by: inverse, zero, to: .uint8, node, &lowering), scale, zero]
    }

    /// x · factor + offset, rounded and held within an 8-bit type's range.
    private static func rounded(
        _ tensor: Tensor, by factor: Tensor, _ offset: Tensor?, to type: ElementType, _ node: OperatorNode,
        _ lowering: inout Lowering
    ) throws -> Tensor {
        var result = try lowering.elementwise(.multiply, [tensor, factor], of: node, part: "scaled")
        if let offset, !offset.isZero {
            result = try lowering.elementwise(.add, [result, offset], of: node, part: "offset")
        }
        result = try lowering.elementwise(.round, [result], of: node, part: "rounded")
        let (least, greatest) = bounds(of: type)
        let bounds = [least, greatest].map { bound in
            lowering.constant([], tensor.type, .known([bound]), source: node.name + ".bound")
        }
        return try lowering.elementwise(.clip, [result] + bounds, type: type, of: node)
    }

    /// The least and the greatest number of an 8-bit type.
    private static func bounds(of type: ElementType) -> (Double, Double) { type == .int8 ? (-128, 127) : (0, 255) }

    /// Scales or zero points of a tensor, in a shape that broadcasts to it.
    private static func placed(
        _ numbers: Tensor, _ tensor: Tensor, _ node: OperatorNode, _ lowering: inout Lowering
    ) throws -> Tensor {
        guard numbers.elements > 1 else { return try lowering.view(numbers, shape: [], of: node, part: "number") }
        let axis = try node.axis(try node.int("axis") ?? 1, rank: tensor.shape.count)
        guard numbers.shape == [tensor.shape[axis]] else {
            throw node.fault(
                "expected one scale, or one for each of the \(tensor.shape[axis]) places of axis \(axis), found"
                    + " \(shapeText(numbers.shape))",
                remedy: "scales of blocks are supported for weights only")
        }
        let ones = [Int](repeating: 1, count: tensor.shape.count - 1 - axis)
        return try lowering.view(numbers, shape: [tensor.shape[axis]] + ones, of: node, part: "axis")
    }

    /// How quantised elements are stored: 8 bits are int8, and so are fewer, since that is what an array multiplies; 16 bits stay
    /// floating-point numbers of as many.
    private static func storedType(_ type: ElementType, _ node: OperatorNode, _ lowering: inout Lowering) throws
        -> ElementType
    {
        switch type {
        case .int8, .uint8: return type
        case .int4, .uint4, .int2, .uint2, .float4E2M1, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ:
            lowering.warn("numbers quantised to \(type) count as int8")
            return .int8
        case .int16, .uint16:
            lowering.warn("numbers quantised to \(type) count as bfloat16, which has as many bytes")
            return .bfloat16
        case .float32, .float16, .float64, .bfloat16, .float8E8M0, .int32, .int64, .uint32, .uint64, .bool, .string,
            .complex64, .complex128:
            throw node.fault("expected numbers quantised to 16 bits or fewer, found \(type)")
        }
    }
}

extension Tensor {
    /// Whether all elements are known to be 0.
    fileprivate var isZero: Bool { values?.allSatisfy { $0 == 0 } ?? false }

    /// The same elements as another type.
    fileprivate func retyped(_ type: ElementType) -> Tensor {
        var result = self
        result.type = type
        return result
    }
}
