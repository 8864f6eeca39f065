import Testing
import Workloads

/// The graph as a drawing program reads it.
@Suite struct GraphvizTests {
    @Test func everyOperatorAndTensorIsThere() throws {
        let workload = try WorkloadZoo.workload(named: "ocr-recognizer")
        let lines = workload.graphviz.split(separator: "\n").map(String.init)
        let edges = lines.filter { $0.contains(" -> ") }
        let reads = workload.operators.reduce(0) { $0 + $1.inputs.count }
        #expect(edges.count == reads + workload.outputs.count)
        for node in workload.operators {
            #expect(lines.filter { $0.hasPrefix("  o\(node.id.index) [label=\"\(node.name)\\n") }.count == 1)
        }
    }

    @Test func namesAreQuoted() throws {
        var builder = try WorkloadBuilder(name: "a \"b\" \\c", batch: 1)
        let x = try builder.input("in\"", shape: [1, 4])
        let y = try builder.linear(x, features: 2, named: "l\"\\")
        let text = try builder.build(outputs: [y]).graphviz
        #expect(text.contains("digraph \"a \\\"b\\\" \\\\c\"") && text.contains("label=\"l\\\"\\\\\\nlinear"))
        #expect(text.contains("label=\"in\\\"\""))
    }
}
