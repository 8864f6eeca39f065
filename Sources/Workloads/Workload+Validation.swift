import Diagnostics

extension Workload {
    /// Checks that the workload is what every later stage relies on.
    ///
    /// - Ids are positions; extents are positive; all counts stay below `largestCount`. A batch above 1 is an extent of an
    ///   input; elsewhere an imported network may have it behind others, or drawn together with them.
    /// - Operators are in topological order, and each activation is written by exactly one of them.
    /// - Shapes fit each operator's kind, and a loop nest, which tensor operators and no others have, fits its tensors.
    ///
    /// - Throws: `DiagnosticError` of kind `.badData` that names the first operator or value that breaks a rule.
    public func validate() throws {
        guard batch > 0 else { throw fault("expected a batch of at least 1, found \(batch)", at: "batch") }
        guard !operators.isEmpty else { throw fault("expected at least one operator, found none", at: "operators") }
        try validateValues()
        try validateOrder()
        for node in operators { try validateShapes(of: node) }
        try validateTotals()
    }

    private func validateValues() throws {
        for (index, value) in values.enumerated() {
            guard value.id.index == index else {
                throw fault("expected the id \(index), found \(value.id.index)", at: value.name)
            }
            guard value.shape.allSatisfy({ $0 > 0 }) else {
                throw fault("expected extents of at least 1, found shape \(shapeText(value.shape))", at: value.name)
            }
        }
        for id in inputs + outputs where !values.indices.contains(id.index) {
            throw fault("expected the id of a value, found \(id.index)", at: name)
        }
        for id in inputs where self[id].role != .input {
            throw fault("expected an input, found the role \(self[id].role.rawValue)", at: self[id].name)
        }
        if batch > 1, let first = inputs.first, !inputs.contains(where: { self[$0].shape.contains(batch) }) {
            throw fault(
                "expected the batch, \(batch), among the extents of an input, found shape \(shapeText(self[first].shape))",
                at: self[first].name)
        }
    }

    private func validateOrder() throws {
        var isAvailable = values.map { $0.role != .activation }
        for (index, node) in operators.enumerated() {
            guard node.id.index == index else {
                throw fault("expected the id \(index), found \(node.id.index)", at: node.name)
            }
            guard !node.inputs.isEmpty else { throw fault("expected at least one input, found none", at: node.name) }
            for id in node.inputs + node.parameters + [node.output] where !values.indices.contains(id.index) {
                throw fault("expected the id of a value, found \(id.index)", at: node.name)
            }
            for id in node.inputs + node.parameters where !isAvailable[id.index] {
                throw fault("expected '\(self[id].name)' to be written by an earlier operator", at: node.name)
            }
            for id in node.inputs where self[id].role == .parameter {
                throw fault("expected an input or an activation, found parameter '\(self[id].name)'", at: node.name)
            }
            for id in node.parameters where self[id].role != .parameter {
                throw fault("expected a parameter, found the role \(self[id].role.rawValue)", at: node.name)
            }
            guard self[node.output].role == .activation, !isAvailable[node.output.index] else {
                throw fault(
                    "expected an activation that no other operator writes, found '\(self[node.output].name)'",
                    at: node.name)
            }
            isAvailable[node.output.index] = true
        }
        for value in values where !isAvailable[value.id.index] {
            throw fault("expected an operator that writes this value, found none", at: value.name)
        }
    }

    private func validateShapes(of node: Operator) throws {
        let input = self[node.inputs[0]].shape
        let output = self[node.output].shape
        let isPossible: Bool
        switch node.kind {
        case .convolution, .linear, .matmul: isPossible = true
        case .recurrence(let cell, let steps):
            isPossible =
                input.count == 3 && output.count == 3 && steps == input[1]
                && checkedProduct([cell.gates, output[2]]) == input[2]
                && output.prefix(2) == input.prefix(2)
        case .concat(let axis):
            let parts = (node.inputs + node.parameters).map { self[$0].shape }
            isPossible = concatenatedShape(parts, axis: axis, batch: output.first ?? batch) == output
        case .slice(let axis, let start):
            isPossible =
                input.indices.contains(axis) && output.count == input.count
                && start >= 0 && start <= input[axis] && output[axis] <= input[axis] - start
                && output == input.replacingExtent(at: axis, with: output[axis])
        case .copy: isPossible = true
        case .upsample:
            isPossible =
                input.count == 4 && output.count == 4 && output.prefix(2) == input.prefix(2)
                && output[2] >= input[2] && output[3] >= input[3]
        case .elementwise(let function):
            // A bias stands along an axis of its own.
            let operands = function == .biasAdd ? node.inputs : node.inputs + node.parameters
            isPossible = broadcastShape(operands.map { self[$0].shape }) == output
        case .batchNorm, .layerNorm, .softmax: isPossible = output == input
        case .maxPool, .averagePool:
            isPossible = input.count == 4 && output.count == 4 && output.prefix(2) == input.prefix(2)
        case .globalAveragePool: isPossible = input.count == 4 && output == input.prefix(2) + [1, 1]
        case .reduce(_, let axes):
            isPossible =
                !axes.isEmpty && axes == Set(axes).sorted() && axes.allSatisfy(input.indices.contains)
                && [true, false].contains { reducedShape(input, axes: axes, keepsAxes: $0) == output }
        case .embedding: isPossible = output.dropLast() == input[...]
        case .reshape:
            if let read = checkedProduct(input), let viewed = checkedProduct(output) {
                isPossible = viewed <= read
            } else {
                isPossible = false
            }
        }
        guard isPossible else {
            let shapes = node.inputs.map { shapeText(self[$0].shape) }.joined(separator: " and ")
            throw fault(
                "expected shapes that fit \(node.kind.name), found \(shapes) → \(shapeText(output))",
                at: node.name)
        }
        try validateOperands(of: node)
        try validateLoopNest(of: node)
    }

