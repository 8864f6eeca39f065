internal import Workloads

/// Recurrent layers: the product of their inputs for all steps at once, and the steps.
enum RecurrenceRules {
    static let rules: [String: OperatorRule] = [
        "LSTM": lstm,
        "GRU": { node, _ in throw unsupported(node) },
        "RNN": { node, _ in throw unsupported(node) },
    ]

    private static func unsupported(_ node: OperatorNode) -> any Error {
        node.fault("expected an LSTM, found another recurrent layer, which is not supported yet")
    }

    /// X [T, N, C], W [D, 4H, C], R [D, 4H, H], B [D, 8H] → Y [T, D, N, H], Y_h [D, N, H], Y_c [D, N, H].
    ///
    /// The product of the input does not depend on the steps: it is one `linear` for all steps and directions, with the biases of
    /// input and hidden state behind it. Initial states cost nothing.
    private static func lstm(_ node: OperatorNode, _ lowering: inout Lowering) throws -> [Tensor] {
        let (input, weight, recurrent) = (try node.input(0), try node.input(1), try node.input(2))
        guard input.shape.count == 3, weight.shape.count == 3, recurrent.shape.count == 3 else {
            throw node.fault(
                "expected an input [T, N, C] and weights [D, 4H, C] and [D, 4H, H], found \(shapeText(input.shape)),"
                    + " \(shapeText(weight.shape)) and \(shapeText(recurrent.shape))")
        }
        guard weight.id == nil, recurrent.id == nil else { throw node.fault("expected weights that are trained") }
        guard node.optionalInput(7) == nil else {
            throw node.fault("expected no peephole weights, which are not supported")
        }
        let isBatchFirst = try node.int("layout") == 1
        let (steps, batch) = isBatchFirst ? (input.shape[1], input.shape[0]) : (input.shape[0], input.shape[1])
        let (directions, hidden, channels) = (recurrent.shape[0], recurrent.shape[2], input.shape[2])
        let expected = try node.string("direction") == "bidirectional" ? 2 : 1
        guard directions == expected, recurrent.shape[1] == 4 * hidden,
            weight.shape == [directions, 4 * hidden, channels], hidden > 0
        else {
            throw node.fault(
                "expected weights of \(expected) directions, [D, 4H, \(channels)] and [D, 4H, H], found"
                    + " \(shapeText(weight.shape)) and \(shapeText(recurrent.shape))")
        }
        let gateCount = directions * 4 * hidden
        let sequence = try lowering.view(input, shape: [batch, steps, channels], of: node, part: "sequence")
        var gates = try lowering.append(
            .linear, [sequence], parameters: [weight], shape: [batch, steps, gateCount],
            loopNest: LoopNest(
                batch: batch, outputChannels: gateCount, inputChannels: channels, outputWidth: steps), of: node,
            part: "input")
        if let bias = node.optionalInput(3) {
            guard bias.id == nil, bias.elements == 2 * gateCount else {
                throw node.fault("expected a trained bias [D, 8H], found \(shapeText(bias.shape))")
            }
            for part in ["inputBias", "hiddenBias"] {
                let half = lowering.folded([gateCount], bias.type, of: node, part: part)
                gates = try lowering.biasAdd(gates, half, of: node, part: part)
            }
        }
        let nest = LoopNest(groups: directions, batch: batch, outputChannels: 4 * hidden, inputChannels: hidden)
        let states = try lowering.append(
            .lstm(steps: steps), [gates], parameters: [recurrent], shape: [batch, steps, directions * hidden],
            loopNest: nest, of: node)
        let all = try lowering.view(
            states,
            shape: isBatchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden], of: node,
            part: "states")
        guard node.outputCount > 1 else { return [all] }
        let last = try lowering.slice(states, axis: 1, start: steps - 1, count: 1, of: node, part: "last")
        let state = try lowering.view(
            last, shape: isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden], of: node,
            part: "state")
        return [all, state, state]
    }
}
