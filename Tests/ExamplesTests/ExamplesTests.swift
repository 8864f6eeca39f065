import Agents
import Configuration
import Environments
import Foundation
import TestSupport
import Testing

/// The examples of docs/ENVIRONMENTS.md: that they work, and that the page shows them as they are.
@Suite struct ExamplesTests {
    @Test func theEnvironmentKeepsItsContract() {
        let environment = PipelineEnvironment(layerSeconds: [3, 1, 2, 4, 2, 5, 1], maximumStages: 3)
        let failed = EnvironmentChecker().checks(of: environment).filter { !$0.passed }
        #expect(failed.isEmpty, "\(failed)")
    }

    /// Every way to cut the chain, counted out by hand: 3 + 1 + 2 | 4 + 2 | 5 + 1 is the best.
    @Test func theBestCutOfTheExampleIsPerfect() throws {
        var best = 0.0
        for cuts in 0..<64 where cuts.nonzeroBitCount <= 2 {
            var environment = PipelineEnvironment(layerSeconds: [3, 1, 2, 4, 2, 5, 1], maximumStages: 3)
            _ = try environment.reset(seed: nil)
            for layer in 0..<6 { best = max(best, try environment.step(cuts >> layer & 1).reward) }
        }
        #expect(best == 1)
    }

    /// The agent finds better designs than it began with, and goes on from a saved state as if it had never stopped.
    @Test func theAgentClimbsAndResumes() throws {
        let files = Repository.files
        let problem = try ProblemEvaluator(Problem(named: "mobilenet-v2", in: files), files: files)
        var agent = HillClimbingAgent(problem: problem, seed: 3)
        var rewards: [Double] = []
        for round in 0..<6 {
            if round == 3 {
                var resumed = HillClimbingAgent(problem: problem, seed: 3)
                try resumed.restore(agent.state)
                agent = resumed
            }
            let proposals = try agent.ask()
            #expect(try agent.ask() == proposals)
            rewards.append(try agent.tell(problem.outcomes(of: proposals, threads: 2))[0].value)
        }
        var whole = HillClimbingAgent(problem: problem, seed: 3)
        let uninterrupted = try (0..<6).map { _ in
            try whole.tell(problem.outcomes(of: whole.ask(), threads: 1))[0].value
        }
        #expect(rewards == uninterrupted)
        #expect(rewards == rewards.sorted() && rewards[5] > rewards[0])
    }

    @Test(arguments: ["PipelineEnvironment", "HillClimbingAgent"])
    func thePageShowsTheExample(name: String) throws {
        let page = try String(
            contentsOf: Repository.root.appendingPathComponent("docs/ENVIRONMENTS.md"), encoding: .utf8)
        let source = try String(
            contentsOf: Repository.root.appendingPathComponent("Tests/ExamplesTests/\(name).swift"), encoding: .utf8)
        #expect(page.contains("```swift\n\(source)```"), "docs/ENVIRONMENTS.md should quote \(name).swift as it is")
    }
}
