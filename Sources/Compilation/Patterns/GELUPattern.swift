internal import Foundation
internal import Workloads

/// gelu(x) = x/2 · (1 + erf(x/√2)), and its approximation x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
///
/// Source: Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, section 2.
struct GELUPattern: GraphPattern {
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        let pattern: RecognizedPattern.Kind
        let function: ElementwiseFunction
        let argument: (Polynomial) -> Polynomial
        switch anchor.kind {
        case .elementwise(.erf):
            (pattern, function) = (.gelu, .gelu)
            argument = { x in x * Polynomial(constant: 0.5.squareRoot()) }
        case .elementwise(.tanh):
            (pattern, function) = (.geluTanh, .geluTanh)
            argument = { x in
                Polynomial(constant: (2 / Double.pi).squareRoot()) * (x + Polynomial(constant: 0.044715) * x * x * x)
            }
        default: return []
        }
        return graph.operands(within: anchor.inputs[0]).flatMap { input -> [PatternCandidate] in
            let x = Polynomial(input)
            guard let inner = graph.polynomial(of: anchor.inputs[0], in: [input]), inner.isClose(to: argument(x))
            else { return [] }
            let half = Polynomial(constant: 0.5)
            let formula = half * x + half * x * Polynomial(anchor.output)
            return graph.functions(formula, of: input, through: anchor.output).map {
                PatternCandidate(pattern: pattern, root: $0.id, inputs: [input], kind: .elementwise(function))
            }
        }
    }
}

extension OperatorGraph {
    /// The operators, the last first, that compute a formula of an input and of a function's result that is made of it.
    func functions(_ formula: Polynomial, of input: Value.ID, through result: Value.ID) -> [Operator] {
        arithmetic(behind: result).filter { root in
            shape(of: root.output) == shape(of: input)
                && polynomial(of: root.output, in: [input, result])?.isClose(to: formula) ?? false
        }
    }
}
