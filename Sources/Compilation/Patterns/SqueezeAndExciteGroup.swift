public import Workloads

/// x · sigmoid(W₂ f(W₁ mean(x) + b₁) + b₂): channels weighed by what the whole image says.
///
/// The mean is over all positions, f is any activation function, and the sigmoid may be a hard one. No single operator
/// stands for it: the means are a second output of the region that computes x, and the weights are multiplied in where
/// the result is read (`RegionFormation`). Source: Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018, equations 2–4.
public struct SqueezeAndExciteGroup: Hashable, Sendable {
    /// The mean over all positions of a channel.
    public var pool: Operator.ID
    /// The product that leaves fewer channels.
    public var squeeze: Operator.ID
    /// The product that makes them as many again.
    public var excite: Operator.ID
    /// The sigmoid.
    public var gate: Operator.ID
    /// The multiplication with x.
    public var multiply: Operator.ID
    public var channels: Int
    public var squeezedChannels: Int
    /// Everything in it but reshapes, biases and the function in the middle included, in execution order.
    public var operators: [Operator.ID]
}

extension SqueezeAndExciteGroup {
    /// The squeeze-and-excites of a workload, in execution order.
    static func all(in graph: OperatorGraph) -> [SqueezeAndExciteGroup] {
        graph.workload.operators.compactMap { node in
            guard node.kind == .elementwise(.multiply), node.inputs.count == 2 else { return nil }
            return [(0, 1), (1, 0)].lazy.compactMap { input, gate in
                SqueezeAndExciteGroup(multiply: node, input: node.inputs[input], gate: node.inputs[gate], in: graph)
            }.first
        }
    }

    private init?(multiply: Operator, input: Value.ID, gate: Value.ID, in graph: OperatorGraph) {
        guard graph.shape(of: multiply.output) == graph.shape(of: input),
            let sigmoid = graph.privateProducer(of: gate), sigmoid.isGate,
            let excite = graph.product(behind: sigmoid.inputs[0]),
            let squeeze = graph.product(behind: excite.product.inputs[0]), !squeeze.passed.isEmpty,
            let pool = graph.privateProducer(of: squeeze.product.inputs[0]), graph.isImageMean(pool),
            pool.inputs[0] == input,
            let inner = squeeze.product.loopNest, let outer = excite.product.loopNest,
            outer.outputChannels == inner.inputChannels, outer.inputChannels == inner.outputChannels
        else { return nil }
        (self.pool, self.squeeze, self.excite) = (pool.id, squeeze.product.id, excite.product.id)
        (self.gate, self.multiply) = (sigmoid.id, multiply.id)
        (channels, squeezedChannels) = (inner.inputChannels, inner.outputChannels)
        operators =
            ([pool.id, squeeze.product.id, excite.product.id, sigmoid.id, multiply.id] + squeeze.passed
            + excite.passed).sorted()
    }
}

extension Operator {
    fileprivate var isGate: Bool { kind == .elementwise(.sigmoid) || kind == .elementwise(.hardSigmoid) }
}

extension OperatorGraph {
    /// The operator that makes a value, reshapes aside, for a single reader.
    fileprivate func privateProducer(of value: Value.ID) -> Operator? {
        guard onlyReader(of: value) != nil, let node = producer(of: value) else { return nil }
        return node.kind == .reshape ? privateProducer(of: node.inputs[0]) : node
    }

    /// The product of one row with a trained weight that a value comes from, and the element-wise work on the way.
    fileprivate func product(behind value: Value.ID) -> (product: Operator, passed: [Operator.ID])? {
        var value = value
        var passed: [Operator.ID] = []
        while let node = privateProducer(of: value) {
            switch node.kind {
            case .elementwise where node.inputs.count == 1, .batchNorm:
                passed.append(node.id)
                value = node.inputs[0]
            case .linear, .convolution:
                guard let nest = node.loopNest, nest.groups == 1, nest.outputHeight * nest.outputWidth == 1,
                    nest.filterHeight * nest.filterWidth == 1
                else { return nil }
                return (node, passed)
            default: return nil
            }
        }
        return nil
    }

    /// Whether an operator is the mean over all positions of an image.
    fileprivate func isImageMean(_ node: Operator) -> Bool {
        let isMean = node.kind == .reduce(.mean, axes: [2, 3]) && shape(of: node.inputs[0]).count == 4
        return node.kind == .globalAveragePool || isMean
    }
}
