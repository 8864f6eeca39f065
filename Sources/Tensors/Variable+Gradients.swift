extension Variable {
    /// The gradients of this scalar by recorded variables that it was computed from, in their order and shapes; zeros
    /// for one that has no influence on it.
    ///
    /// Reverse accumulation: every operation is visited once, after all that use its result. The order follows from
    /// the graph alone, so the sums are the same bits every time.
    public func gradients(withRespectTo inputs: [Variable]) -> [Tensor] {
        precondition(value.count == 1, "Only a scalar can be differentiated, not a tensor of shape \(shape).")
        precondition(
            inputs.allSatisfy(\.isRecorded), "A constant has no gradient: call recorded() before computing with it.")
        guard let node else { return inputs.map { Tensor.zeros($0.shape) } }

        let order = node.sortedAfterItsInputs()
        var position: [ObjectIdentifier: Int] = [:]
        for (index, node) in order.enumerated() { position[ObjectIdentifier(node)] = index }
        let wanted = Set(inputs.compactMap { $0.node.map(ObjectIdentifier.init) })

        var gradients = [Tensor?](repeating: nil, count: order.count)
        gradients[order.count - 1] = Tensor(repeating: 1, shape: shape)
        for index in order.indices.reversed() {
            guard let gradient = gradients[index] else { continue }
            for edge in order[index].edges {
                guard let source = position[ObjectIdentifier(edge.source)] else { continue }
                let contribution = edge.pullback(gradient)
                if gradients[source] == nil {
                    gradients[source] = contribution
                } else {
                    gradients[source]?.add(contribution)
                }
            }
            // A gradient that has been passed on is needed no more; large batches would otherwise keep all of them.
            if !wanted.contains(ObjectIdentifier(order[index])) { gradients[index] = nil }
        }
        return inputs.map { input in
            input.node.flatMap { position[ObjectIdentifier($0)] }.flatMap { gradients[$0] } ?? Tensor.zeros(input.shape)
        }
    }
}

extension Node {
    /// All operations that lead to this one and itself, each after its inputs, depth first.
    fileprivate func sortedAfterItsInputs() -> [Node] {
        var order: [Node] = []
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
        // A stack of our own: a long graph must not overflow the thread's.
        var path: [(node: Node, nextEdge: Int)] = [(self, 0)]
        while let (node, nextEdge) = path.last {
            if nextEdge < node.edges.count {
                path[path.count - 1].nextEdge += 1
                let source = node.edges[nextEdge].source
                if seen.insert(ObjectIdentifier(source)).inserted { path.append((source, 0)) }
            } else {
                order.append(node)
                path.removeLast()
            }
        }
        return order
    }
}
