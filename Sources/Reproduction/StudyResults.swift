public import Accelerators
internal import Environments
public import Simulation

/// Everything that a study has found so far, for a page and its tables.
public struct StudyResults: Sendable {
    public let settings: StudySettings
    /// What was asked for, with all that it needs.
    public let experiments: [Experiment]
    public let baseline: Chip
    /// The baseline's area and TDP at its own node, where it is another.
    public let ownNode: HardwareTotals?
    /// The searches for single workloads: those workloads for which every seed's is finished.
    public let singles: [WorkloadSearches]
    /// The searches for the suite, one a seed; empty while one is missing.
    public let suite: [SearchResult]
    /// The baseline's datapath with our compiler.
    public let scheduling: [LadderEvaluation]
    /// By workload, how much faster the baseline is for running depthwise convolutions on the better unit than it were with its arrays alone.
    public let depthwiseGain: [String: Double]
    public let ladder: [CompilerRung]
    public let ablations: [Ablation]
    /// The searches for the most Perf.
    public let perf: [WorkloadSearches]
    /// The designs whose components are shown, the baseline first.
    public let chips: [Chip]
    public let assumptions: [Assumption]
    public let constants: [ConstantEffect]
    public let searchedAssumptions: [SearchedAssumption]
    public let paperDesign: PaperDesign?

    /// The searches for one workload, one a seed.
    public struct WorkloadSearches: Sendable {
        public let workload: String
        public let results: [SearchResult]

        /// Perf/TDP over the baseline's; nil where a seed found nothing.
        public var ratio: Spread? {
            let ratios = results.compactMap { $0.best?.ratio }
            return ratios.count == results.count && !ratios.isEmpty ? Spread(ratios) : nil
        }

        /// The best of the seeds.
        public var best: SearchResult? { results.max { ($0.best?.ratio ?? 0) < ($1.best?.ratio ?? 0) } }
    }

    /// A design with what it takes.
    public struct Chip: Sendable {
        public let name: String
        public let design: Design
        public let cost: HardwareCost
    }

    /// The searches for a workload rung by rung, and the best design of all of them taken apart.
    public struct Ablation: Sendable {
        public let workload: String
        /// A rung's searches, one a seed, in the order of the ladder.
        public let rungs: [WorkloadSearches]
        public let best: SearchResult
        /// The best design's datapath with each rung's compiler.
        public let onBestDesign: LadderEvaluation
        /// Perf/TDP over the baseline's of the best design, by which its levels become ratios.
        public let bestRatio: Double
        /// The time of one pass of the best design, and what it is without each pass.
        public let secondsOfBest: Double
        public let passEffects: [PassEffect]

        /// Perf/TDP over the baseline's of the best design's datapath with a level's compiler; nil where it doesn't map.
        public func ratio(of level: String) -> Double? {
            guard let perf = onBestDesign.inferencesPerSecond(level), let own = best.best?.outcome.workloads.first
            else {
                return nil
            }
            return bestRatio * perf / own.inferencesPerSecond
        }
    }

    /// A chip like the paper's larger design, evaluated in our model.
    public struct PaperDesign: Sendable {
        public let chip: Chip
        /// At the batch that suits each workload best.
        public let rows: [Row]

        public struct Row: Sendable {
            public let workload: String
            public let batch: Int
            public let perfRatio: Double
            public let perfPerTdpRatio: Double
        }
    }

    /// Geometric mean over the workloads, by seed.
    public var singleMean: Spread? { mean(singles) }

    /// The same of the workloads that the suite has too.
    public var singleMeanOfSuite: Spread? {
        let names = Set(suiteWorkloads)
        let found = singles.filter { names.contains($0.workload) }
        return found.count == names.count ? mean(found) : nil
    }

    public var suiteMean: Spread? {
        let ratios = suite.compactMap { $0.best?.ratio }
        return ratios.isEmpty || ratios.count < suite.count ? nil : Spread(ratios)
    }

    public var suiteWorkloads: [String] { suite.first?.search.problem.workloads.map(\.name) ?? [] }

    private func mean(_ searches: [WorkloadSearches]) -> Spread? {
        guard !searches.isEmpty else { return nil }
        let bySeed = (0..<settings.seeds).compactMap { seed in
            let ratios = searches.compactMap { $0.results[seed].best?.ratio }
            return ratios.count == searches.count ? geometricMean(ratios) : nil
        }
        return bySeed.count == settings.seeds ? Spread(bySeed) : nil
    }

    /// The gain of a level of the ladder on the baseline's datapath, as the geometric mean over the workloads of single searches.
    public func schedulingGain(of level: String, over reference: String = LadderEvaluation.own) -> Double? {
        let gains = paperScheduling.compactMap { $0.gain(of: level, over: reference) }
        return gains.count == paperScheduling.count ? geometricMean(gains) : nil
    }

    /// The gain of a level over a baseline that runs depthwise convolutions on its arrays alone.
    public func schedulingGainOverArrays(of level: String) -> Double? {
        let gains = paperScheduling.compactMap { ladder in
            ladder.gain(of: level).flatMap { gain in depthwiseGain[ladder.workload].map { gain * $0 } }
        }
        return gains.count == paperScheduling.count ? geometricMean(gains) : nil
    }

    private var paperScheduling: [LadderEvaluation] {
        scheduling.filter { StudySettings.workloads.contains($0.workload) }
    }

    /// Every search, in the order in which they are made, each once.
    public var searches: [SearchResult] {
        var seen: Set<String> = []
        let all =
            singles.flatMap(\.results) + suite + ablations.flatMap { $0.rungs.flatMap(\.results) }
            + perf.flatMap(\.results) + searchedAssumptions.flatMap(\.results)
        return all.filter { seen.insert($0.search.name).inserted }
    }
}
