internal import Workloads

/// Makes the observations of the design environments.
///
/// `design` is the row of `ObservationEncoder`; `workloads` holds the features of each workload as a whole
/// (`WorkloadFeatures.globalNames`), one after the other. Agents in this process read the richer table of operators from
/// `ProblemEvaluator.workloadFeatures`.
public struct DesignObserver: Sendable {
    public let encoder: ObservationEncoder
    public let space: CompositeSpace
    private let workloads: [Float]

    /// log₂ features of counts and intensities of 64 bits, divided by at least 16.
    private static let workloadBounds: ClosedRange<Float> = 0...4

    public init(_ evaluator: ProblemEvaluator) {
        encoder = ObservationEncoder(evaluator)
        workloads = evaluator.workloadFeatures.flatMap(\.global)
        space = CompositeSpace([
            "design": .box(Box(bounds: ObservationEncoder.bounds, count: encoder.width)),
            "workloads": .box(Box(bounds: DesignObserver.workloadBounds, count: workloads.count)),
        ])
    }

    /// What an agent sees of an episode.
    public func observation(of episode: DesignEpisode) -> [String: CompositeSpace.Value] {
        ["design": .box(encoder.encode(episode)), "workloads": .box(workloads)]
    }
}
