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

    /// The products of recurrent layers' inputs, which are made for all steps at once.
    public var recurrentProducts: Set<Operator.ID> {
        let producers = producers()
        var products: Set<Operator.ID> = []
        for node in operators {
            guard case .recurrence = node.kind else { continue }
            var producer = producers[node.inputs[0].index].map { self[$0] }
            while let bias = producer, bias.kind == .elementwise(.biasAdd) || bias.kind.isView {
                producer = producers[bias.inputs[0].index].map { self[$0] }
            }
            if let producer, producer.kind == .linear { products.insert(producer.id) }
        }
        return products
    }

    /// The value that each one is when views are looked through, by the value's position.
    public var viewedValues: [Value.ID] {
        var viewed = values.map(\.id)
        for node in operators where node.kind.isView { viewed[node.output.index] = viewed[node.inputs[0].index] }
        return viewed
    }

    /// The operators that are loop nests of multiply–accumulates, in execution order.
    public var tensorOperators: [Operator] { operators.filter(\.kind.isTensorOperator) }
}
