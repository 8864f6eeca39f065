internal import Diagnostics
public import Workloads

/// Reads a neural network from an ONNX file.
///
///     let network = try ONNXImporter.network(at: "resnet50.onnx", options: ImportOptions(batch: 8))
///     network.workload    // operators, shapes and loop nests, as those of the zoo
///
/// Only the model's structure is read, and the numbers of small tensors that shapes are computed from; weights stay in the file.
/// The time and memory that it takes do not depend on their size. See docs/ONNX.md for what is supported.
public enum ONNXImporter {
    /// A network and what is to be said about it.
    public struct Network: Hashable, Sendable {
        public var workload: Workload
        /// Whether the file, or `ImportOptions.dimensions`, says what the batch is, so that no other one can be chosen.
        public var hasFixedBatch = false
        /// What the figures leave out, e.g. operators that are not known, a sentence each.
        public var warnings: [String]
    }

    /// The versions of ONNX's operators that are known.
    public static let opsets = 9...28

    /// The network of a file.
    ///
    /// - Throws: `DiagnosticError` that names the file, the node and the reason: `missingInput` where there is no such file,
    ///   `inputOutput` where it cannot be read, `usage` for options that do not fit it, `badData` for everything else.
    public static func network(at path: String, options: ImportOptions = ImportOptions()) throws -> Network {
        let file = try MappedFile(path: path)
        var model = try ModelParser.model(in: file)
        func fault(_ message: String, at field: String? = nil, remedy: String? = nil) -> DiagnosticError {
            DiagnosticError(.badData, message, at: SourceLocation(file: path, field: field), remedy: remedy)
        }
        guard model.hasGraph else {
            throw fault("expected an ONNX model, found no graph", remedy: "is it an ONNX file?")
        }
        let opset = model.opsets["", default: 1]
        guard opsets.contains(opset) else {
            throw fault(
                "expected a model of opset \(opsets.lowerBound) to \(opsets.upperBound), found opset \(opset)",
                remedy: "convert it with onnx.version_converter, or export it again")
        }
        try FunctionInlining.inline(&model, path: path)
        let stored = Set(model.graph.initializers.map(\.name))
        guard stored.count == model.graph.initializers.count else {
            throw fault("expected initializers of different names, found two of one name", at: "graph")
        }
        // Before version 4 of the format initializers were listed as inputs, too.
        let inputs = model.graph.inputs.filter { !stored.contains($0.name) }
        guard Set(inputs.map(\.name)).count == inputs.count else {
            throw fault("expected inputs of different names, found two of one name", at: "graph")
        }
        let order = try NodeOrder.order(of: model.graph, path: path)
        let (shapes, symbolicBatch, isBatchOpen) = try InputShapes.resolve(inputs, path: path, options: options)
        let leading = symbolicBatch ?? shapes.first { !$0.isEmpty }?.first ?? 1

        var lowering = Lowering(file: path, leadingExtent: leading, unknownOperators: options.unknownOperators)
        var tensors: [String: Tensor] = [:]
        for (input, shape) in zip(inputs, shapes) {
            guard let type = input.elementType.flatMap(ElementType.init) else {
                throw fault("expected an input with a known element type, found none", at: "input '\(input.name)'")
            }
            tensors[input.name] = try lowering.input(input.name, shape: shape, type: type)
        }
        var initializers = Initializers(file: file)
        for tensor in model.graph.initializers {
            tensors[tensor.name] = try initializers.tensor(tensor, in: &lowering)
        }
        var names: Set<String> = []
        for index in order {
            try lower(model.graph.nodes[index], index, model, &initializers, &names, &tensors, &lowering)
        }
        let outputs = model.graph.outputs.compactMap { output in tensors[output.name].map { (output.name, $0) } }
        guard outputs.count == model.graph.outputs.count else {
            throw fault("expected outputs that are supported, found one that its node does not make", at: "graph")
        }
        // Without a symbol to tell, the leading axis of the inputs is the batch's where all results have it too.
        let isBatch = symbolicBatch != nil || outputs.allSatisfy { $1.shape.contains(leading) }
        var name = path.split(separator: "/").last.map(String.init) ?? path
        if name.hasSuffix(".onnx") { name.removeLast(".onnx".count) }
        return Network(
            workload: try lowering.workload(named: name, batch: isBatch ? leading : 1, outputs: outputs),
            hasFixedBatch: !isBatchOpen, warnings: lowering.warnings)
    }

    /// Gives a node to the rule of its operator.
    private static func lower(
        _ node: ONNXModel.Node, _ index: Int, _ model: ONNXModel, _ initializers: inout Initializers,
        _ names: inout Set<String>, _ tensors: inout [String: Tensor], _ lowering: inout Lowering
    ) throws {
        var name = node.displayName(index)
        if !names.insert(name).inserted {
            name += "#\(index)"
            names.insert(name)
        }
        let operands = try node.inputs.map { input throws -> Tensor? in
            if input.isEmpty { return nil }
            guard let tensor = tensors[input] else {
                throw DiagnosticError(
                    .badData, "expected an operand that is supported, found '\(input)', which its node does not make",
                    at: SourceLocation(file: lowering.file, field: node.label(index)))
            }
            return tensor
        }
        var constants: [String: Tensor] = [:]
        for (key, attribute) in node.attributes {
            guard case .tensor(var stored) = attribute else { continue }
            stored.name = name
            constants[key] = try initializers.tensor(stored, in: &lowering)
        }
        let viewed = OperatorNode(
            file: lowering.file, name: name, type: node.operatorType, inputs: operands,
            outputCount: node.outputs.count, attributes: node.attributes, tensors: constants,
            opset: model.opsets[node.domain] ?? model.opsets["", default: 1])
        let results = try OperatorRegistry.lower(viewed, domain: node.domain, &lowering)
        for (output, result) in zip(node.outputs, results) where !output.isEmpty { tensors[output] = result }
    }
}