    private func validateOperands(of node: Operator) throws {
        guard case .elementwise(let function) = node.kind else {
            guard node.scalars.isEmpty else {
                throw fault("expected no numbers among the operands of \(node.kind.name), found some", at: node.name)
            }
            return
        }
        let count = node.inputs.count + node.parameters.count + node.scalars.count
        guard function.operandCounts.contains(count) else {
            throw fault(function.operandCountFault(found: count), at: node.name)
        }
        let positions = node.scalars.map(\.position)
        guard positions == Set(positions).sorted(), positions.allSatisfy((0..<count).contains) else {
            throw fault("expected numbers at different operands of \(count), found them at \(positions)", at: node.name)
        }
        for scalar in node.scalars where scalar.value.isNaN {
            throw fault("expected a number as operand \(scalar.position), found NaN", at: node.name)
        }
    }

    private func validateLoopNest(of node: Operator) throws {
        guard node.kind.isTensorOperator == (node.loopNest != nil) else {
            throw fault(
                node.kind.isTensorOperator
                    ? "expected a loop nest for \(node.kind.name), found none"
                    : "expected no loop nest for \(node.kind.name), found one", at: node.name)
        }
        guard let nest = node.loopNest else { return }
        let extents = Dimension.allCases.map { nest[$0] }
        let geometry = [
            nest.strideHeight, nest.strideWidth, nest.dilationHeight, nest.dilationWidth, nest.inputHeight,
            nest.inputWidth,
        ]
        guard (extents + geometry).allSatisfy({ $0 > 0 }), checkedProduct(extents + [node.kind.steps]) != nil
        else {
            throw fault(
                "expected a loop nest of positive extents and at most 2^53 points, found \(extents)",
                at: node.name)
        }
        guard nest.weightIsActivation == (node.kind == .matmul) else {
            throw fault(
                "expected the second operand of a matmul, and of nothing else, to be an activation",
                at: node.name)
        }
        let weightID = nest.weightIsActivation ? node.inputs.dropFirst().first : node.parameters.first
        guard let weightID else { throw fault("expected a second operand, found none", at: node.name) }
        // A recurrence multiplies what it writes, and adds that to what it reads.
        let (read, written) =
            if case .recurrence = node.kind { (node.output, node.inputs[0]) } else { (node.inputs[0], node.output) }
        let found = [read, weightID, written].map { checkedProduct(self[$0].shape) }
        let needed = [
            checkedProduct([
                node.kind.steps, nest.batch, nest.groups, nest.inputChannels, nest.inputHeight, nest.inputWidth,
            ]),
            checkedProduct([
                nest.groups, nest.outputChannels, nest.inputChannels, nest.filterHeight, nest.filterWidth,
            ]),
            checkedProduct([
                node.kind.steps, nest.batch, nest.groups, nest.outputChannels, nest.outputHeight, nest.outputWidth,
            ]),
        ]
        guard found == needed else {
            let shapes = [read, weightID, written].map { shapeText(self[$0].shape) }
            throw fault(
                "expected input, weight and output that fit the loop nest G,N,K,C,P,Q,R,S = \(extents), found shapes"
                    + " \(shapes.joined(separator: ", "))", at: node.name)
        }
    }

    private func validateTotals() throws {
        var totals = (elements: 0, macs: 0)
        for value in values {
            totals.elements += checkedProduct(value.shape) ?? Self.largestCount + 1
            guard totals.elements <= Self.largestCount else {
                throw fault("expected at most 2^53 elements in the whole workload, found more", at: value.name)
            }
        }
        for node in operators {
            totals.macs += node.macs
            guard totals.macs <= Self.largestCount else {
                throw fault(
                    "expected at most 2^53 multiply–accumulates in the whole workload, found more",
                    at: node.name)
            }
        }
    }

    private func fault(_ message: String, at field: String) -> DiagnosticError {
        DiagnosticError(.badData, message, at: SourceLocation(field: field))
    }
}
