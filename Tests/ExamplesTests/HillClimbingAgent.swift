import Agents
import Environments

/// Changes one choice of the best design so far, or two, and keeps what is better.
struct HillClimbingAgent: Agent {
    let batchSize = 8
    private let problem: ProblemEvaluator
    private let seed: UInt64
    private var round = 0
    private var best: (decisions: [Int?], reward: Double)?

    init(problem: ProblemEvaluator, seed: UInt64) {
        self.problem = problem
        self.seed = seed
    }

    func ask() throws -> [[Int?]] {
        (0..<batchSize).map { lane in
            // Keyed by what is proposed, so that asking again gives the same.
            var stream = RandomStream(seed: seed, episode: round, step: lane, purpose: .mutation)
            let space = problem.problem.searchSpace
            guard let best else { return space.randomDecisions(using: &stream) }
            // Where a change leaves choices that don't apply, `decisions(fromChoices:)` drops them.
            var choices = best.decisions.map { $0 ?? 0 }
            for _ in 0...Int.random(in: 0...1, using: &stream) {
                let parameter = Int.random(in: choices.indices, using: &stream)
                choices[parameter] = Int.random(in: 0..<space.parameters[parameter].count, using: &stream)
            }
            return space.decisions(fromChoices: choices)
        }
    }

    mutating func tell(_ outcomes: [Outcome]) throws -> [AgentMetric] {
        for (proposal, outcome) in zip(try ask(), outcomes) where outcome.reward > best?.reward ?? -.infinity {
            best = (proposal, outcome.reward)
        }
        round += 1
        return [AgentMetric(name: "best", value: best?.reward ?? 0)]
    }

    var state: AgentState {
        let choices = best?.decisions.enumerated().map { ("choice\($0.offset)", $0.element ?? -1) } ?? []
        // A reward as the whole number of its bits, so that nothing is lost.
        let reward = best.map { [("reward", Int(bitPattern: UInt($0.reward.bitPattern)))] } ?? []
        return AgentState(counters: [("round", round)] + reward + choices)
    }

    mutating func restore(_ state: AgentState) throws {
        let counters = Dictionary(uniqueKeysWithValues: state.counters.map { ($0.name, $0.value) })
        round = counters["round"] ?? 0
        best = counters["reward"].map { bits in
            let choices = problem.problem.searchSpace.parameters.indices.map { counters["choice\($0)"] ?? -1 }
            return (choices.map { $0 < 0 ? nil : $0 }, Double(bitPattern: UInt64(UInt(bitPattern: bits))))
        }
    }
}
