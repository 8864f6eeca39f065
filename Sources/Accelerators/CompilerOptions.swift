/// What the compiler is allowed to do, searched together with the datapath.
public struct CompilerOptions: Hashable, Sendable {
    public var fusion: Fusion
    public var padding: Padding
    public var softmax: Softmax
    public var dataflow: DataflowChoice
    public var order: Order
    /// Not searched: what a compiler of another kind than ours is taken to do.
    public var depthwise: Depthwise

    public init(
        fusion: Fusion, padding: Padding, softmax: Softmax, dataflow: DataflowChoice, order: Order = .given,
        depthwise: Depthwise = .best
    ) {
        self.fusion = fusion
        self.padding = padding
        self.softmax = softmax
        self.dataflow = dataflow
        self.order = order
        self.depthwise = depthwise
    }

    /// How far operators are fused.
    public enum Fusion: String, Hashable, Sendable, Codable, CaseIterable {
        /// Every operator writes its result to DRAM.
        case none
        /// Element-wise work is fused into the tensor operator next to it.
        case regions
        /// Besides, tensors are kept in Global Memory between regions.
        case residency
        /// Besides, attention is computed a tile of queries at a time, and chains of regions a tile of images or rows at a time, where that
        /// is faster.
        case tiles
    }

    /// How extents that don't divide the array are treated.
    public enum Padding: String, Hashable, Sendable, Codable, CaseIterable {
        /// Only exact divisors are unrolled on the array.
        case none
        /// Extents are padded to a multiple of the array.
        case array
        /// The better of the two, for each operator and each dimension of the array.
        case searched
    }

    /// How softmax reads its input.
    public enum Softmax: String, Hashable, Sendable, Codable, CaseIterable {
        /// Maximum, sum, and normalisation: three reads.
        case threePass = "three-pass"
        /// Running maximum with a rescaled running sum, then normalisation: two reads (Milakov & Gimelshein, 2018).
        case twoPass = "two-pass"
        /// The same in the products before and after: the maximum and the sum are taken as the scores are made, and what reads them normalises
        /// them. Two passes where no such products stand there.
        case online
    }

    /// In which order operators run.
    public enum Order: String, Hashable, Sendable, Codable, CaseIterable {
        /// As they stand in the workload.
        case given
        /// With as few bytes of activations live at a time as possible.
        case memory
    }

    /// Where depthwise and other grouped convolutions run.
    public enum Depthwise: String, Hashable, Sendable, Codable, CaseIterable {
        /// On the better of arrays and vector units, an operator.
        case best
        /// On the arrays alone, one group at a time or several block-diagonally.
        case arrays
    }

    /// Which operand stays in the array.
    public enum DataflowChoice: String, Hashable, Sendable, Codable, CaseIterable {
        case weightStationary = "weight-stationary"
        case outputStationary = "output-stationary"
        case inputStationary = "input-stationary"
        /// The best of the three, an operator.
        case best

        /// The dataflows that may be used, in a fixed order.
        public var dataflows: [Dataflow] {
            switch self {
            case .weightStationary: [.weightStationary]
            case .outputStationary: [.outputStationary]
            case .inputStationary: [.inputStationary]
            case .best: Dataflow.allCases
            }
        }
    }
}

/// Which operand stays in the systolic array while the others stream through.
public enum Dataflow: String, Hashable, Sendable, Codable, CaseIterable {
    case weightStationary = "weight-stationary"
    case outputStationary = "output-stationary"
    case inputStationary = "input-stationary"
}
