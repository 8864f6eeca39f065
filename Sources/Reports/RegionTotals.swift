public import Simulation

/// The regions of an evaluation added up by what they are and what they are limited by; every figure is of one inference.
public struct RegionTotals: Hashable, Sendable {
    public var seconds = 0.0
    public var secondsBeforeResidency = 0.0
    public var macs = 0.0
    public var dramBytes = 0.0
    public var dramBytesBeforeResidency = 0.0
    public var regions = 0

    private mutating func add(_ region: RegionEvaluation, batch: Double) {
        seconds += region.seconds / batch
        secondsBeforeResidency += region.secondsBeforeResidency / batch
        macs += Double(region.macs) / batch
        dramBytes += Double(region.dramBytes) / batch
        dramBytesBeforeResidency += Double(region.dramBytesBeforeResidency) / batch
        regions += 1
    }

    private static func sum(_ regions: some Sequence<RegionEvaluation>, batch: Int) -> RegionTotals {
        var totals = RegionTotals()
        for region in regions { totals.add(region, batch: Double(batch)) }
        return totals
    }

    /// Seconds a bound, in the order of `RegionEvaluation.Bound.allCases`; 0 for those that limit no region.
    public static func secondsByBound(_ evaluation: Evaluation) -> [(bound: RegionEvaluation.Bound, seconds: Double)] {
        RegionEvaluation.Bound.allCases.map { bound in
            (bound, sum(evaluation.regions.lazy.filter { $0.bound == bound }, batch: evaluation.batch).seconds)
        }
    }

    /// The same before residency, each region by what it was bound by then.
    public static func secondsByBoundBeforeResidency(
        _ evaluation: Evaluation
    ) -> [(bound: RegionEvaluation.Bound, seconds: Double)] {
        RegionEvaluation.Bound.allCases.map { bound in
            let regions = evaluation.regions.lazy.filter { $0.boundBeforeResidency == bound }
            return (bound, sum(regions, batch: evaluation.batch).secondsBeforeResidency)
        }
    }

    /// A sum a kind, the kinds in a fixed order: those with multiply–accumulates first.
    public static func byKind(_ evaluation: Evaluation) -> [(kind: RegionKind, totals: RegionTotals)] {
        RegionKind.allCases.map { kind in
            (kind, sum(evaluation.regions.lazy.filter { RegionKind($0) == kind }, batch: evaluation.batch))
        }
    }
}

/// The kinds of region that a report tells apart.
public enum RegionKind: String, Hashable, Sendable, CaseIterable {
    case convolution, depthwise, linear, matmul, recurrent, attention, softmax, normalization, other

    public init(_ region: RegionEvaluation) {
        self =
            switch region.kind {
            case "convolution": .convolution
            case "depthwise": .depthwise
            case "linear": .linear
            case "matmul": .matmul
            case "rnn", "gru", "lstm": .recurrent
            case "attention": .attention
            case "softmax": .softmax
            case "layerNorm", "batchNorm": .normalization
            default: .other
            }
    }

    /// The kind as a reader sees it.
    public var title: String {
        switch self {
        case .convolution: "Convolution"
        case .depthwise: "Depthwise"
        case .linear: "Linear"
        case .matmul: "Matmul"
        case .recurrent: "Recurrent steps"
        case .attention: "Attention, fused"
        case .softmax: "Softmax"
        case .normalization: "Normalisation"
        case .other: "Element-wise, pooling"
        }
    }
}
