internal import Workloads

/// swish(x) = x · sigmoid(x), also known as SiLU.
///
/// Source: Ramachandran et al., "Searching for Activation Functions", 2017, section 3, with β = 1.
struct SwishPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        guard anchor.kind == .elementwise(.sigmoid) else { return [] }
        let input = anchor.inputs[0]
        let product = Polynomial(input) * Polynomial(anchor.output)
        return graph.functions(product, of: input, through: anchor.output).map {
            PatternCandidate(pattern: .swish, root: $0.id, inputs: [input], kind: .elementwise(.swish))
        }
    }
}
