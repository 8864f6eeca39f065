internal import Workloads

/// softmax(x) = exp(x − max x) / Σ exp(x − max x), along the last axis.
///
/// Source: the ONNX operator specification, Softmax, whose function body is ReduceMax, Sub, Exp, ReduceSum, Div.
struct SoftmaxPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        guard anchor.kind == .elementwise(.exp), let input = shiftedInput(of: anchor, in: graph) else { return [] }
        let exponential = anchor.output
        return graph.rowReductions(.sum, of: exponential).flatMap { sum in
            let quotient = Polynomial([Polynomial.Monomial([exponential: 1, sum.output: -1]): 1])
            return graph.arithmetic(behind: sum.output).filter { root in
                graph.polynomial(of: root.output, in: [exponential, sum.output])?.isClose(to: quotient) ?? false
            }.map { PatternCandidate(pattern: .softmax, root: $0.id, inputs: [input], kind: .softmax) }
        }
    }

    /// x, where the exponent is x − max x.
    private func shiftedInput(of anchor: Operator, in graph: OperatorGraph) -> Value.ID? {
        graph.operands(within: anchor.inputs[0]).first { input in
            graph.rowReductions(.maximum, of: input).contains { maximum in
                let difference = Polynomial(input) + -Polynomial(maximum.output)
                return graph.polynomial(of: anchor.inputs[0], in: [input, maximum.output])?.isClose(to: difference)
                    ?? false
            }
        }
    }
}
