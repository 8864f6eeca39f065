internal import Diagnostics

/// Puts the nodes of the functions that a model defines in place of the nodes that call them.
enum FunctionInlining {
    private static let deepest = 16
    private static let mostNodes = 1 << 18

    /// - Throws: `DiagnosticError` (`badData`) for functions that call each other without end, or come to too many nodes.
    static func inline(_ model: inout ONNXModel, path: String) throws {
        guard !model.functions.isEmpty else { return }
        var functions: [String: ONNXModel.Function] = [:]
        for function in model.functions { functions[function.domain + "." + function.name] = function }
        for _ in 0..<deepest {
            guard model.graph.nodes.contains(where: { functions[$0.key] != nil }) else { return }
            var nodes: [ONNXModel.Node] = []
            for (index, node) in model.graph.nodes.enumerated() {
                guard let function = functions[node.key] else {
                    nodes.append(node)
                    continue
                }
                nodes += body(of: function, calledBy: node, index)
                guard nodes.count <= mostNodes else {
                    throw DiagnosticError(
                        .badData, "expected at most \(mostNodes) nodes, found more in functions that call each other",
                        at: SourceLocation(file: path, field: node.label(index)))
                }
            }
            model.graph.nodes = nodes
        }
        guard let index = model.graph.nodes.firstIndex(where: { functions[$0.key] != nil }) else { return }
        throw DiagnosticError(
            .badData, "expected functions that call each other at most \(deepest) deep, found more",
            at: SourceLocation(file: path, field: model.graph.nodes[index].label(index)))
    }

    /// The function's nodes with the call's operands, results and attributes.
    private static func body(of function: ONNXModel.Function, calledBy call: ONNXModel.Node, _ index: Int)
        -> [ONNXModel.Node]
    {
        let prefix = (call.name.isEmpty ? call.outputs.first ?? "#\(index)" : call.name) + "/"
        var names: [String: String] = [:]
        for (position, input) in function.inputs.enumerated() {
            names[input] = position < call.inputs.count ? call.inputs[position] : ""
        }
        for (name, result) in zip(function.outputs, call.outputs) where !result.isEmpty { names[name] = result }
        func renamed(_ name: String) -> String { name.isEmpty ? name : names[name] ?? prefix + name }
        return function.nodes.map { node in
            var node = node
            node.name = prefix + node.name
            node.inputs = node.inputs.map(renamed)
            node.outputs = node.outputs.map(renamed)
            for (name, attribute) in node.attributes {
                guard case .reference(let outer) = attribute else { continue }
                node.attributes[name] = call.attributes[outer] ?? function.defaults[outer]
            }
            return node
        }
    }
}

extension ONNXModel.Node {
    fileprivate var key: String { domain + "." + operatorType }
}
