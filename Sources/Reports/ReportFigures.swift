internal import Accelerators
internal import Environments
internal import Simulation
internal import Training

/// The figures of a report's headline, for other programs; units stand in the names.
///
/// What is of the best design is missing where no trial was feasible.
public struct ReportFigures: Codable, Hashable, Sendable {
    public var problem: String
    public var agent: String
    public var seed: UInt64
    /// What is maximised, e.g. `perf-per-tdp`.
    public var objective: String
    /// The best design's over the baseline's; the geometric mean over the workloads.
    public var objectiveRatio: Double?
    public var bestTrial: Int?
    public var trials: Int
    public var feasibleTrials: Int
    public var areaMM2: Double?
    public var tdpWatts: Double?
    public var peakTFLOPS: Double?
    public var baseline: Baseline
    public var workloads: [Workload]

    public struct Baseline: Codable, Hashable, Sendable {
        public var name: String
        public var areaMM2: Double
        public var tdpWatts: Double
        public var peakTFLOPS: Double
    }

    public struct Workload: Codable, Hashable, Sendable {
        public var name: String
        public var baseline: Metrics
        public var best: Metrics?
        /// The best design's over the baseline's.
        public var ratios: Ratios?
    }

    public struct Metrics: Codable, Hashable, Sendable {
        public var batch: Int
        public var inferencesPerSecond: Double
        public var latencySeconds: Double
        public var energyJoules: Double
        public var utilization: Double
        public var perfPerTdp: Double
        public var dramBytesPerInference: Double
    }

    public struct Ratios: Codable, Hashable, Sendable {
        public var perfPerTdp: Double
        public var perf: Double
        public var peak: Double
        /// Missing where the workload has no multiply–accumulates.
        public var utilization: Double?
        /// The baseline's TDP over the design's.
        public var inverseTdp: Double
        public var latency: Double
        public var energy: Double
        public var dramBytes: Double?
    }
}

extension ReportFigures {
    /// The figures that a report of the data shows.
    public init(_ data: ReportData) {
        let best = data.best?.chip
        self.init(
            problem: data.run.problem, agent: data.run.agent, seed: data.run.seed, objective: data.objective.rawValue,
            objectiveRatio: data.best?.objectiveRatio, bestTrial: data.best?.trial,
            trials: data.history.trials.count,
            feasibleTrials: data.history.trials.count - data.history.infeasibleCount,
            areaMM2: best?.cost.areaMM2, tdpWatts: best?.cost.tdpWatts, peakTFLOPS: best?.design.datapath.peakTFLOPS,
            baseline: Baseline(
                name: data.baseline.name, areaMM2: data.baseline.cost.areaMM2, tdpWatts: data.baseline.cost.tdpWatts,
                peakTFLOPS: data.baseline.design.datapath.peakTFLOPS),
            workloads: data.workloads.map { comparison in
                Workload(
                    name: comparison.name, baseline: Metrics(comparison.baseline),
                    best: comparison.best.map { Metrics($0) },
                    ratios: data.factors(of: comparison).map { Ratios($0) })
            })
    }
}

extension ReportFigures.Metrics {
    fileprivate init(_ evaluation: Evaluation) {
        self.init(
            batch: evaluation.batch, inferencesPerSecond: evaluation.inferencesPerSecond,
            latencySeconds: evaluation.latencySeconds, energyJoules: evaluation.energyJoules,
            utilization: evaluation.utilization, perfPerTdp: evaluation.perfPerTdp,
            dramBytesPerInference: evaluation.dramBytesPerInference)
    }
}

extension ReportFigures.Ratios {
    fileprivate init(_ factors: PerfFactors) {
        // JSON has neither infinities nor NaN.
        self.init(
            perfPerTdp: factors.perfPerTDP, perf: factors.perf, peak: factors.peak,
            utilization: factors.explainPerf ? factors.utilization : nil, inverseTdp: factors.inverseTDP,
            latency: factors.latency, energy: factors.energy, dramBytes: factors.dramBytes)
    }
}
