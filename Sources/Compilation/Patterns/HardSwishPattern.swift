internal import Workloads

/// hardSwish(x) = x · hardSigmoid(x) = x · clip(x/6 + 1/2, 0, 1), written e.g. as x · clip(x + 3, 0, 6) / 6.
///
/// Source: Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2.
struct HardSwishPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        graph.clippedLines(at: anchor).flatMap { line -> [PatternCandidate] in
            guard isCloseConstant(line.slope, 1.0 / 6), isCloseConstant(line.offset, 0.5) else { return [] }
            let product = Polynomial(constant: line.factor) * Polynomial(line.input) * Polynomial(anchor.output)
            return graph.functions(product, of: line.input, through: anchor.output).map {
                PatternCandidate(
                    pattern: .hardSwish, root: $0.id, inputs: [line.input], kind: .elementwise(.hardSwish))
            }
        }
    }
}
