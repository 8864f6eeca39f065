extension Workload {
    /// The operator that writes each value, by the value's position; nil for inputs and parameters.
    public func producers() -> [Operator.ID?] {
        var producers = [Operator.ID?](repeating: nil, count: values.count)
        for node in operators { producers[node.output.index] = node.id }
        return producers
    }

    /// The operators that read each value, by the value's position, in execution order, each once.
    ///
    /// Parameters are among the values.
    public func consumers() -> [[Operator.ID]] {
        var consumers = [[Operator.ID]](repeating: [], count: values.count)
        for node in operators {
            for value in node.inputs + node.parameters where consumers[value.index].last != node.id {
                consumers[value.index].append(node.id)
            }
        }
        return consumers
    }

    /// The operators that are loop nests of multiply–accumulates, in execution order.
    public var tensorOperators: [Operator] { operators.filter(\.kind.isTensorOperator) }
}
