public import Workloads

/// softmax(Q Kᵀ · scale + mask) V: two products with a softmax between them, for all heads of a batch.
///
/// Scores, weights and everything between are read by nobody else, so that a compiler may compute them piece by piece and
/// keep none of them. A scale on Q or K instead of the scores is part of their computation, not of the group. Source:
/// Vaswani et al., "Attention Is All You Need", 2017, equation 1.
public struct AttentionGroup: Hashable, Sendable {
    /// The product of queries and keys.
    public var scores: Operator.ID
    /// The element-wise work between scores and softmax, in execution order: scale, mask, bias.
    public var between: [Operator.ID]
    public var softmax: Operator.ID
    /// The product of the softmax's result and the values.
    public var context: Operator.ID
    /// Independent attentions: batch × heads.
    public var batchHeads: Int
    /// Rows of the scores.
    public var queryLength: Int
    /// Columns of the scores.
    public var keyLength: Int
    /// Features of a query and of a key.
    public var headDimension: Int
    /// Features of a value.
    public var valueDimension: Int

    /// Everything in it, in execution order.
    public var operators: [Operator.ID] { ([scores] + between + [softmax, context]).sorted() }
}

extension AttentionGroup {
    /// The attentions of a workload, in the order of their softmaxes.
    static func all(in graph: OperatorGraph) -> [AttentionGroup] {
        graph.workload.operators.compactMap { $0.kind == .softmax ? AttentionGroup(around: $0, in: graph) : nil }
    }

    private init?(around softmax: Operator, in graph: OperatorGraph) {
        guard let (scores, between) = AttentionGroup.scores(behind: softmax.inputs[0], in: graph),
            let context = AttentionGroup.product(of: softmax.output, in: graph),
            let inner = scores.loopNest, let outer = context.loopNest,
            graph.shape(of: softmax.inputs[0]).last == inner.outputChannels,
            outer.groups == inner.groups, outer.outputWidth == inner.outputWidth,
            outer.inputChannels == inner.outputChannels
        else { return nil }
        self.init(
            scores: scores.id, between: between, softmax: softmax.id, context: context.id, batchHeads: inner.groups,
            queryLength: inner.outputWidth, keyLength: inner.outputChannels, headDimension: inner.inputChannels,
            valueDimension: outer.outputChannels)
    }

    /// The product that a softmax's input comes from, through element-wise work of the scores' size that nobody else reads.
    ///
    /// Of an addition's two operands of that size the first is taken that comes from a product; the other is a bias.
    private static func scores(behind value: Value.ID, in graph: OperatorGraph) -> (Operator, [Operator.ID])? {
        guard graph.onlyReader(of: value) != nil, let node = graph.producer(of: value) else { return nil }
        switch node.kind {
        case .matmul: return (node, [])
        // Heads apart and together again for a mask; the softmax's axis must stay what it is.
        case .reshape where graph.keepsRows(node):
            return scores(behind: node.inputs[0], in: graph)
        case .elementwise:
            for input in node.inputs where graph.workload[input].elements == graph.workload[value].elements {
                if let (product, between) = scores(behind: input, in: graph) { return (product, between + [node.id]) }
            }
            return nil
        default: return nil
        }
    }

    /// The product whose left operand is a value that nobody else reads.
    private static func product(of value: Value.ID, in graph: OperatorGraph) -> Operator? {
        guard let reader = graph.onlyReader(of: value) else { return nil }
        switch reader.kind {
        case .matmul: return reader.inputs[0] == value && reader.inputs[1] != value ? reader : nil
        case .reshape where graph.keepsRows(reader):
            return product(of: reader.output, in: graph)
        default: return nil
        }
    }
}

extension OperatorGraph {
    /// Whether a reshape leaves the last axis, and all elements.
    fileprivate func keepsRows(_ node: Operator) -> Bool {
        let (input, output) = (workload[node.inputs[0]], workload[node.output])
        return input.shape.last == output.shape.last && input.elements == output.elements
    }
}
