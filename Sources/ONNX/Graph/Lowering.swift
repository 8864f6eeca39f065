internal import Diagnostics
internal import Workloads

/// Makes a workload's operators of a graph's nodes.
///
/// The rules of operators append what a node comes to with `append`, `elementwise` and `view`. Where all operands are the same in
/// every inference nothing is appended: the result is a constant, as a compiler would have folded it.
struct Lowering {
    /// The name of the file, for messages.
    let file: String
    let unknownOperators: ImportOptions.UnknownOperators
    /// The leading extent of the inputs: as a rule, the batch.
    let leadingExtent: Int
    private(set) var warnings: [String] = []

    private(set) var values: [Value] = []
    private(set) var operators: [Operator] = []
    private(set) var inputs: [Value.ID] = []
    /// The parameters made of each source, by the shapes that they are used with.
    private var parameters: [String: [Value.ID]] = [:]
    private var operatorNames: Set<String> = []
    private var conversions: [QuantizationFusion.Conversion] = []
    /// Numbers of constants that may yet be kept: a file of a hundred thousand constant nodes must not fill the memory.
    private var remainingNumbers = 1 << 23

    /// More axes than any network's tensor has.
    static let mostAxes = 32

    init(file: String, leadingExtent: Int, unknownOperators: ImportOptions.UnknownOperators) {
        self.file = file
        self.leadingExtent = leadingExtent
        self.unknownOperators = unknownOperators
    }

    mutating func warn(_ message: String) {
        if !warnings.contains(message) { warnings.append(message) }
    }

    /// A tensor given with each inference.
    mutating func input(_ name: String, shape: [Int], type: ElementType) throws -> Tensor {
        let id = try addValue(name, shape: shape, role: .input, type: type, field: "input '\(name)'")
        inputs.append(id)
        return Tensor(shape, type, .computed(id))
    }

    /// A constant, its numbers kept if they are few.
    mutating func constant(
        _ shape: [Int], _ type: ElementType, _ elements: Constant.Elements, source: String,
        unexpandedShape: [Int]? = nil, storedType: ElementType? = nil
    ) -> Tensor {
        var kept = elements
        if case .known(let numbers) = elements {
            if numbers.count > remainingNumbers {
                kept = .unknown("the model has too many constants to keep them all")
            } else {
                remainingNumbers -= numbers.count
            }
        }
        return Tensor(
            shape, type,
            .constant(
                Constant(
                    elements: kept, source: source, unexpandedShape: unexpandedShape, storedType: storedType)))
    }

    // MARK: - Appending

    /// Appends an operator, or makes a constant if all of its inputs are constants.
    ///
    /// - Parameters:
    ///   - inputs: operands that may be computed; constants among them become parameters.
    ///   - parameters: operands that are trained.
    ///   - part: what distinguishes this operator from others of the same node; empty for the one that stands for it.
    mutating func append(
        _ kind: OperatorKind, _ inputs: [Tensor], parameters: [Tensor] = [], shape: [Int], type: ElementType? = nil,
        loopNest: LoopNest? = nil, scalars: [ScalarOperand] = [], of node: OperatorNode, part: String = ""
    ) throws -> Tensor {
        try check(shape, of: node)
        let type = type ?? inputs[0].type
        let computed = inputs.compactMap(\.id)
        guard !computed.isEmpty else { return folded(shape, type, of: node, part: part) }
        let trained = inputs.filter { $0.id == nil } + parameters
        let name = operatorName(node.name + (part.isEmpty ? "" : "." + part))
        let parameterIDs = try trained.map { try parameter($0, shape: $0.shape, of: node, anyShape: loopNest != nil) }
        let output = try addValue(name, shape: shape, role: .activation, type: type, field: name)
        operators.append(
            Operator(
                id: Operator.ID(operators.count), name: name, kind: kind, inputs: computed, parameters: parameterIDs,
                output: output, loopNest: loopNest, scalars: scalars))
        return Tensor(shape, type, .computed(output))
    }

