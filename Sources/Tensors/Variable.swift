/// A tensor that remembers how it was computed, so that a result can be differentiated.
///
///     let weight = Variable(initialWeight).recorded()
///     let loss = (x.multiplied(by: weight) - y).squared().mean()
///     let gradient = loss.gradients(withRespectTo: [weight])[0]
///
/// A variable made from a tensor is a constant; operations on constants alone compute their value and remember
/// nothing. `recorded()` starts recording: everything computed from it carries a graph of the operations and keeps the
/// tensors that their derivatives need. So one definition of a model serves inference and learning alike.
///
/// A graph is released operation by operation down the stack: chains of thousands of operations are fine, chains of
/// hundreds of thousands are not; cut them with `detached()`.
public struct Variable: Sendable {
    /// The number(s) it stands for.
    public internal(set) var value: Tensor
    /// The operation that made it; nothing for a constant.
    let node: Node?

    /// A constant.
    public init(_ value: Tensor) {
        self.value = value
        self.node = nil
    }

    /// The result of an operation: constant if all inputs are.
    ///
    /// - Parameter inputs: the inputs, each with the function that takes the gradient of the loss by the result to
    ///   the gradient by that input (its vector-Jacobian product). It is called for recorded inputs only.
    init(_ value: Tensor, from inputs: (Variable, Node.Pullback)...) {
        self.value = value
        let edges = inputs.compactMap { input, pullback in
            input.node.map { Node.Edge(source: $0, pullback: pullback) }
        }
        self.node = edges.isEmpty ? nil : Node(edges: edges)
    }

    /// The result of an operation on a list of inputs; `pullback` takes an input's index beside the gradient.
    init(_ value: Tensor, from inputs: [Variable], _ pullback: @escaping @Sendable (Int, Tensor) -> Tensor) {
        self.value = value
        let edges = inputs.enumerated().compactMap { index, input in
            input.node.map { Node.Edge(source: $0, pullback: { pullback(index, $0) }) }
        }
        self.node = edges.isEmpty ? nil : Node(edges: edges)
    }

    private init(_ value: Tensor, node: Node) {
        self.value = value
        self.node = node
    }

    /// A variable of the same value that results can be differentiated by; what came before it is forgotten.
    public func recorded() -> Variable { Variable(value, node: Node(edges: [])) }

    /// A constant of the same value: no gradient flows through it.
    public func detached() -> Variable { Variable(value) }

    /// Whether results computed from it can be differentiated.
    public var isRecorded: Bool { node != nil }

    /// The shape of the value.
    public var shape: [Int] { value.shape }
}

/// An operation of the recorded graph, known by its identity. It never changes, so graphs can cross threads.
final class Node: Sendable {
    typealias Pullback = @Sendable (Tensor) -> Tensor

    /// An input of the operation.
    struct Edge: Sendable {
        let source: Node
        let pullback: Pullback
    }

    /// The recorded inputs; empty for a variable that recording starts from.
    let edges: [Edge]

    init(edges: [Edge]) {
        self.edges = edges
    }
}
