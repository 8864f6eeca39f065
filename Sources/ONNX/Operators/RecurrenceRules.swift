internal import Workloads

/// Recurrent layers: the product of their inputs for all steps at once, and the steps.
enum RecurrenceRules {
    static let rules: [String: OperatorRule] = [
        "LSTM": { try layer(.lstm, $0, &$1) }, "GRU": { try layer(.gru, $0, &$1) }, "RNN": { try layer(.rnn, $0, &$1) },
    ]

    /// X [T, N, C], W [D, g·H, C], R [D, g·H, H], B [D, 2·g·H] → Y [T, D, N, H], Y_h [D, N, H], for an LSTM also Y_c [D, N, H].
    ///
    /// The product of the input does not depend on the steps: it is one `linear` for all steps and directions, with the biases of
    /// input and hidden state behind it. Initial states cost nothing. A GRU counts as one that resets behind the product, whatever
    /// `linear_before_reset` says: the other form multiplies and adds as often. Activation functions count as the default ones.
    private static func layer(_ cell: RecurrentCell, _ node: OperatorNode, _ lowering: inout Lowering) throws
        -> [Tensor]
    {
        let (input, weight, recurrent) = (try node.input(0), try node.input(1), try node.input(2))
        guard input.shape.count == 3, weight.shape.count == 3, recurrent.shape.count == 3 else {
            throw node.fault(
                "expected an input [T, N, C] and weights [D, \(cell.gates)H, C] and [D, \(cell.gates)H, H], found"
                    + " \(shapeText(input.shape)), \(shapeText(weight.shape)) and \(shapeText(recurrent.shape))")
        }
        guard weight.id == nil, recurrent.id == nil else { throw node.fault("expected weights that are trained") }
        guard node.optionalInput(7) == nil else {
            throw node.fault("expected no peephole weights, which are not supported")
        }
        let isBatchFirst = try node.int("layout") == 1
        let (steps, batch) = isBatchFirst ? (input.shape[1], input.shape[0]) : (input.shape[0], input.shape[1])
        let (directions, hidden, channels) = (recurrent.shape[0], recurrent.shape[2], input.shape[2])
        let expected = try node.string("direction") == "bidirectional" ? 2 : 1
        guard directions == expected, hidden > 0,
            let rows = checkedProduct([cell.gates, hidden]), recurrent.shape[1] == rows,
            weight.shape == [directions, rows, channels]
        else {
            throw node.fault(
                "expected weights of \(expected) directions, [D, \(cell.gates)H, \(channels)] and [D, \(cell.gates)H, H],"
                    + " found \(shapeText(weight.shape)) and \(shapeText(recurrent.shape))")
        }
        let gateCount = directions * rows
        let sequence = try lowering.view(input, shape: [batch, steps, channels], of: node, part: "sequence")
        var gates = try lowering.append(
            .linear, [sequence], parameters: [weight], shape: [batch, steps, gateCount],
            loopNest: LoopNest(
                batch: batch, outputChannels: gateCount, inputChannels: channels, outputWidth: steps), of: node,
            part: "input")
        if let bias = node.optionalInput(3) {
            guard bias.id == nil, bias.elements == 2 * gateCount else {
                throw node.fault("expected a trained bias [D, \(2 * cell.gates)H], found \(shapeText(bias.shape))")
            }
            for part in ["inputBias", "hiddenBias"] {
                let half = lowering.folded([gateCount], bias.type, of: node, part: part)
                gates = try lowering.biasAdd(gates, half, of: node, part: part)
            }
        }
        let nest = LoopNest(groups: directions, batch: batch, outputChannels: rows, inputChannels: hidden)
        let states = try lowering.append(
            .recurrence(cell, steps: steps), [gates], parameters: [recurrent],
            shape: [batch, steps, directions * hidden],
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
