internal import Diagnostics

/// Checks how a graph's nodes hang together, and orders those that its outputs need.
enum NodeOrder {
    /// The positions of the nodes that the outputs need, each behind those that it reads from.
    ///
    /// - Throws: `DiagnosticError` (`badData`) for a graph without outputs, a tensor that two nodes write or none, and a cycle.
    static func order(of graph: ONNXModel.Graph, path: String) throws -> [Int] {
        func fault(_ message: String, at field: String, remedy: String? = nil) -> DiagnosticError {
            DiagnosticError(.badData, message, at: SourceLocation(file: path, field: field), remedy: remedy)
        }
        guard !graph.outputs.isEmpty else {
            throw fault("expected a graph with at least one output, found none", at: "graph")
        }
        var producer: [String: Int] = [:]
        var given = Set(graph.initializers.map(\.name))
        for input in graph.inputs { given.insert(input.name) }
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty {
                guard !given.contains(output), producer.updateValue(index, forKey: output) == nil else {
                    throw fault(
                        "expected every tensor to be written once, found a second '\(output)'", at: node.label(index))
                }
            }
        }
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs where !input.isEmpty && producer[input] == nil && !given.contains(input) {
                throw fault("expected a node, input or initializer named '\(input)', found none", at: node.label(index))
            }
        }
        for output in graph.outputs where producer[output.name] == nil && !given.contains(output.name) {
            throw fault("expected a node that writes the output '\(output.name)', found none", at: "graph")
        }
        var visit = Visit(graph: graph, producer: producer)
        for output in graph.outputs {
            guard let index = producer[output.name] else { continue }
            if let onCycle = visit.run(from: index) {
                throw fault(
                    "expected a graph without cycles, found one through this node",
                    at: graph.nodes[onCycle].label(onCycle), remedy: "a node must not need its own output")
            }
        }
        // The file's own order is kept where each node stands behind those that it reads from.
        let needed = graph.nodes.indices.filter { visit.needed[$0] }
        let isSorted = needed.allSatisfy { index in
            graph.nodes[index].inputs.allSatisfy { producer[$0].map { $0 < index } ?? true }
        }
        return isSorted ? needed : visit.order
    }

    /// A depth-first search against the edges, with a stack of its own, since graphs are deeper than the call stack.
    private struct Visit {
        let graph: ONNXModel.Graph
        let producer: [String: Int]
        var order: [Int] = []
        var needed: [Bool]
        private var isOpen: [Bool]

        init(graph: ONNXModel.Graph, producer: [String: Int]) {
            self.graph = graph
            self.producer = producer
            needed = Array(repeating: false, count: graph.nodes.count)
            isOpen = needed
        }

        /// Appends what a node needs, then the node; returns a node on a cycle if there is one.
        mutating func run(from start: Int) -> Int? {
            guard !needed[start] else { return nil }
            var stack = [(node: start, input: 0)]
            needed[start] = true
            isOpen[start] = true
            while let (node, input) = stack.last {
                guard input < graph.nodes[node].inputs.count else {
                    isOpen[node] = false
                    order.append(node)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].input += 1
                guard let next = producer[graph.nodes[node].inputs[input]] else { continue }
                if isOpen[next] { return next }
                guard !needed[next] else { continue }
                needed[next] = true
                isOpen[next] = true
                stack.append((next, 0))
            }
            return nil
        }
    }
}

extension ONNXModel.Node {
    /// A name for the node: its own, else its first output's.
    func displayName(_ index: Int) -> String {
        name.isEmpty ? outputs.first { !$0.isEmpty } ?? "#\(index)" : name
    }

    /// The node as messages name it.
    func label(_ index: Int) -> String { "node '\(displayName(index))' (\(operatorType))" }
}
