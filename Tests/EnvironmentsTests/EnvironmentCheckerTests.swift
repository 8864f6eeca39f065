import Environments
import Simulation
import Synchronization
import Testing

@Suite struct EnvironmentCheckerTests {
    @Test func theDesignEnvironmentsPass() throws {
        for constraints in [Problem.Constraints(), .init(areaMM2: .value(5), tdpWatts: .value(8))] {
            let checks = EnvironmentChecker().checks(of: try .fake(constraints: constraints))
            #expect(checks.count == 23)
            for check in checks { #expect(check.passed, "\(check.name): \(check.failure ?? "")") }
        }
    }

    @Test func aSoundEnvironmentPasses() {
        for check in EnvironmentChecker().checks(of: FlawedEnvironment(flaw: nil)) {
            #expect(check.passed, "\(check.name): \(check.failure ?? "")")
        }
    }

    /// Each flaw is found by the check that is there for it.
    @Test(arguments: FlawedEnvironment.Flaw.allCases)
    func everyFlawIsFound(flaw: FlawedEnvironment.Flaw) {
        let failed = EnvironmentChecker(stepLimit: 100).checks(of: FlawedEnvironment(flaw: flaw)).filter { !$0.passed }
        #expect(failed.contains { $0.name.contains(flaw.check) }, "\(failed)")
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

/// Sum four numbers of 0 ..< 4, no number twice in a row; the reward is the sum's share of 16. It may have a flaw.
struct FlawedEnvironment: Environment {
    enum Flaw: String, CaseIterable, Sendable {
        case stepsBeforeReset, stepsAfterEnd, rewardIsNaN, rewardOutOfBounds, observationOutside, endless
        case maskIgnoresRule, ruleIgnoresMask, refusalChangesState, sharedState, ignoresActions, emptyMask
        case badSample

        /// Part of the name of the check that must find it.
        var check: String {
            switch self {
            case .stepsBeforeReset: "before the first reset"
            case .stepsAfterEnd: "after the end"
            case .rewardIsNaN, .rewardOutOfBounds, .observationOutside, .endless, .emptyMask: "episodes end"
            case .maskIgnoresRule, .ruleIgnoresMask, .refusalChangesState: "the mask allows exactly"
            case .sharedState: "equal seeds"
            case .ignoresActions: "actions make a difference"
            case .badSample: "spaces contain"
            }
        }
    }

    struct Actions: Space {
        var isBad = false
        func contains(_ value: Int) -> Bool { (0..<4).contains(value) }
        func sample(using generator: inout some RandomNumberGenerator) -> Int {
            Int.random(in: 0..<(isBad ? 8 : 4), using: &generator)
        }
    }

    struct Info: Hashable, Sendable { var steps: Int }

    let flaw: Flaw?
    private let shared = Counter()
    private var steps: Int?
    private var sum = 0
    private var last: Int?

    init(flaw: Flaw?) { self.flaw = flaw }

    var observationSpace: Box { Box(bounds: 0...100, count: 3) }
    var actionSpace: Actions { Actions(isBad: flaw == .badSample) }
    var rewardBounds: ClosedRange<Double> { 0...1 }

    private var observation: [Float] {
        if flaw == .ignoresActions { return [0, 0, Float(steps ?? 0)] }
        return [Float(sum), Float(last ?? 0), flaw == .observationOutside ? -1 : Float(steps ?? 0)]
    }

    mutating func reset(seed: UInt64?) -> (observation: [Float], info: Info) {
        (steps, sum, last) = (0, 0, nil)
        return (observation, Info(steps: 0))
    }

    private var isOpen: Bool { steps.map { $0 < 4 || flaw == .endless } ?? false }

    mutating func step(_ action: Int) throws -> EnvironmentStep<[Float], Info> {
        guard steps != nil || flaw == .stepsBeforeReset else { throw EnvironmentError.notReset }
        guard isOpen || flaw == .stepsAfterEnd || steps == nil else { throw EnvironmentError.episodeOver }
        if flaw == .refusalChangesState { sum = min(sum + 1, 90) }
        guard actionSpace.contains(action), action != last || flaw == .ruleIgnoresMask else {
            throw EnvironmentError.actionOutsideSpace(expected: "another number")
        }
        if flaw == .refusalChangesState { sum -= 1 }
        let count = (steps ?? 0) + 1
        steps = count
        sum += action + (flaw == .sharedState ? shared.next() % 3 : 0)
        if flaw == .endless { sum %= 16 }
        last = action
        let isOver = count >= 4 && flaw != .endless
        let reward: Double =
            switch flaw {
            case .rewardIsNaN: .nan
            case .rewardOutOfBounds: -0.5
            default: isOver ? Double(sum) / 32 : 0
            }
        return EnvironmentStep(
            observation: observation, reward: reward, terminated: isOver, truncated: false, info: Info(steps: count))
    }

    func allows(_ action: Int) -> Bool {
        isOpen && actionSpace.contains(action) && (action != last || flaw == .maskIgnoresRule)
    }

    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        if flaw == .emptyMask, steps == 2 { return nil }
        return (0..<4).filter(allows).randomElement(using: &generator)
    }
}
