import Agents
import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing
import Training

/// A run that was stopped, in any way and at any moment, and gone on with is the run that was not.
@Suite struct ExactnessTests {
    static let trials = 18

    private func reference(trials: Int = ExactnessTests.trials) throws -> RunContent {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: trials)
        return try RunContent(folder.path + "/run")
    }

    @Test func trialsAreThoseOfAPlainLoop() throws {
        // Ask, evaluate, tell, without anything of the trainer.
        var agent = FakeAgent()
        var expected: [[Int?]] = []
        while expected.count < ExactnessTests.trials {
            let proposals = try agent.ask()
            expected += proposals
            _ = try agent.tell(proposals.map(FakeEvaluator.outcome))
        }
        let content = try reference()
        #expect(content.trials.dropFirst().map(\.decisions) == Array(expected.prefix(ExactnessTests.trials)))
        for trial in content.trials.dropFirst() {
            #expect(trial.outcome == FakeEvaluator.outcome(of: trial.decisions))
        }
        #expect(content.trials.map(\.index) == Array(0...ExactnessTests.trials))
        #expect(content.newestCheckpointName == "000015.safetensors")
    }

    @Test(arguments: [1, 1000]) func crashAtAnyEvaluation(checkpointInterval: Int) throws {
        let reference = try reference()
        let uninterrupted = FakeEvaluator()
        let folder = try TemporaryFolder()
        try session(folder.path + "/whole", trials: ExactnessTests.trials, evaluator: uninterrupted)
        for crash in 1...uninterrupted.counter.value {
            let path = folder.path + "/\(crash)"
            let crashing = FakeEvaluator(beforeEvaluation: { if $0 == crash { throw Crash() } })
            #expect(throws: Crash.self) {
                try session(
                    path, trials: ExactnessTests.trials, evaluator: crashing, checkpointInterval: checkpointInterval)
            }
            try session(path, trials: ExactnessTests.trials, checkpointInterval: checkpointInterval)
            #expect(try RunContent(path) == reference, "after a crash at evaluation \(crash)")
        }
    }

    @Test func crashAtEveryEvaluationAndTell() throws {
        // Each session gets three evaluations further, or dies when it tells for the first time.
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        var sessions = 0
        while true {
            sessions += 1
            try #require(sessions < 100, "the run makes no headway")
            let number = sessions
            let evaluator = FakeEvaluator(beforeEvaluation: { if $0 == 3 { throw Crash() } })
            var agent = FakeAgent()
            agent.beforeTell = { _ in if number % 2 == 0 { throw Crash() } }
            do {
                try session(path, trials: ExactnessTests.trials, evaluator: evaluator, agent: agent)
                break
            } catch is Crash {}
        }
        #expect(sessions > 5)
        #expect(try RunContent(path) == reference())
    }

    @Test func stopAfterAnyReport() throws {
        let reference = try reference()
        let folder = try TemporaryFolder()
        for count in 1...ExactnessTests.trials {
            let path = folder.path + "/\(count)"
            let stop = StopSignal()
            var reports = 0
            let summary = try session(path, trials: ExactnessTests.trials, stop: stop) { _ in
                reports += 1
                if reports == count { stop.request() }
            }
            #expect(summary.isInterrupted == !summary.isFinished)
            try session(path, trials: ExactnessTests.trials)
            #expect(try RunContent(path) == reference, "after a stop at report \(count)")
        }
    }

    @Test(arguments: [1, 4, 5, 6, 12, 15, 17]) func smallerBudgetFirst(first: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let summary = try session(path, trials: first)
        #expect(summary.isFinished && summary.history.trials.count == first)
        try session(path, trials: ExactnessTests.trials)
        #expect(try RunContent(path) == reference())
    }

    @Test(arguments: [2, 3, 8]) func manyThreadsAsOne(threads: Int) throws {
        let folder = try TemporaryFolder()
        // Later designs are finished first.
        let evaluator = FakeEvaluator(beforeEvaluation: { number in usleep(number % 2 == 1 ? 2000 : 100) })
        try session(folder.path + "/run", trials: ExactnessTests.trials, threads: threads, evaluator: evaluator)
        #expect(try RunContent(folder.path + "/run") == reference())
    }

    @Test func recordedOutcomesAreNotEvaluatedAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let first = FakeEvaluator(beforeEvaluation: { if $0 == 9 { throw Crash() } })
        #expect(throws: Crash.self) {
            try session(path, trials: 60, evaluator: first, checkpointInterval: 1000)
        }
        let second = FakeEvaluator()
        try session(path, trials: 60, evaluator: second, checkpointInterval: 1000)
        let distinct = Set(try RunContent(path).trials.dropFirst().map(\.decisions)).count
        // The ninth evaluation failed, and was made again.
        #expect(first.counter.value - 1 + second.counter.value == distinct)
        #expect(distinct < 60, "the fake agent should repeat itself, or this shows nothing")
    }

    @Test func finishedRunIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try session(path, trials: 15)
        let before = try RunContent(path)
        let evaluator = FakeEvaluator()
        let summary = try session(path, trials: 15, evaluator: evaluator)
        #expect(summary.isFinished && !summary.isInterrupted && summary.sessionTrials == 0)
        #expect(evaluator.counter.value == 0)
        #expect(try RunContent(path) == before)
    }

    @Test(arguments: [1, 6, 13]) func killedProcess(evaluation: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let result = await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, evaluation = evaluation as Int] in
            let evaluator = FakeEvaluator(beforeEvaluation: { if $0 == evaluation { kill(getpid(), SIGKILL) } })
            try session(path, trials: 18, threads: 2, evaluator: evaluator)
        }
        try #require(result != nil)
        try session(path, trials: ExactnessTests.trials)
        #expect(try RunContent(path) == reference())
    }
}

