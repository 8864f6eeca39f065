import Diagnostics

/// Builds a workload operator by operator, inferring every shape and loop nest.
///
///     var builder = try WorkloadBuilder(name: "tiny", batch: 8)
///     let image = try builder.input("image", shape: [8, 3, 32, 32])
///     let features = try builder.convolution(image, channels: 16, window: Window(3, padding: .same), named: "conv")
///     let active = try builder.elementwise(.relu, features, named: "relu")
///     let workload = try builder.build(outputs: [active])
///
/// Each method appends one operator (two with `bias: true`) and returns the tensor that it writes. Shapes that do not
/// fit throw a `DiagnosticError` of kind `.badData` that names the operator and the shapes. The batch is the leading
/// extent of every input and activation; images are N, C, H, W.
public struct WorkloadBuilder: Sendable {
    public let name: String
    public let batch: Int
    /// How numbers are stored, indices excepted.
    public let numericType: NumericType

    private var values: [Value] = []
    private var operators: [Operator] = []
    private var inputs: [Value.ID] = []
    private var operatorNames: Set<String> = []
    private var totalElements = 0
    private var totalMACs = 0

    /// - Throws: `DiagnosticError` of kind `.usage` if `batch` is not positive.
    public init(name: String, batch: Int, numericType: NumericType = .bfloat16) throws {
        guard batch > 0 else {
            throw DiagnosticError(
                .usage, "expected a batch of at least 1, found \(batch)", at: SourceLocation(field: "batch"))
        }
        self.name = name
        self.batch = batch
        self.numericType = numericType
    }

    /// The shape of a tensor.
    public func shape(of value: Value.ID) -> [Int] {
        precondition(
            values.indices.contains(value.index), "A value must come from the builder that is asked about it.")
        return values[value.index].shape
    }

    /// A tensor given with each inference.
    public mutating func input(_ name: String, shape: [Int], numericType: NumericType? = nil) throws -> Value.ID {
        try requireBatch(shape, named: name)
        let id = try addValue(name, shape: shape, role: .input, numericType: numericType ?? self.numericType)
        inputs.append(id)
        return id
    }

    /// The finished workload.
    ///
    /// Mutating only so that an operator appended within the argument, `build(outputs: [try builder.softmax(…)])`, is
    /// part of it: a non-mutating method would see the builder as it was before.
    /// - Throws: `DiagnosticError` if it has no operator or breaks a rule of `Workload.validate()`.
    public mutating func build(outputs: [Value.ID]) throws -> Workload {
        let workload = Workload(
            name: name, batch: batch, values: values, operators: operators, inputs: inputs, outputs: outputs)
        try workload.validate()
        return workload
    }
}

extension WorkloadBuilder {
    /// A trained tensor, for the operator that is about to be appended, or for several that share it.
    public mutating func parameter(_ name: String, shape: [Int]) throws -> Value.ID {
        try addValue(name, shape: shape, role: .parameter, numericType: numericType)
    }

    /// Appends an operator and the tensor that it writes.
    mutating func append(
        _ kind: OperatorKind, named name: String, inputs: [Value.ID], parameters: [Value.ID] = [], shape: [Int],
        loopNest: LoopNest? = nil, scalars: [ScalarOperand] = []
    ) throws -> Value.ID {
        guard operatorNames.insert(name).inserted else {
            throw fault("expected a name of its own, found a second operator of this name", in: name)
        }
        try requireBatch(shape, named: name)
        if let loopNest {
            let extents = Dimension.allCases.map { loopNest[$0] } + [kind.steps]
            guard let macs = checkedProduct(extents), totalMACs + macs <= Workload.largestCount else {
                throw tooLarge("multiply–accumulates", in: name)
            }
            totalMACs += macs
        }
        // A choice between tensors is of their type, not of the condition's.
        let typed = kind == .elementwise(.select) ? inputs[inputs.count - 1] : inputs[0]
        let numericType = values[typed.index].numericType
        // Indices go in, numbers of the workload's type come out.
        let outputType = kind == .embedding ? self.numericType : numericType
        let output = try addValue(name, shape: shape, role: .activation, numericType: outputType)
        var node = Operator(
            id: Operator.ID(operators.count), name: name, kind: kind, inputs: inputs, parameters: parameters,
            output: output, loopNest: loopNest, scalars: scalars)
        let types = OperandTypes(node, in: values)
        node.loopNest?.types = types
        operators.append(node)
        return output
    }

    /// What part a tensor plays.
    func role(of value: Value.ID) -> Value.Role {
        precondition(
            values.indices.contains(value.index), "A value must come from the builder that is asked about it.")
        return values[value.index].role
    }

    /// An error about an operator.
    func fault(_ message: String, in name: String, remedy: String? = nil) -> DiagnosticError {
        DiagnosticError(.badData, message, at: SourceLocation(field: name), remedy: remedy)
    }

    private mutating func addValue(_ name: String, shape: [Int], role: Value.Role, numericType: NumericType) throws
        -> Value.ID
    {
        guard shape.allSatisfy({ $0 > 0 }) else {
            throw fault("expected extents of at least 1, found shape \(shapeText(shape))", in: name)
        }
        guard let elements = checkedProduct(shape), totalElements + elements <= Workload.largestCount else {
            throw tooLarge("elements", in: name)
        }
        totalElements += elements
        let id = Value.ID(values.count)
        values.append(Value(id: id, name: name, shape: shape, role: role, numericType: numericType))
        return id
    }

    private func requireBatch(_ shape: [Int], named name: String) throws {
        guard shape.first == batch else {
            throw fault("expected the batch, \(batch), as leading extent, found shape \(shapeText(shape))", in: name)
        }
    }

    private func tooLarge(_ what: String, in name: String) -> DiagnosticError {
        fault(
            "expected at most 2^53 \(what) in the whole workload, found more at batch \(batch)", in: name,
            remedy: "use a smaller batch")
    }
}
