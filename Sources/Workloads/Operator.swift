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
    /// The steps of a recurrent layer, one after another, in one direction or in two that do not depend on each other.
    ///
    /// The operator reads x, which is the product of the layer's input, and its biases, for all steps, [N, T, D·g·H] with g gates, and
    /// writes h, [N, T, D·H]. Its loop nest is that of one step: G = D directions, N, K = g·H, C = H.
    case recurrence(RecurrentCell, steps: Int)
    /// Tensors one after another along an axis; parameters among them are the same for the whole batch.
    case concat(axis: Int)
    /// The part of a tensor that begins at `start` along an axis, as long as the output is.
    case slice(axis: Int, start: Int)
    /// Elements moved to other places, some perhaps more than once, without arithmetic: padding, expansion, a gather along an
    /// axis. Other operands than the first say where to, or are put there.
    case copy
    /// An image with each pixel repeated, up to the output's rows and columns: nearest-neighbour interpolation. The
    /// output is a view, like a reshape's: a consumer reads the nearest pixel.
    case upsample
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
        case .recurrence(let cell, _): cell.rawValue
        case .concat: "concat"
        case .slice: "slice"
        case .copy: "copy"
        case .upsample: "upsample"
        case .reshape: "reshape"
        }
    }

    /// Whether the operator is a loop nest of multiply–accumulates.
    public var isTensorOperator: Bool {
        switch self {
        case .convolution, .linear, .matmul, .recurrence: true
        default: false
        }
    }

    /// Whether the output is the input under another name, which is neither computed nor written.
    public var isView: Bool {
        switch self {
        case .reshape, .upsample: true
        default: false
        }
    }

    /// How often an operator runs its loop nest, each time with the results of the time before: a recurrence's steps, 1 for
    /// all others.
    public var steps: Int {
        if case .recurrence(_, let steps) = self { steps } else { 1 }
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
    /// The loop nest of a tensor operator, of one step where it has several; nil for all others.
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
    public var macs: Int { (loopNest?.macs ?? 0) * kind.steps }
}