@Suite struct TrainerTests {
    @Test func baselineThatDoesNotScoreOneIsRefused() throws {
        let folder = try TemporaryFolder()
        for objective in [1 + 2e-9, 1 - 2e-9, 2] {
            let error = DiagnosticError.thrown {
                try session(
                    folder.path + "/\(objective)", trials: 5, evaluator: FakeEvaluator(baselineObjective: objective))
            }
            #expect(error?.kind == .configuration)
            #expect(error?.message.contains("\(objective)") == true)
        }
        try session(folder.path + "/near", trials: 5, evaluator: FakeEvaluator(baselineObjective: 1 + 1e-10))
    }

    @Test func driftOfTheSimulatorIsNoticed() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: 5)
        let error = DiagnosticError.thrown {
            try session(folder.path + "/run", trials: 9, evaluator: FakeEvaluator(baselineArea: 101))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("expected 100.0 area, mm², found 101.0") == true)
    }

    @Test func otherProposalsAreNoticed() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: 8)
        let error = DiagnosticError.thrown {
            try session(folder.path + "/run", trials: 20, agent: FakeAgent(seed: 999))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("trial 6") == true)
    }

    @Test func smallerBudgetThanTrialsIsRefused() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: 12)
        let error = DiagnosticError.thrown { try session(folder.path + "/run", trials: 11) }
        #expect(error?.kind == .usage)
        #expect(try RunFolder(reading: folder.path + "/run").configuration.trials == 12)
    }

    @Test func budgetIsRemembered() throws {
        let folder = try TemporaryFolder()
        try session(folder.path + "/run", trials: 5)
        try session(folder.path + "/run", trials: 9, threads: 2)
        let configuration = try RunFolder(reading: folder.path + "/run").configuration
        #expect(configuration.trials == 9 && configuration.threads == 2)
    }

    @Test func summaryAgreesWithTheTrials() throws {
        let folder = try TemporaryFolder()
        let summary = try session(folder.path + "/run", trials: 40)
        let outcomes = summary.history.trials.map(\.outcome)
        let greatest = try #require(outcomes.compactMap(\.objective).max())
        #expect(summary.history.best?.outcome.objective == greatest)
        #expect(summary.history.best?.index == (outcomes.firstIndex { $0.objective == greatest } ?? -2) + 1)
        #expect(summary.history.infeasibleCount == outcomes.count { !$0.isFeasible })
        #expect(summary.history.infeasibleCount > 0, "the fake should have infeasible designs, or this shows nothing")
        let checkpoints = CheckpointFolder(try RunFolder(reading: folder.path + "/run").checkpointsPath)
        #expect(try checkpoints.trials() == [30, 35, 40])
        let checkpoint = try Checkpoint(contentsOfFile: checkpoints.file(trials: 40))
        #expect(checkpoint.best == summary.history.best)
    }

    @Test func notANumberNamesItsTrial() throws {
        let folder = try TemporaryFolder()
        let evaluator = FakeEvaluator(outcomeOf: { decisions in
            var outcome = FakeEvaluator.outcome(of: decisions)
            if decisions[0] == 5 { outcome.reward = .nan }
            return outcome
        })
        let error = DiagnosticError.thrown { try session(folder.path + "/run", trials: 200, evaluator: evaluator) }
        #expect(error?.message.contains("expected a finite reward, found nan") == true)
    }

    @Test func nothingFeasibleIsSaid() throws {
        let folder = try TemporaryFolder()
        let evaluator = FakeEvaluator(outcomeOf: { decisions in
            let reason: Infeasibility.Reason = decisions[0] == 0 ? .tdp : .area
            return Outcome(
                objective: nil, reward: -9, infeasibility: Infeasibility(reason: reason, excess: 1.25), areaMM2: 1,
                tdpWatts: 1, workloads: [])
        })
        var warnings: [String] = []
        let summary = try session(
            folder.path + "/run", trials: 150, evaluator: evaluator, warn: { warnings.append($0) })
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("0 feasible designs after 100 trials: ") == true)
        #expect(summary.history.best == nil)
        #expect(summary.history.infeasibilityDiagnosis?.contains("over the area budget (by 1.25x at least)") == true)
    }
}
