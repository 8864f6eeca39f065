internal import Workloads

/// hardSigmoid(x) = clip(α·x + β, 0, 1), written e.g. as clip(x + 3, 0, 6) / 6.
///
/// Known are α = 1/6, β = 1/2 (Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2) and α = 1/5, β = 1/2
/// (ONNX's default).
struct HardSigmoidPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        guard anchor.kind != .elementwise(.hardSigmoid) else { return [] }
        return graph.clippedLines(at: anchor).flatMap { line -> [PatternCandidate] in
            guard let slope = [1.0 / 6, 0.2].first(where: { isCloseConstant($0, line.slope) }),
                isCloseConstant(line.offset, 0.5)
            else { return [] }
            let scaled = Polynomial(constant: line.factor) * Polynomial(anchor.output)
            var roots = graph.functions(scaled, of: line.input, through: anchor.output)
            if isCloseConstant(line.factor, 1) { roots.append(anchor) }
            return roots.map {
                PatternCandidate(
                    pattern: .hardSigmoid, root: $0.id, inputs: [line.input], kind: .elementwise(.hardSigmoid),
                    scalars: [ScalarOperand(position: 1, value: slope), ScalarOperand(position: 2, value: 0.5)])
            }
        }
    }
}
