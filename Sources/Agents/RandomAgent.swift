internal import Diagnostics
public import Environments

/// Proposes designs at random: at every step each choice that the mask allows is equally likely. The least that a
/// search must beat.
///
/// Step s of episode e draws from the random stream (seed, e, s) alone, so that a proposal depends on nothing else.
public struct RandomAgent: Agent {
    public let batchSize: Int
    private let problem: ProblemEvaluator
    private let seed: UInt64
    /// Episodes whose outcomes were told.
    private var episodes = 0

    public init(problem: ProblemEvaluator, configuration: RandomConfiguration = RandomConfiguration(), seed: UInt64) {
        batchSize = configuration.batch
        self.problem = problem
        self.seed = seed
    }

    public func ask() throws -> [[Int?]] {
        try (0..<batchSize).map { lane in
            var episode = problem.episode()
            while let step = episode.position, let mask = episode.mask {
                var stream = RandomStream(seed: seed, episode: episodes + lane, step: step, purpose: .action)
                guard let choice = mask.randomChoice(using: &stream) else { break }
                try episode.apply(choice)
            }
            return episode.decisions
        }
    }

    public mutating func tell(_ outcomes: [Outcome]) throws -> [AgentMetric] {
        precondition(outcomes.count == batchSize, "An agent must be told an outcome for each of its proposals.")
        episodes += batchSize
        return []
    }

    public var state: AgentState { AgentState(counters: [("episodes", episodes)]) }

    public mutating func restore(_ state: AgentState) throws {
        episodes = try state.counter(named: "episodes")
    }
}
