public import Scheduling
public import Workloads

/// Operators that run as one: at most one tensor operator with the element-wise work before and after it, or vector work alone.
///
/// Only what a region reads and writes moves between memories; what flows inside it stays in the datapath.
public final class Region: Sendable {
    /// Position in execution order.
    public let index: Int
    /// The name of its main operator.
    public let name: String
    /// The operator that gives it its loop nest; nil for a region of vector work.
    public let tensorOperator: Operator.ID?
    /// The operator that it was begun for: the tensor operator, or the first vector operator.
    public let mainOperator: Operator.ID
    /// Every operator in it, in execution order; an operator that is computed again in a second region stands in both.
    public let operators: [Operator.ID]
    /// The activations and graph inputs that it reads.
    public let reads: [Read]
    /// The trained parameters that it reads.
    public let parameters: [Value.ID]
    /// The tensors that it writes for later regions, or as the workload's result.
    public let writes: [Value.ID]
    /// Operations of the vector unit's lanes, for the whole batch.
    public let vectorOperations: Int
    /// How often the main operator passes over its input: 3 for a three-pass softmax, 1 for most.
    public let passes: Int
    /// What a region of fused attention computes; nil for all others.
    public let attention: AttentionNest?

    init(
        index: Int, name: String, tensorOperator: Operator.ID?, mainOperator: Operator.ID, operators: [Operator.ID],
        reads: [Read], parameters: [Value.ID], writes: [Value.ID], vectorOperations: Int, passes: Int,
        attention: AttentionNest? = nil
    ) {
        self.index = index
        self.name = name
        self.tensorOperator = tensorOperator
        self.mainOperator = mainOperator
        self.operators = operators
        self.reads = reads
        self.parameters = parameters
        self.writes = writes
        self.vectorOperations = vectorOperations
        self.passes = passes
        self.attention = attention
    }

    /// The same region elsewhere in the execution order.
    func moved(to index: Int) -> Region {
        guard index != self.index else { return self }
        return Region(
            index: index, name: name, tensorOperator: tensorOperator, mainOperator: mainOperator, operators: operators,
            reads: reads, parameters: parameters, writes: writes, vectorOperations: vectorOperations, passes: passes,
            attention: attention)
    }

    /// A tensor that a region reads, and what for.
    public struct Read: Hashable, Sendable {
        public var value: Value.ID
        public var use: Use

        /// What a tensor is read for.
        public enum Use: String, Hashable, Sendable {
            /// The loop nest's input or a part of it, directly or through element-wise work; fetched as often as the mapping says.
            case input
            /// A matmul's second operand, or a part of it.
            case weight
            /// An operand of the element-wise work; read once.
            case elementwise
        }
    }
}

extension Region: Equatable {
    public static func == (a: Region, b: Region) -> Bool {
        a === b
            || a.index == b.index && a.name == b.name && a.tensorOperator == b.tensorOperator
                && a.mainOperator == b.mainOperator && a.operators == b.operators && a.reads == b.reads
                && a.parameters == b.parameters && a.writes == b.writes && a.vectorOperations == b.vectorOperations
                && a.passes == b.passes && a.attention == b.attention
    }
}
