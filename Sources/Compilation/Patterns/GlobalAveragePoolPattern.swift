internal import Workloads

/// The mean over both axes of an image, [N, C, H, W] → [N, C, 1, 1], which exporters write as ReduceMean.
struct GlobalAveragePoolPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        let shape = graph.shape(of: anchor.inputs[0])
        guard anchor.kind == .reduce(.mean, axes: [2, 3]), shape.count == 4,
            graph.shape(of: anchor.output) == shape.prefix(2) + [1, 1]
        else { return [] }
        return [
            PatternCandidate(
                pattern: .globalAveragePool, root: anchor.id, inputs: anchor.inputs, kind: .globalAveragePool)
        ]
    }
}