    /// The result of a node that computes from constants alone, and whose numbers no shape needs.
    func folded(_ shape: [Int], _ type: ElementType, of node: OperatorNode, part: String = "") -> Tensor {
        let name = part.isEmpty ? node.name : node.name + "." + part
        return Tensor(
            shape, type,
            .constant(
                Constant(elements: .unknown("it is computed by node '\(node.name)' (\(node.type))"), source: name)))
    }

    /// The elements of a tensor in another shape or order.
    ///
    /// - Parameter elements: the numbers in their new order, if the tensor is a constant whose numbers are known.
    mutating func view(
        _ tensor: Tensor, shape: [Int], elements: [Double]? = nil, of node: OperatorNode, part: String = ""
    ) throws -> Tensor {
        switch tensor.content {
        case .computed:
            if shape == tensor.shape { return tensor }
            return try append(.reshape, [tensor], shape: shape, of: node, part: part)
        case .constant(let constant):
            try check(shape, of: node)
            if constant.unexpandedShape != nil {
                return self.constant(shape, tensor.type, constant.elements, source: node.name)
            }
            return self.constant(
                shape, tensor.type, elements.map(Constant.Elements.known) ?? constant.elements, source: constant.source,
                storedType: constant.storedType)
        }
    }

    /// Appends element-wise operators that change how a tensor is stored; operators round them may take their place.
    mutating func convert(
        _ kind: QuantizationFusion.Conversion.Kind, _ tensor: Tensor,
        by operators: (Tensor, inout Lowering) throws -> Tensor
    ) throws -> Tensor {
        let first = self.operators.count
        let result = try operators(tensor, &self)
        if let operand = tensor.id, let id = result.id, operand != id {
            conversions.append(
                QuantizationFusion.Conversion(
                    kind: kind, operand: operand, result: id, operators: first..<self.operators.count))
        }
        return result
    }

    /// An element-wise function of any operands, broadcast as NumPy does.
    ///
    /// A constant with one known element becomes a number of the operator, any other one a parameter.
    mutating func elementwise(
        _ function: ElementwiseFunction, _ operands: [Tensor], type: ElementType? = nil, of node: OperatorNode,
        part: String = ""
    ) throws -> Tensor {
        guard let shape = broadcastShape(operands.map(\.shape)) else {
            let found = operands.map { shapeText($0.shape) }.joined(separator: " and ")
            throw node.fault("expected shapes that broadcast together, found \(found)")
        }
        try check(shape, of: node)
        let type = type ?? operands[0].type
        guard operands.contains(where: { $0.id != nil }) else {
            return folded(shape, type, of: node, part: part)
        }
        var inputs: [Tensor] = []
        var parameters: [Tensor] = []
        var scalars: [ScalarOperand] = []
        for (position, operand) in operands.enumerated() {
            if operand.id != nil {
                inputs.append(operand)
            } else if let scalar = operand.scalar, !scalar.isNaN {
                scalars.append(ScalarOperand(position: position, value: scalar))
            } else {
                parameters.append(operand)
            }
        }
        // What was repeated to fit is stored once.
        let stored = parameters.map { parameter in
            var parameter = parameter
            parameter.shape = parameter.constant?.unexpandedShape ?? parameter.shape
            return parameter
        }
        if broadcastShape((inputs + stored).map(\.shape)) == shape { parameters = stored }
        let tensorShape = broadcastShape((inputs + parameters).map(\.shape)) ?? shape
        let result = try append(
            .elementwise(function), inputs, parameters: parameters, shape: tensorShape, type: type, scalars: scalars,
            of: node, part: part)
        // Numbers of more axes than the tensors lead to axes of extent 1.
        return try view(result, shape: shape, of: node, part: part.isEmpty ? "shape" : part + ".shape")
    }

    // MARK: - Results

