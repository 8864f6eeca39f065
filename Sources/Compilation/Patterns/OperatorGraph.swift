internal import Workloads

/// A workload with the questions that rules ask of it.
struct OperatorGraph {
    let workload: Workload
    private let producers: [Operator.ID?]
    private let consumers: [[Operator.ID]]
    private let results: Set<Value.ID>

    /// - Precondition: the workload is valid.
    init(_ workload: Workload) {
        self.workload = workload
        producers = workload.producers()
        consumers = workload.consumers()
        results = Set(workload.outputs)
    }

    /// The operator that writes a value; nil for inputs and parameters.
    func producer(of value: Value.ID) -> Operator? { producers[value.index].map { workload[$0] } }

    /// The operators that read a value.
    func consumers(of value: Value.ID) -> [Operator] { consumers[value.index].map { workload[$0] } }

    /// Whether a value is a result of the network.
    func isResult(_ value: Value.ID) -> Bool { results.contains(value) }

    func shape(of value: Value.ID) -> [Int] { workload[value].shape }

    /// The only reader of a value that is no result.
    func onlyReader(of value: Value.ID) -> Operator? {
        let readers = consumers[value.index]
        return readers.count == 1 && !isResult(value) ? workload[readers[0]] : nil
    }

    /// The operators between some values and an operator, itself included, in execution order; nil unless these values are
    /// all that they compute from, parameters excepted, and nothing but the last result is needed elsewhere.
    func closedGroup(from inputs: [Value.ID], to root: Operator.ID) -> [Operator.ID]? {
        var group: Set<Operator.ID> = []
        var waiting = [root]
        while let id = waiting.popLast() {
            guard group.insert(id).inserted else { continue }
            for input in workload[id].inputs where !inputs.contains(input) {
                guard let producer = producers[input.index] else { return nil }
                waiting.append(producer)
            }
        }
        for id in group where id != root {
            let output = workload[id].output
            guard !isResult(output), consumers[output.index].allSatisfy(group.contains) else { return nil }
        }
        return group.sorted()
    }

    /// The reductions of a value along its last axis that keep it, so that they broadcast with the value.
    func isRowReduction(_ node: Operator, _ function: ReductionFunction) -> Bool {
        let shape = shape(of: node.inputs[0])
        return node.kind == .reduce(function, axes: [shape.count - 1])
            && self.shape(of: node.output) == shape.dropLast() + [1]
    }

    /// The row reductions that read a value.
    func rowReductions(_ function: ReductionFunction, of value: Value.ID) -> [Operator] {
        consumers(of: value).filter { isRowReduction($0, function) }
    }

    /// The arithmetic operators that a value flows through, the last first, as far as a function's formula may reach.
    func arithmetic(behind value: Value.ID) -> [Operator] {
        var found: [Operator] = []
        var waiting = [value]
        while !waiting.isEmpty, found.count < OperatorGraph.reach {
            let next = waiting.removeFirst()
            for reader in consumers(of: next)
            where reader.isArithmetic && !found.contains(where: { $0.id == reader.id }) {
                found.append(reader)
                waiting.append(reader.output)
            }
        }
        return found.sorted { $1.id < $0.id }
    }

    /// A value and those that it is made of by arithmetic, the nearest first, as far as a function's formula may reach.
    func operands(within value: Value.ID) -> [Value.ID] {
        var found = [value]
        var position = 0
        while position < found.count, found.count < OperatorGraph.reach {
            if let node = producer(of: found[position]), node.isArithmetic {
                for input in node.inputs where !found.contains(input) { found.append(input) }
            }
            position += 1
        }
        return found
    }

    /// More operators, on either side of its anchor, than any function has.
    private static let reach = 16
}

extension Operator {
    /// Whether `Polynomial` may look through it.
    var isArithmetic: Bool {
        switch kind {
        case .elementwise(.add), .elementwise(.subtract), .elementwise(.multiply), .elementwise(.divide),
            .elementwise(.power), .elementwise(.negate), .elementwise(.reciprocal), .elementwise(.biasAdd):
            true
        default: false
        }
    }
}

extension OperatorGraph {
    /// The workload with one operator in place of each match.
    ///
    /// The new operator stands where the last of the old ones stood, and has its name and output.
    func replacing(_ matches: [PatternMatch]) -> Workload {
        var replacements: [Operator.ID: PatternCandidate] = [:]
        var removed: Set<Operator.ID> = []
        for match in matches {
            replacements[match.root.id] = match.replacement
            removed.formUnion(match.operators.map(\.id))
        }
        var operators: [Operator] = []
        for node in workload.operators {
            if let replacement = replacements[node.id] {
                operators.append(
                    Operator(
                        id: node.id, name: node.name, kind: replacement.kind, inputs: replacement.inputs,
                        parameters: replacement.parameters, output: node.output, scalars: replacement.scalars))
            } else if !removed.contains(node.id) {
                operators.append(node)
            }
        }
        return renumbered(operators)
    }

    /// The workload with the given operators, and without the values that none of them writes any more.
    private func renumbered(_ operators: [Operator]) -> Workload {
        let written = Set(operators.map(\.output))
        var result = Workload(
            name: workload.name, batch: workload.batch, values: [], operators: [], inputs: [], outputs: [])
        var positions = [Value.ID](repeating: Value.ID(0), count: workload.values.count)
        for var value in workload.values where value.role != .activation || written.contains(value.id) {
            positions[value.id.index] = Value.ID(result.values.count)
            value.id = positions[value.id.index]
            result.values.append(value)
        }
        func position(_ id: Value.ID) -> Value.ID { positions[id.index] }
        for var node in operators {
            node.id = Operator.ID(result.operators.count)
            node.inputs = node.inputs.map(position)
            node.parameters = node.parameters.map(position)
            node.output = position(node.output)
            result.operators.append(node)
        }
        result.inputs = workload.inputs.map(position)
        result.outputs = workload.outputs.map(position)
        return result
    }
}
