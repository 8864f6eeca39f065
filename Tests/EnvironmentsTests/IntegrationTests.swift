import Accelerators
import Dispatch
import Environments
import Foundation
import Synchronization
import Testing

/// The environments on the real simulator, hardware model and files.
@Suite struct IntegrationTests {
    private static func evaluator(_ name: String) throws -> ProblemEvaluator {
        try ProblemEvaluator(Problem(named: name, in: InstalledProblemTests.files), files: InstalledProblemTests.files)
    }

    @Test func theBaselineScoresExactlyOne() throws {
        for name in ["efficientnet-b0", "suite"] {
            let evaluator = try Self.evaluator(name)
            #expect(try evaluator.baselineOutcome().objective == 1)
            #expect(try evaluator.outcome(of: evaluator.baseline).objective == 1)
        }
    }

    /// Sequential, flat and residency, of every problem that ships.
    @Test(arguments: Problem.names(in: InstalledProblemTests.files))
    func everyShippedEnvironmentPassesTheChecker(name: String) throws {
        let checks = EnvironmentChecker(episodes: 2, probes: 3).checks(of: try Self.evaluator(name))
        #expect(checks.count == 40)
        for check in checks { #expect(check.passed, "\(check.name): \(check.failure ?? "")") }
    }

    @Test(arguments: Objective.allCases)
    func environmentsOfEveryObjectivePassTheChecker(objective: Objective) throws {
        var problem = try Problem(named: "efficientnet-b0", in: InstalledProblemTests.files)
        problem.workloads.append(.init(name: "mobilenet-v2", weight: 2))
        problem.objective = objective
        problem.constraints.latencySeconds = 0.01
        let evaluator = try ProblemEvaluator(problem, files: InstalledProblemTests.files)
        for check in EnvironmentChecker(episodes: 2, probes: 4).checks(of: evaluator) {
            #expect(check.passed, "\(check.name): \(check.failure ?? "")")
        }
    }

    /// Masks rest on area and TDP never falling when a parameter grows: every design that a masked episode ends with meets the
    /// budget, and a mask's choice never leads to an empty mask.
    @Test func maskedDesignsMeetTheBudget() throws {
        let evaluator = try Self.evaluator("efficientnet-b0")
        for index in 0..<300 {
            var episode = evaluator.episode()
            var stream = RandomStream(seed: 2, episode: index, purpose: .action)
            episode.completeRandomly(using: &stream)
            let design = try #require(episode.design)
            let hardware = HardwareModel(technology: try Technology(named: "7nm", in: InstalledProblemTests.files))
            let cost = hardware.cost(of: design.datapath)
            #expect(cost.areaMM2 <= evaluator.budget.areaMM2 && cost.tdpWatts <= evaluator.budget.tdpWatts)
        }
    }

    /// No design of the space that meets the budget is excluded: following its decisions, every mask has them.
    @Test func masksNeverExcludeAFeasibleDesign() throws {
        let evaluator = try Self.evaluator("efficientnet-b0")
        let hardware = HardwareModel(technology: try Technology(named: "7nm", in: InstalledProblemTests.files))
        var followed = 0
        var stream = RandomStream(seed: 6, purpose: .checking)
        for _ in 0..<20_000 where followed < 200 {
            let decisions = SearchSpace.full.randomDecisions(using: &stream)
            let totals = hardware.totals(of: try SearchSpace.full.design(from: decisions).datapath)
            guard totals.areaMM2 <= evaluator.budget.areaMM2, totals.tdpWatts <= evaluator.budget.tdpWatts else {
                continue
            }
            followed += 1
            var episode = evaluator.episode()
            for decision in decisions { if let decision { try episode.apply(decision) } }
            #expect(episode.isComplete)
        }
        #expect(followed > 50)
    }

    @Test func threadsDoNotChangeOutcomes() throws {
        let evaluator = try Self.evaluator("efficientnet-b0")
        let rows = (0..<8).map { index in
            var episode = evaluator.episode()
            var stream = RandomStream(seed: 3, episode: index, purpose: .action)
            episode.completeRandomly(using: &stream)
            return episode.decisions
        }
        let parallel = Mutex<[Int: Outcome]>([:])
        let fresh = try Self.evaluator("efficientnet-b0")
        DispatchQueue.concurrentPerform(iterations: 2 * rows.count) { iteration in
            let index = iteration % rows.count
            guard let outcome = try? fresh.outcome(of: rows[index]) else { return }
            parallel.withLock { $0[index] = outcome }
        }
        for (index, row) in rows.enumerated() {
            let outcome = try evaluator.outcome(of: row)
            #expect(parallel.withLock { $0[index] } == outcome)
            #expect((RewardRule.lowest...RewardRule.ceiling).contains(outcome.reward))
        }
    }
}
