internal import Workloads

/// sigmoid(x) = 1 / (1 + exp(−x)), and swish(x) = x / (1 + exp(−x)).
struct SigmoidPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        guard anchor.kind == .elementwise(.exp) else { return [] }
        let denominator = Polynomial(constant: 1) + Polynomial(anchor.output)
        return graph.operands(within: anchor.inputs[0]).flatMap { input -> [PatternCandidate] in
            guard graph.polynomial(of: anchor.inputs[0], in: [input])?.isClose(to: -Polynomial(input)) ?? false
            else { return [] }
            return graph.arithmetic(behind: anchor.output).compactMap { root in
                guard let quotient = quotient(root), graph.shape(of: root.output) == graph.shape(of: input),
                    graph.polynomial(of: quotient.divisor, in: [anchor.output])?.isClose(to: denominator) ?? false
                else { return nil }
                switch quotient.dividend {
                case .scalar(1):
                    return PatternCandidate(
                        pattern: .sigmoid, root: root.id, inputs: [input], kind: .elementwise(.sigmoid))
                case .value(input):
                    return PatternCandidate(
                        pattern: .swish, root: root.id, inputs: [input], kind: .elementwise(.swish))
                default: return nil
                }
            }
        }
    }

    /// What an operator divides, and by which value.
    private func quotient(_ node: Operator) -> (dividend: Operator.Operand, divisor: Value.ID)? {
        let operands = node.operands
        switch node.kind {
        case .elementwise(.reciprocal): return (.scalar(1), node.inputs[0])
        case .elementwise(.divide):
            guard operands.count == 2, case .value(let divisor) = operands[1] else { return nil }
            return (operands[0], divisor)
        default: return nil
        }
    }
}
