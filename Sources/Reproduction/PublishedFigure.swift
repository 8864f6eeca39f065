/// A figure that the paper's authors published, beside which ours stands.
public struct PublishedFigure: Hashable, Sendable {
    public let value: Double
    /// What it is a figure of, in the words of its source.
    public let meaning: String
    public let source: String

    private static let paper = "Zhang et al., ASPLOS 2022 (arXiv:2105.12842v3), abstract"
    private static let firstVersion = "Zhang et al., arXiv:2105.12842v1 (2021), abstract"

    /// Perf/TDP over the TPU-v3's of designs that serve one workload each. "On average": the kind of mean is not named.
    public static let single = PublishedFigure(
        value: 3.7, meaning: "Perf/TDP over the TPU-v3, on average across all benchmarks, a design a workload",
        source: paper)
    /// The same of one design that serves a suite.
    public static let suite = PublishedFigure(
        value: 2.4, meaning: "Perf/TDP over the TPU-v3, on average, one design for a suite of workloads", source: paper)
    /// Speed-up of the TPU-v3 itself.
    public static let scheduling = PublishedFigure(
        value: 1.8, meaning: "potential speedup of the TPU-v3 with improved scheduling", source: firstVersion)
    /// Perf/TDP in the best case, for vision models.
    public static let best = PublishedFigure(
        value: 6, meaning: "Perf/TDP over the TPU-v3, over this in the best case of EfficientNet, ResNet-50 v2 and OCR",
        source: firstVersion)
}
