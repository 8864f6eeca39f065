public import Accelerators
public import Simulation

/// What makes one chip's Perf/TDP differ from another's, as ratios of the design's to the baseline's.
///
///     Perf/TDP = Perf · (1/TDP)            Perf = peak · utilisation / (operations an inference)
///
/// Both chips do the same operations an inference, hence the ratio of Perf is that of the peaks times that of the utilisations, and
/// the three factors multiply to the ratio of Perf/TDP.
public struct PerfFactors: Hashable, Sendable {
    /// Peak arithmetic: MACs on the chip × clock.
    public var peak: Double
    /// Multiply–accumulates done over those that could have been done.
    public var utilization: Double
    /// Inferences a second.
    public var perf: Double
    /// The baseline's TDP over the design's: above 1 where the design takes less.
    public var inverseTDP: Double
    /// Inferences a second and watt of TDP.
    public var perfPerTDP: Double
    /// DRAM bytes of an inference; nil where the baseline moves none.
    public var dramBytes: Double?
    /// Energy of an inference.
    public var energy: Double
    /// Time of one pass over the batch.
    public var latency: Double

    /// - Parameters:
    ///   - design: The datapath that `evaluation` is of.
    ///   - baselineDesign: The datapath that `baseline` is of.
    public init(
        of evaluation: Evaluation, on design: Datapath, over baseline: Evaluation, on baselineDesign: Datapath
    ) {
        peak = design.peakTFLOPS / baselineDesign.peakTFLOPS
        utilization = evaluation.utilization / baseline.utilization
        perf = evaluation.inferencesPerSecond / baseline.inferencesPerSecond
        inverseTDP = baseline.tdpWatts / evaluation.tdpWatts
        perfPerTDP = evaluation.perfPerTdp / baseline.perfPerTdp
        let baselineBytes = baseline.dramBytesPerInference
        dramBytes = baselineBytes > 0 ? evaluation.dramBytesPerInference / baselineBytes : nil
        energy = evaluation.energyJoules / baseline.energyJoules
        latency = evaluation.latencySeconds / baseline.latencySeconds
    }

    /// Whether peak and utilisation explain the ratio of Perf: not for a workload without multiply–accumulates.
    public var explainPerf: Bool {
        let product = peak * utilization
        return product.isFinite && product > 0 && abs(product / perf - 1) < 1e-6
    }
}

extension Evaluation {
    /// Bytes from and to DRAM for one inference.
    public var dramBytesPerInference: Double { Double(regions.reduce(0) { $0 + $1.dramBytes }) / Double(batch) }

    /// The same if no tensor were kept in Global Memory.
    public var dramBytesPerInferenceBeforeResidency: Double {
        Double(regions.reduce(0) { $0 + $1.dramBytesBeforeResidency }) / Double(batch)
    }

    /// Whether keeping tensors in Global Memory saved anything.
    public var hasResidency: Bool {
        regions.contains { $0.dramBytes != $0.dramBytesBeforeResidency || $0.seconds != $0.secondsBeforeResidency }
    }
}
