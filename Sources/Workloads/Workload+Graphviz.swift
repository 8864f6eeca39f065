extension Workload {
    /// The graph in Graphviz's DOT language: a box an operator, tensor operators shaded by their share of the multiply–accumulates, an edge for
    /// each tensor that one reads of another, labelled with its shape. `dot -Tsvg` draws it.
    public var graphviz: String {
        var text = """
            digraph "\(Workload.escaped(name))" {
              rankdir=TB
              node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=10]
              edge [fontname="Helvetica", fontsize=8]

            """
        let producers = Dictionary(uniqueKeysWithValues: operators.map { ($0.output, $0) })
        let largest = max(1, operators.map(\.macs).max() ?? 1)
        for id in inputs {
            text += "  v\(id.index) [shape=ellipse, label=\"\(Workload.escaped(self[id].name))\"]\n"
        }
        for node in operators {
            var label = Workload.escaped(node.name) + "\\n" + node.kind.name
            var style = ""
            if node.macs > 0 {
                label += "\\n\(node.macs) MACs"
                // From a tenth of the colour on, so that small operators differ from those without MACs.
                let saturation = 0.1 + 0.5 * (Double(node.macs) / Double(largest)).squareRoot()
                style = ", fillcolor=\"0.58 \(Workload.twoDigits(saturation)) 1.00\""
            }
            text += "  o\(node.id.index) [label=\"\(label)\"\(style)]\n"
        }
        for node in operators {
            for input in node.inputs {
                let from = producers[input].map { "o\($0.id.index)" } ?? "v\(input.index)"
                text += "  \(from) -> o\(node.id.index) [label=\"\(shapeText(self[input].shape))\"]\n"
            }
        }
        for (position, output) in outputs.enumerated() {
            guard let producer = producers[output] else { continue }
            text += "  r\(position) [shape=ellipse, label=\"\(Workload.escaped(self[output].name))\"]\n"
            text += "  o\(producer.id.index) -> r\(position) [label=\"\(shapeText(self[output].shape))\"]\n"
        }
        return text + "}\n"
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
    }

    private static func twoDigits(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
