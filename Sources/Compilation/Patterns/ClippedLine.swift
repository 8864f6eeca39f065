internal import Workloads

/// A value that, times `factor`, is clip(slope · input + offset, 0, 1).
struct ClippedLine {
    var input: Value.ID
    var factor: Double
    var slope: Double
    var offset: Double
}

extension OperatorGraph {
    /// What an operator clips, for each value that its argument may be a line of: a clip, a minimum of a maximum or the other way
    /// round, or a hard sigmoid.
    func clippedLines(at anchor: Operator) -> [ClippedLine] {
        if anchor.kind == .elementwise(.hardSigmoid) {
            // ONNX's defaults, where nothing is said.
            func setting(_ position: Int, _ standard: Double) -> Double {
                anchor.scalars.first { $0.position == position }?.value ?? standard
            }
            return [ClippedLine(input: anchor.inputs[0], factor: 1, slope: setting(1, 0.2), offset: setting(2, 0.5))]
        }
        guard let (argument, upper) = clippedAtZero(anchor), upper > 0, upper.isFinite else { return [] }
        return operands(within: argument).compactMap { input in
            guard let line = polynomial(of: argument, in: [input]), line.coefficients.count == 2,
                line.coefficient(of: [input: 1]) != 0, line.coefficient() != 0
            else { return nil }
            return ClippedLine(
                input: input, factor: 1 / upper, slope: line.coefficient(of: [input: 1]) / upper,
                offset: line.coefficient() / upper)
        }
    }

    /// The argument and the upper bound of a clip that has 0 as lower bound.
    private func clippedAtZero(_ anchor: Operator) -> (argument: Value.ID, upper: Double)? {
        switch anchor.kind {
        case .elementwise(.clip):
            guard anchor.inputs.count == 1, anchor.scalars.map(\.position) == [1, 2], anchor.scalars[0].value == 0
            else { return nil }
            return (anchor.inputs[0], anchor.scalars[1].value)
        case .elementwise(.minimum):
            guard let upper = bound(of: anchor), let below = producer(of: anchor.inputs[0]) else { return nil }
            let isRectifier = below.kind == .elementwise(.relu)
            let isMaximum = below.kind == .elementwise(.maximum) && bound(of: below) == 0
            return isRectifier || isMaximum ? (below.inputs[0], upper) : nil
        case .elementwise(.maximum), .elementwise(.relu):
            guard anchor.kind == .elementwise(.relu) || bound(of: anchor) == 0,
                let above = producer(of: anchor.inputs[0]), above.kind == .elementwise(.minimum),
                let upper = bound(of: above)
            else { return nil }
            return (above.inputs[0], upper)
        default: return nil
        }
    }

    /// The number that a value is compared with.
    private func bound(of node: Operator) -> Double? {
        node.inputs.count == 1 && node.scalars.count == 1 ? node.scalars[0].value : nil
    }
}
