/// What an operator computes.
public enum OperatorKind: Hashable, Sendable, Codable {
    /// A convolution, grouped and depthwise ones included.
    case convolution
    /// A product with a trained weight.
    case linear
    /// A product of two activations.
    case matmul
    /// A function of each element, or of the elements at one place of several inputs.
    case elementwise(ElementwiseFunction)
    /// Per-channel scale and shift with trained statistics: batch normalisation at inference.
    case batchNorm
    /// Normalisation over the last axis, with a trained scale and shift, either, or neither.
    case layerNorm
    /// Softmax over the last axis.
    case softmax
    /// Maximum over a window; `taps` elements a window.
    case maxPool(taps: Int)
    /// Mean over a window; `taps` elements a window.
    case averagePool(taps: Int)
    /// Mean over all positions of a channel: squeeze-and-excite's squeeze, and the pool before a classifier.
    case globalAveragePool
    /// A function of all elements along the given axes, which are in ascending order; they stay, with extent 1, or go.
    case reduce(ReductionFunction, axes: [Int])
    /// Rows of a table picked by index.
    case embedding
    /// The same elements, or the first of each sequence, in another shape or order: no arithmetic, and no traffic of
    /// its own, since a consumer reads what it needs in the order it needs. The output is a view of the input.
    case reshape

    /// The kind as listed to users.
    public var name: String {
        switch self {
        case .convolution: "convolution"
        case .linear: "linear"
        case .matmul: "matmul"
        case .elementwise(let function): function.rawValue
        case .batchNorm: "batchNorm"
        case .layerNorm: "layerNorm"
        case .softmax: "softmax"
        case .maxPool: "maxPool"
        case .averagePool: "averagePool"
        case .globalAveragePool: "globalAveragePool"
        case .reduce(let function, _): "reduce." + function.rawValue
        case .embedding: "embedding"
        case .reshape: "reshape"
        }
    }

    /// Whether the operator is a loop nest of multiply–accumulates.
    public var isTensorOperator: Bool {
        switch self {
        case .convolution, .linear, .matmul: true
        default: false
        }
    }
}

/// One node of a workload's graph.
public struct Operator: Hashable, Sendable, Identifiable {
    /// The position of an operator in `Workload.operators`.
    public struct ID: Hashable, Sendable, Codable, Comparable {
        public var index: Int
        public init(_ index: Int) { self.index = index }
        public static func < (a: ID, b: ID) -> Bool { a.index < b.index }
    }

    public var id: ID
    public var name: String
    public var kind: OperatorKind
    /// The activations and graph inputs that it reads, in the order of its operands.
    public var inputs: [Value.ID]
    /// The trained parameters that it reads.
    public var parameters: [Value.ID]
    /// The tensor that it writes.
    public var output: Value.ID
    /// The loop nest of a tensor operator; nil for all others.
    public var loopNest: LoopNest?
    /// The numbers among an element-wise function's operands, e.g. the factor of a scaling.
    public var scalars: [ScalarOperand]

    public init(
        id: ID, name: String, kind: OperatorKind, inputs: [Value.ID], parameters: [Value.ID] = [], output: Value.ID,
        loopNest: LoopNest? = nil, scalars: [ScalarOperand] = []
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.inputs = inputs
        self.parameters = parameters
        self.output = output
        self.loopNest = loopNest
        self.scalars = scalars
    }

    /// Multiply–accumulates, 0 for all but tensor operators.
    public var macs: Int { loopNest?.macs ?? 0 }
}
