import Environments
import Simulation
import Synchronization
import Testing

@Suite struct EnvironmentCheckerTests {
    @Test func theDesignEnvironmentsPass() throws {
        for constraints in [Problem.Constraints(), .init(areaMM2: .value(5), tdpWatts: .value(8))] {
            let checks = EnvironmentChecker().checks(of: try .fake(constraints: constraints))
            #expect(checks.count == 40)
            for check in checks { #expect(check.passed, "\(check.name): \(check.failure ?? "")") }
        }
    }

    @Test func aSoundEnvironmentPasses() {
        for check in EnvironmentChecker().checks(of: BrokenEnvironment(flaw: nil)) {
            #expect(check.passed, "\(check.name): \(check.failure ?? "")")
        }
    }

    /// Each flaw is found by the check that is there for it, for the right reason.
    @Test(arguments: BrokenEnvironment.Flaw.allCases)
    func everyFlawIsFound(flaw: BrokenEnvironment.Flaw) {
        let failed = EnvironmentChecker(stepLimit: 100).checks(of: BrokenEnvironment(flaw: flaw)).filter { !$0.passed }
        let (check, reason) = flaw.expected
        #expect(
            failed.contains { $0.name.contains(check) && $0.failure?.contains(reason) == true }, "\(failed)")
    }

    @Test func observationsThatAreWrittenOverAreFound() {
        let failed = EnvironmentChecker().checks(of: AliasingEnvironment()).filter { !$0.passed }
        #expect(failed.map(\.name) == ["observations that were given out don't change"], "\(failed)")
        #expect(failed.first?.failure?.contains("observation 0 changed") == true)
    }

    /// What a time limit breaks off is truncated; without one it is a fault.
    @Test func timeLimitsMayTruncate() {
        let environment = BrokenEnvironment(flaw: .truncatedForTerminated)
        let failed = EnvironmentChecker(hasTimeLimit: true).checks(of: environment).filter { !$0.passed }
        #expect(failed.isEmpty, "\(failed)")
    }

    @Test func aDriftingBaselineFails() throws {
        let counter = Counter()
        let evaluator = try ProblemEvaluator.fake(
            simulator: FakeSimulator { _, evaluation in
                evaluation.inferencesPerSecond *= 1 + 1e-9 * Double(counter.next())
            })
        let checks = EnvironmentChecker(episodes: 1).checks(of: evaluator)
        #expect(checks.first?.passed == false)
    }
}

/// Counts, from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
