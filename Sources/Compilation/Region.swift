public import Workloads

/// Operators that run as one: at most one tensor operator with the element-wise work before and after it, or vector work alone.
///
/// Only what a region reads and writes moves between memories; what flows inside it stays in the datapath.
public struct Region: Hashable, Sendable {
    /// Position in execution order.
    public var index: Int
    /// The name of its main operator.
    public var name: String
    /// The operator that gives it its loop nest; nil for a region of vector work.
    public var tensorOperator: Operator.ID?
    /// The operator that it was begun for: the tensor operator, or the first vector operator.
    public var mainOperator: Operator.ID
    /// Every operator in it, in execution order; an operator that is computed again in a second region stands in both.
    public var operators: [Operator.ID]
    /// The activations and graph inputs that it reads.
    public var reads: [Read]
    /// The trained parameters that it reads.
    public var parameters: [Value.ID]
    /// The tensors that it writes for later regions, or as the workload's result.
    public var writes: [Value.ID]
    /// Operations of the vector unit's lanes, for the whole batch.
    public var vectorOperations: Int
    /// How often the main operator passes over its input: 3 for a three-pass softmax, 1 for most.
    public var passes: Int

    /// A tensor that a region reads, and what for.
    public struct Read: Hashable, Sendable {
        public var value: Value.ID
        public var use: Use

        /// What a tensor is read for.
        public enum Use: String, Hashable, Sendable {
            /// The loop nest's input, directly or through element-wise work; fetched as often as the mapping says.
            case input
            /// A matmul's second operand.
            case weight
            /// An operand of the element-wise work; read once.
            case elementwise
        }
    }
}
