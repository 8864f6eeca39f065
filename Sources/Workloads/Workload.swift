/// A neural network as a graph of operators with concrete shapes.
///
/// Operators stand in a topological order: each reads graph inputs, parameters, and outputs of operators before it.
public struct Workload: Hashable, Sendable, Codable {
    /// The name under which it is known, e.g. `efficientnet-b7`.
    public var name: String
    /// Inferences in one pass: the leading extent of inputs and activations.
    public var batch: Int
    /// Every tensor; a value's `id` is its position.
    public var values: [Value]
    /// Every operator in execution order; an operator's `id` is its position.
    public var operators: [Operator]
    /// The tensors given with each inference.
    public var inputs: [Value.ID]
    /// The tensors that are its result.
    public var outputs: [Value.ID]

    public init(
        name: String, batch: Int, values: [Value], operators: [Operator], inputs: [Value.ID], outputs: [Value.ID]
    ) {
        self.name = name
        self.batch = batch
        self.values = values
        self.operators = operators
        self.inputs = inputs
        self.outputs = outputs
    }

    public subscript(id: Value.ID) -> Value { values[id.index] }
    public subscript(id: Operator.ID) -> Operator { operators[id.index] }

    /// Multiply–accumulates of one pass over the whole batch.
    public var macs: Int { operators.reduce(0) { $0 + $1.macs } }

    /// Trained parameters.
    public var parameters: Int { values.reduce(0) { $0 + ($1.role == .parameter ? $1.elements : 0) } }
}
