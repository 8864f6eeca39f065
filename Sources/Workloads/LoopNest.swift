/// The dimensions of a tensor operator's loop nest.
///
/// Order and letters are the field's: groups G, batch N, output channels K and input channels C (both per group),
/// output height P and width Q, filter height R and width S.
public enum Dimension: Int, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable {
    case groups, batch, outputChannels, inputChannels, outputHeight, outputWidth, filterHeight, filterWidth

    /// The letter that stands for the dimension in the literature: G, N, K, C, P, Q, R, S.
    public var letter: String {
        switch self {
        case .groups: "G"
        case .batch: "N"
        case .outputChannels: "K"
        case .inputChannels: "C"
        case .outputHeight: "P"
        case .outputWidth: "Q"
        case .filterHeight: "R"
        case .filterWidth: "S"
        }
    }
}

/// The loop nest of a tensor operator, over G, N, K, C, P, Q, R, S.
///
/// For every point the operator does one multiply–accumulate:
///
///     output[n, g, k, p, q] +=
///         input[n, g, c, p·strideHeight + r·dilationHeight, q·strideWidth + s·dilationWidth] · weight[g, k, c, r, s]
///
/// A matmul is the case R = S = P = 1: Q counts rows, and G the independent products of a batched one.
public struct LoopNest: Hashable, Sendable, Codable {
    /// G: independent groups, each with its own input and output channels.
    public var groups: Int
    /// N: images or sequences processed with the same weights.
    public var batch: Int
    /// K: output channels of one group.
    public var outputChannels: Int
    /// C: input channels of one group.
    public var inputChannels: Int
    /// P
    public var outputHeight: Int
    /// Q
    public var outputWidth: Int
    /// R
    public var filterHeight: Int
    /// S
    public var filterWidth: Int
    public var strideHeight: Int
    public var strideWidth: Int
    public var dilationHeight: Int
    public var dilationWidth: Int
    /// Rows of the stored input, without padding: padded rows are never fetched from DRAM.
    public var inputHeight: Int
    /// Columns of the stored input, without padding.
    public var inputWidth: Int
    /// Rows of padding above the first stored row.
    public var paddingTop: Int
    /// Columns of padding before the first stored column.
    public var paddingLeft: Int
    /// Whether the second operand is an activation (a batched matmul) and not a trained weight.
    public var weightIsActivation: Bool
    /// How input, weights and output are stored.
    public var types = OperandTypes.bfloat16

    /// Without `inputHeight` (or `inputWidth`) the stored input is what the windows cover; without `paddingTop` (or `paddingLeft`) half
    /// of what they cover beyond it, rounded down, comes first, as in TensorFlow's "same".
    public init(
        groups: Int = 1, batch: Int = 1, outputChannels: Int, inputChannels: Int, outputHeight: Int = 1,
        outputWidth: Int = 1, filterHeight: Int = 1, filterWidth: Int = 1, strideHeight: Int = 1, strideWidth: Int = 1,
        dilationHeight: Int = 1, dilationWidth: Int = 1, inputHeight: Int? = nil, inputWidth: Int? = nil,
        paddingTop: Int? = nil, paddingLeft: Int? = nil, weightIsActivation: Bool = false
    ) {
        self.groups = groups
        self.batch = batch
        self.outputChannels = outputChannels
        self.inputChannels = inputChannels
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.filterHeight = filterHeight
        self.filterWidth = filterWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
        let coveredHeight = (outputHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1
        let coveredWidth = (outputWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1
        self.inputHeight = inputHeight ?? coveredHeight
        self.inputWidth = inputWidth ?? coveredWidth
        self.paddingTop = paddingTop ?? max(0, coveredHeight - self.inputHeight) / 2
        self.paddingLeft = paddingLeft ?? max(0, coveredWidth - self.inputWidth) / 2
        self.weightIsActivation = weightIsActivation
    }

    /// The extent of a dimension.
    public subscript(dimension: Dimension) -> Int {
        switch dimension {
        case .groups: groups
        case .batch: batch
        case .outputChannels: outputChannels
        case .inputChannels: inputChannels
        case .outputHeight: outputHeight
        case .outputWidth: outputWidth
        case .filterHeight: filterHeight
        case .filterWidth: filterWidth
        }
    }

    /// Multiply–accumulates: the product of all eight extents.
    public var macs: Int {
        groups * batch * outputChannels * inputChannels * outputHeight * outputWidth * filterHeight * filterWidth
    }

    /// Elements of the stored input: N·G·C·H·W.
    public var inputElements: Int { batch * groups * inputChannels * inputHeight * inputWidth }

    /// Elements of the weights, or of a matmul's second operand: G·K·C·R·S. A batched matmul has its batch
    /// among the groups.
    public var weightElements: Int { groups * outputChannels * inputChannels * filterHeight * filterWidth }

    /// Elements of the output: N·G·K·P·Q.
    public var outputElements: Int { batch * groups * outputChannels * outputHeight * outputWidth }

    /// Whether every group has one input channel, and there are several.
    public var isDepthwise: Bool { groups > 1 && inputChannels == 1 && !weightIsActivation }
}
