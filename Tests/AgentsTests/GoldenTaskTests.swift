import Agents
import Environments
import Foundation
import Testing

/// Small tasks that a right agent solves, and one that learns the wrong way round does not.
@Suite struct GoldenTaskTests {
    struct Task: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var problem: @Sendable () throws -> ProblemEvaluator
        var reward: @Sendable ([Int?]) -> Double
        var batches: Int
        /// The mean reward of a batch that counts as solved.
        var solved: Double
        /// The mean reward of random designs.
        var chance: Double
    }

    static let tasks = [
        // One decision among nine, whose rewards aren't in order.
        Task(
            testDescription: "bandit",
            problem: { try .flat(.open([.arrayX: [1, 2, 4, 8, 16, 32, 64, 128, 256]])) },
            reward: { [0.1, 0.5, 0.2, 0.7, 0.3, 1, 0.4, 0.6, 0][position(.arrayX, $0)] }, batches: 30, solved: 0.9,
            chance: 0.42),
        // The best four of nine are over the budget.
        Task(
            testDescription: "masked bandit",
            problem: { try .flat(.open([.arrayX: [1, 2, 4, 8, 16, 32, 64, 128, 256]]), mostMACs: 16) },
            reward: { [0.2, 0, 0.4, 0.1, 1, 5, 6, 7, 8][position(.arrayX, $0)] }, batches: 30, solved: 0.9,
            chance: 0.34),
        // Six digits of four, of which only those before the first wrong one count.
        Task(
            testDescription: "password",
            problem: {
                try .flat(
                    .open([
                        .peGridX: [1, 2, 4, 8], .peGridY: [1, 2, 4, 8], .vectorMultiplier: [1, 2, 4, 8],
                        .l1InputKiB: [1, 2, 4, 8], .gddr6Channels: [1, 2, 4, 8], .batch: [1, 2, 4, 8],
                    ]))
            },
            reward: { decisions in
                let digits: KeyValuePairs<ParameterName, Int> = [
                    .peGridX: 2, .peGridY: 0, .vectorMultiplier: 3, .l1InputKiB: 1, .gddr6Channels: 2, .batch: 3,
                ]
                return Double(digits.prefix { position($0.key, decisions) == $0.value }.count) / 6
            }, batches: 60, solved: 0.9, chance: 0.06),
        // An L2 pays only with the right size, which is a decision that otherwise doesn't exist.
        Task(
            testDescription: "conditional parameters",
            problem: {
                try .flat(
                    .open([
                        .l2Configuration: [0, 1, 2], .l2InputMultiplier: [1, 2, 4, 8],
                        .l2WeightMultiplier: [1, 2, 4, 8],
                    ]))
            },
            reward: { decisions in
                switch position(.l2Configuration, decisions) {
                case 0: 0.4
                case 1: 0.1
                default:
                    position(.l2InputMultiplier, decisions) == 3 && position(.l2WeightMultiplier, decisions) == 1
                        ? 1 : 0.2
                }
            }, batches: 40, solved: 0.9, chance: 0.25),
    ]

    private static var configuration: PPOConfiguration {
        var configuration = PPOConfiguration.small
        configuration.batch = 32
        configuration.learningRate = 0.004
        // What is judged are the policy's own proposals.
        configuration.variationShare = 0
        return configuration
    }

    @Test(arguments: tasks, [1, 2, 3] as [UInt64]) func isSolved(task: Task, seed: UInt64) throws {
        var agent = PPOAgent(problem: try task.problem(), configuration: Self.configuration, seed: seed)
        let means = try search(with: &agent, batches: task.batches, reward: task.reward)
        #expect(abs(means[0] - task.chance) < 0.2, "It begins as good as chance.")
        let last = means.suffix(5).reduce(0, +) / 5
        #expect(last > task.solved, "\(means)")
    }

    /// The tasks tell right from wrong: with every reward's sign turned the same agent ends below chance.
    @Test(arguments: tasks) func isNotSolvedByLearningTheWrongWayRound(task: Task) throws {
        var agent = PPOAgent(problem: try task.problem(), configuration: Self.configuration, seed: 1)
        let means = try search(with: &agent, batches: task.batches) { -task.reward($0) }
        #expect(-(means.suffix(5).reduce(0, +) / 5) < task.chance)
    }

    /// What is right depends on an earlier decision: only a policy that is conditioned on it can be right for all.
    @Test(arguments: [1, 2, 3] as [UInt64]) func remembersEarlierDecisions(seed: UInt64) throws {
        let problem = try ProblemEvaluator.flat(.open([.peGridX: [1, 2, 4, 8], .dataflow: [0, 1, 2, 3]]))
        var configuration = Self.configuration
        configuration.batch = 64
        configuration.eliteCoefficient = 0
        configuration.entropyStart = 0.2
        configuration.entropyEnd = 0.2
        var agent = PPOAgent(problem: problem, configuration: configuration, seed: seed)
        let answers = [2, 0, 3, 1]
        func isRight(_ decisions: [Int?]) -> Bool {
            position(.dataflow, decisions) == answers[position(.peGridX, decisions)]
        }
        var proposals: [[Int?]] = []
        for _ in 0..<100 {
            let batch = try agent.ask()
            // A question earns less the more often it is asked, so that all go on being asked.
            let outcomes = batch.map { decisions in
                let asked = batch.count { position(.peGridX, $0) == position(.peGridX, decisions) }
                return Outcome.earning((isRight(decisions) ? 1 : 0) - 2 * Double(asked) / Double(batch.count))
            }
            _ = try agent.tell(outcomes)
            proposals += batch
        }
        // Over half of the search: within fewer batches an answer may be lost and found again, which round-off decides.
        proposals = proposals.suffix(proposals.count / 2)
        for question in 0..<4 {
            let asked = proposals.filter { position(.peGridX, $0) == question }
            #expect(asked.count >= 100, "Question \(question) was asked \(asked.count) times.")
            #expect(asked.count { isRight($0) } * 4 >= asked.count * 3, "Question \(question) is not answered.")
        }
    }
}

/// The choice of a parameter; −1 where it doesn't apply.
private func position(_ name: ParameterName, _ decisions: [Int?]) -> Int {
    ParameterName.allCases.firstIndex(of: name).flatMap { decisions[$0] } ?? -1
}
