internal import Workloads

/// layerNorm(x) = (x − μ) / √(σ² + ε) · scale + shift, along the last axis, with μ = mean x and σ² = mean (x − μ)², or
/// mean x² − μ².
///
/// The scale, the shift, or both may be missing. The square may be a power of 2 or a product, x − μ may be computed twice,
/// and scale and shift may be drawn into factors of x and μ, as TensorFlow does. Source: Ba et al., "Layer Normalization",
/// 2016, equation 4; the ONNX operator specification, LayerNormalization.
struct LayerNormPattern: GraphPattern {
    /// The largest ε that is one: 10⁻¹² … 10⁻³ are in use.
    private static let largestEpsilon = 0.01

    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate] {
        guard let exponent = rootExponent(of: anchor), let (input, mean) = moments(under: anchor.inputs[0], in: graph)
        else { return [] }
        let (root, shape) = (anchor.output, graph.shape(of: input))
        return graph.arithmetic(behind: root).compactMap { last in
            guard graph.shape(of: last.output) == shape,
                let formula = graph.polynomial(of: last.output, in: [input, mean, root]),
                let parameters = scaleAndShift(of: formula, input, mean, root, exponent, in: graph)
            else { return nil }
            return PatternCandidate(
                pattern: .layerNorm, root: last.id, inputs: [input], kind: .layerNorm, parameters: parameters)
        }
    }

    /// The exponent that a deviation has in the quotient: −1 of √(σ² + ε), 1 of (σ² + ε)^−½; nil for other operators.
    private func rootExponent(of anchor: Operator) -> Int? {
        switch anchor.kind {
        case .elementwise(.sqrt): return -1
        case .elementwise(.power) where anchor.scalars == [ScalarOperand(position: 1, value: 0.5)]: return -1
        case .elementwise(.power) where anchor.scalars == [ScalarOperand(position: 1, value: -0.5)]: return 1
        default: return nil
        }
    }

    /// x and its mean, where a value is x's variance and an ε.
    private func moments(under value: Value.ID, in graph: OperatorGraph) -> (input: Value.ID, mean: Value.ID)? {
        let squares = graph.operands(within: value).compactMap { graph.producer(of: $0) }
            .filter { graph.isRowReduction($0, .mean) }
        for squareMean in squares {
            let square = squareMean.inputs[0]
            for input in graph.operands(within: square) {
                for mean in graph.rowReductions(.mean, of: input) where mean.id != squareMean.id {
                    let atoms: Set = [input, mean.output, squareMean.output]
                    guard let variance = graph.polynomial(of: value, in: atoms),
                        let squared = graph.polynomial(of: square, in: atoms)
                    else { continue }
                    let (x, m) = (Polynomial(input), Polynomial(mean.output))
                    let epsilon = variance.coefficient()
                    let rest = variance + Polynomial(constant: -epsilon)
                    let isCentred =
                        squared.isClose(to: (x + -m) * (x + -m)) && rest.isClose(to: Polynomial(squareMean.output))
                    let isDifference =
                        squared.isClose(to: x * x) && rest.isClose(to: Polynomial(squareMean.output) + -(m * m))
                    if isCentred || isDifference, (0...LayerNormPattern.largestEpsilon).contains(epsilon) {
                        return (input, mean.output)
                    }
                }
            }
        }
        return nil
    }

    /// The trained vectors of a formula g·x/d − g·μ/d + b, where g, b or both may be missing; nil if it is none.
    private func scaleAndShift(
        of formula: Polynomial, _ input: Value.ID, _ mean: Value.ID, _ root: Value.ID, _ exponent: Int,
        in graph: OperatorGraph
    ) -> [Value.ID]? {
        let extent = graph.shape(of: input).last
        let vectors = formula.coefficients.keys.flatMap(\.exponents.keys).filter { value in
            let tensor = graph.workload[value]
            return tensor.role == .parameter && tensor.elements == extent && tensor.shape.last == extent
        }
        let candidates: [Value.ID?] = [nil] + Set(vectors).sorted().map { $0 }
        for scale in candidates {
            for shift in candidates where shift == nil || shift != scale {
                var factors = [root: exponent]
                if let scale { factors[scale] = 1 }
                var expected: [Polynomial.Monomial: Double] = [:]
                for (term, sign) in [(input, 1.0), (mean, -1)] {
                    expected[Polynomial.Monomial(factors.merging([term: 1], uniquingKeysWith: +))] = sign
                }
                if let shift { expected[Polynomial.Monomial([shift: 1])] = 1 }
                if formula.isClose(to: Polynomial(expected)) { return [scale, shift].compactMap { $0 } }
            }
        }
        return nil
    }
}
