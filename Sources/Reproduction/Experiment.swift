/// The experiments of the paper that a study repeats, in the order in which they run.
public enum Experiment: String, CaseIterable, Hashable, Codable, Sendable {
    /// A search for each workload by itself.
    case single
    /// One search for all workloads of the suite.
    case suite
    /// The baseline's own datapath with our scheduler and compiler.
    case scheduling
    /// Searches that are given more and more of the stack to decide.
    case ablations
    /// Perf against TDP.
    case pareto
    /// Where area and TDP of the designs go.
    case components
    /// The designs and the baseline under other assumptions than ours.
    case assumptions

    /// The experiments whose results it needs, itself among them.
    public var needed: [Experiment] {
        switch self {
        case .single: [.single]
        case .suite: [.suite]
        case .scheduling: [.scheduling]
        case .ablations: [.single, .ablations]
        case .pareto: [.single, .pareto]
        case .components: [.single, .suite, .components]
        case .assumptions: [.single, .suite, .scheduling, .assumptions]
        }
    }
}