    /// The workload, without operators that no output needs.
    ///
    /// Outputs that do not depend on the inputs are left out.
    func workload(named name: String, batch: Int, outputs tensors: [(name: String, tensor: Tensor)]) throws -> Workload
    {
        let (values, operators, replacement) = QuantizationFusion.fused(
            conversions, values, operators, outputs: tensors.compactMap(\.tensor.id))
        var outputNames: [Value.ID: String] = [:]
        var outputs: [Value.ID] = []
        for (name, tensor) in tensors {
            guard let result = tensor.id else { continue }
            let id = replacement[result] ?? result
            guard outputNames.updateValue(name, forKey: id) == nil else { continue }
            outputs.append(id)
        }
        let isNeeded = Operator.needed(of: operators, valueCount: values.count, for: outputs + inputs)
        let kept = operators.filter { isNeeded[$0.output.index] }
        guard !kept.isEmpty else {
            throw DiagnosticError(
                .badData, "expected outputs that are computed from the inputs, found none",
                at: SourceLocation(file: file))
        }
        var workload = Workload(name: name, batch: batch, values: [], operators: [], inputs: [], outputs: [])
        var position = [Value.ID](repeating: Value.ID(0), count: values.count)
        for var value in values where isNeeded[value.id.index] {
            position[value.id.index] = Value.ID(workload.values.count)
            if value.role == .activation, let name = outputNames[value.id] { value.name = name }
            value.id = position[value.id.index]
            workload.values.append(value)
        }
        for var node in kept {
            node.id = Operator.ID(workload.operators.count)
            node.inputs = node.inputs.map { position[$0.index] }
            node.parameters = node.parameters.map { position[$0.index] }
            node.output = position[node.output.index]
            let types = OperandTypes(node, in: workload.values)
            node.loopNest?.types = types
            workload.operators.append(node)
        }
        workload.inputs = inputs.map { position[$0.index] }
        workload.outputs = outputs.map { position[$0.index] }
        do {
            try workload.validate()
        } catch var error as DiagnosticError {
            error.location.file = file
            throw error
        }
        return workload
    }
}

extension Lowering {
    /// Checks the shape of a result before anything of its size is made.
    func check(_ shape: [Int], of node: OperatorNode) throws {
        guard shape.count <= Lowering.mostAxes else {
            throw node.fault("expected a tensor of at most \(Lowering.mostAxes) axes, found \(shape.count)")
        }
        guard shape.allSatisfy({ $0 >= 0 }), checkedProduct(shape) != nil else {
            throw node.fault("expected a tensor of at most 2^53 elements, found shape \(shapeText(shape))")
        }
    }

    /// A name that no operator has yet.
    private mutating func operatorName(_ name: String) -> String {
        var unique = name
        var number = operators.count
        while !operatorNames.insert(unique).inserted {
            unique = "\(name)#\(number)"
            number += 1
        }
        return unique
    }

    /// The parameter for a constant, one for all places that use the same source in the same type and shape, or, where only the number of
    /// elements counts, in any.
    private mutating func parameter(_ tensor: Tensor, shape: [Int], of node: OperatorNode, anyShape: Bool) throws
        -> Value.ID
    {
        let source = tensor.constant?.source ?? node.name
        let elements = tensor.elements
        let shape = shape.isEmpty ? [1] : shape
        let type = tensor.constant?.storedType ?? tensor.type
        for id in parameters[source] ?? [] where values[id.index].numericType == type.numericType {
            if values[id.index].shape == shape || (anyShape && values[id.index].elements == elements) { return id }
        }
        let id = try addValue(
            source, shape: shape, role: .parameter, type: type, field: "node '\(node.name)' (\(node.type))")
        parameters[source, default: []].append(id)
        return id
    }

    private mutating func addValue(
        _ name: String, shape: [Int], role: Value.Role, type: ElementType, field: String
    ) throws -> Value.ID {
        guard shape.allSatisfy({ $0 > 0 }), checkedProduct(shape) != nil else {
            throw DiagnosticError(
                .badData,
                "expected extents of at least 1 and at most 2^53 elements, found shape \(shapeText(shape))",
                at: SourceLocation(file: file, field: field))
        }
        let id = Value.ID(values.count)
        values.append(
            Value(
                id: id, name: name, shape: shape.isEmpty ? [1] : shape, role: role, numericType: type.numericType))
        return id
    }
}

extension Tensor {
    /// The value of a tensor that is made in the inference.
    var id: Value.ID? {
        if case .computed(let id) = content { id } else { nil }
    }
}
