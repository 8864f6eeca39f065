internal import Diagnostics
internal import Workloads

/// A node with its operands, as the rules of operators see it.
struct OperatorNode {
    let file: String
    /// A name of its own among all nodes.
    let name: String
    let type: String
    /// Nil for operands that are left out.
    let inputs: [Tensor?]
    let outputCount: Int
    let attributes: [String: ONNXModel.Attribute]
    /// The attributes that are tensors.
    let tensors: [String: Tensor]
    /// The version of the operator's domain.
    let opset: Int

    /// An error about this node.
    func fault(_ message: String, remedy: String? = nil) -> DiagnosticError {
        DiagnosticError(
            .badData, message, at: SourceLocation(file: file, field: "node '\(name)' (\(type))"), remedy: remedy)
    }

    /// An operand that must be there.
    func input(_ index: Int) throws -> Tensor {
        guard let tensor = optionalInput(index) else {
            throw fault("expected an input \(index), found \(inputs.compactMap { $0 }.count) inputs")
        }
        return tensor
    }

    func optionalInput(_ index: Int) -> Tensor? { inputs.indices.contains(index) ? inputs[index] : nil }

    /// All operands that are there.
    var operands: [Tensor] { inputs.compactMap { $0 } }

    /// The node as one of another operator with the same attributes.
    func calling(_ type: String, _ inputs: [Tensor?]) throws -> OperatorNode {
        OperatorNode(
            file: file, name: name, type: type, inputs: inputs, outputCount: outputCount, attributes: attributes,
            tensors: tensors, opset: try int("opset") ?? opset)
    }
}

// MARK: - Attributes

extension OperatorNode {
    func int(_ name: String) throws -> Int? {
        switch attributes[name] {
        case nil: return nil
        case .int(let value): return value.clamped
        default: throw fault("expected a whole number as attribute '\(name)', found something else")
        }
    }

    func float(_ name: String) throws -> Double? {
        switch attributes[name] {
        case nil: return nil
        case .float(let value): return value
        default: throw fault("expected a number as attribute '\(name)', found something else")
        }
    }

    func string(_ name: String) throws -> String? {
        switch attributes[name] {
        case nil: return nil
        case .string(let value): return value
        default: throw fault("expected text as attribute '\(name)', found something else")
        }
    }

    func ints(_ name: String) throws -> [Int]? {
        switch attributes[name] {
        case nil: return nil
        case .ints(let values): return values.map(\.clamped)
        default: throw fault("expected whole numbers as attribute '\(name)', found something else")
        }
    }

    func floats(_ name: String) throws -> [Double]? {
        switch attributes[name] {
        case nil: return nil
        case .floats(let values): return values
        default: throw fault("expected numbers as attribute '\(name)', found something else")
        }
    }
}

// MARK: - Operands that decide shapes

extension OperatorNode {
    /// The whole numbers of an operand that a shape is computed from; nil where it is left out.
    func constantInts(_ index: Int, _ meaning: String) throws -> [Int]? {
        try constantNumbers(index, meaning)?.map(Int.init(clamping:))
    }

    /// The numbers of an operand that a shape is computed from; nil where it is left out.
    func constantNumbers(_ index: Int, _ meaning: String) throws -> [Double]? {
        guard let tensor = optionalInput(index) else { return nil }
        switch tensor.constant?.elements {
        case .known(let values): return values
        case .unknown(let reason):
            throw fault(
                "expected the numbers of input \(index), \(meaning), found a tensor whose values are needed: \(reason)")
        case nil:
            throw fault(
                "expected a constant as input \(index), \(meaning), found a tensor that depends on the network's inputs",
                remedy: "shapes must not depend on the data")
        }
    }

    /// The numbers that older opsets have as an attribute, and newer ones as an operand.
    func intsOfAttributeOrInput(_ name: String, _ index: Int) throws -> [Int]? {
        try ints(name) ?? constantInts(index, name)
    }

    /// A position from 0 for an axis that may be counted from behind.
    func axis(_ axis: Int, rank: Int) throws -> Int {
        let position = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(position) else {
            throw fault("expected an axis from \(-rank) to \(rank - 1), found \(axis)")
        }
        return position
    }

    /// Different axes, in ascending order.
    func axes(_ axes: [Int], rank: Int) throws -> [Int] {
        let positions = try axes.map { try axis($0, rank: rank) }.sorted()
        guard Set(positions).count == positions.count else {
            throw fault("expected different axes, found \(shapeText(axes))")
        }
        return positions
    }
}

extension Int {
    /// Held within ±2⁵³, so that sums of a few such numbers never overflow.
    var clamped: Int { Swift.min(Swift.max(self, -(1 << 53)), 1 << 53) }

    /// A number rounded towards 0 and held within ±2⁵³; NaN is 0.
    init(clamping number: Double) {
        self = number.isNaN ? 0 : Int(Swift.min(Swift.max(number, -0x1p53), 0x1p53))
    }
}
