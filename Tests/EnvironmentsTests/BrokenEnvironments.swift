import Environments
import Synchronization

/// Sum four numbers of 0 ..< 4, no number twice in a row, and what chance adds to each; the reward is the sum's share of 32. It
/// keeps its contract unless it has a flaw.
struct BrokenEnvironment: Environment {
    enum Flaw: String, CaseIterable, Sendable {
        case stepsBeforeReset, actionAllowedBeforeReset, stepsAfterEnd, endless
        case rewardIsNaN, rewardOutOfBounds, rewardsUnbounded
        case observationOutside, observationIsNaN, observationOfWrongShape, resetObservationOutside
        case maskIgnoresRule, ruleIgnoresMask, allowedActionRefused, emptyMask, badRandomAction, otherError
        case refusalChangesState, refusalEndsEpisode
        case nondeterministic, infoFromElsewhere, resetIgnoresSeed, resetKeepsState
        case instancesShareState, copiesShareState, ignoresActions, badActionSample, badObservationSample
        case truncatedForTerminated, terminatedAndTruncated

        /// Parts of the name of the check that must find it, and of what it says.
        var expected: (check: String, reason: String) {
            switch self {
            case .stepsBeforeReset: ("before the first reset", "is accepted")
            case .actionAllowedBeforeReset: ("before the first reset", "is allowed before the first reset")
            case .stepsAfterEnd: ("after the end", "is accepted")
            case .endless: ("episodes end", "doesn't end within 100 steps")
            case .rewardIsNaN: ("episodes end", "the reward of step 1, nan")
            case .rewardOutOfBounds: ("episodes end", "the reward of step 1, -0.5")
            case .rewardsUnbounded: ("finite bounds", "inf")
            case .observationOutside: ("episodes end", "the observation of step 1 lies outside")
            case .observationIsNaN: ("episodes end", "nan")
            case .observationOfWrongShape: ("episodes end", "the observation of step 1 lies outside")
            case .resetObservationOutside: ("episodes end", "the observation of the reset lies outside")
            case .maskIgnoresRule: ("the mask allows exactly", "is refused")
            case .ruleIgnoresMask: ("the mask allows exactly", "that the mask denies is accepted")
            case .allowedActionRefused: ("the mask allows exactly", "the allowed action 2 is refused")
            case .emptyMask: ("the mask allows exactly", "no action is allowed before the end")
            case .badRandomAction: ("the mask allows exactly", "is one that the mask denies")
            case .otherError: ("the mask allows exactly", "ends in another error")
            case .refusalChangesState: ("the mask allows exactly", "changed the state")
            case .refusalEndsEpisode: ("the mask allows exactly", "ended the episode")
            case .nondeterministic: ("equal seeds and actions", "differs when it is played again")
            case .infoFromElsewhere: ("equal seeds and actions", "differs when it is played again")
            case .resetIgnoresSeed: ("a reset begins anew", "after a whole episode")
            case .resetKeepsState: ("a reset begins anew", "differs when its seed is given again")
            case .instancesShareState: ("another environment that runs", "when another runs in between")
            case .copiesShareState: ("a copy continues", "a copy gives another result")
            case .ignoresActions: ("actions make a difference", "whatever is done")
            case .badActionSample: ("spaces contain", "action")
            case .badObservationSample: ("spaces contain", "observation")
            case .truncatedForTerminated: ("never both", "expected terminated")
            case .terminatedAndTruncated: ("never both", "both terminated and truncated")
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

    struct Observations: Space {
        var isBad = false
        let box = Box(bounds: 0...100, count: 3)
        func contains(_ value: [Float]) -> Bool { box.contains(value) }
        func sample(using generator: inout some RandomNumberGenerator) -> [Float] {
            isBad ? [0, 0, 101] : box.sample(using: &generator)
        }
    }

    struct Info: Hashable, Sendable { var steps: Int }
    struct OtherError: Error {}

    /// A number that copies have in common.
    final class Shared: Sendable {
        let value = Mutex(0)
        func add(_ summand: Int) -> Int {
            value.withLock { value in
                value += summand
                return value
            }
        }
        func set(_ new: Int) { value.withLock { $0 = new } }
    }

    let flaw: Flaw?
    private let everywhere = Shared()
    private var episodes = Shared()
    private var steps: Int?
    private var sum = 0
    private var last: Int?
    private var chance = RandomStream(seed: 0, purpose: .environment)

    init(flaw: Flaw?) { self.flaw = flaw }

    var observationSpace: Observations { Observations(isBad: flaw == .badObservationSample) }
    var actionSpace: Actions { Actions(isBad: flaw == .badActionSample) }
    var rewardBounds: ClosedRange<Double> { flaw == .rewardsUnbounded ? -(.infinity)...1 : 0...1 }

    private var observation: [Float] {
        let steps = Float(steps ?? 0)
        return switch flaw {
        case .ignoresActions: [0, 0, steps]
        case .observationOutside where steps > 0: [Float(sum), 0, -1]
        case .observationIsNaN where steps > 0: [Float(sum), .nan, steps]
        case .observationOfWrongShape where steps > 0: [Float(sum), steps]
        case .resetObservationOutside where steps == 0: [0, 0, 200]
        default: [Float(sum), Float(last ?? 0), steps]
        }
    }

    mutating func reset(seed: UInt64?) -> (observation: [Float], info: Info) {
        if flaw != .resetIgnoresSeed {
            chance = RandomStream(seed: seed ?? chance.next(), purpose: .environment)
        }
        steps = 0
        if flaw != .resetKeepsState { sum = 0 }
        last = nil
        if flaw == .instancesShareState { everywhere.set(0) }
        episodes = Shared()
        return (observation, Info(steps: 0))
    }

    private var isOpen: Bool { steps.map { $0 < 4 || flaw == .endless } ?? false }

    mutating func step(_ action: Int) throws -> EnvironmentStep<[Float], Info> {
        guard steps != nil || flaw == .stepsBeforeReset else { throw EnvironmentError.notReset }
        guard isOpen || flaw == .stepsAfterEnd || steps == nil else { throw EnvironmentError.episodeOver }
        guard actionSpace.contains(action), action != last || flaw == .ruleIgnoresMask,
            flaw != .allowedActionRefused || action != 2
        else {
            switch flaw {
            case .refusalChangesState: sum = min(sum + 1, 90)
            case .refusalEndsEpisode: steps = 4
            case .otherError: throw OtherError()
            default: break
            }
            throw EnvironmentError.actionOutsideSpace(expected: "another number")
        }
        let count = (steps ?? 0) + 1
        steps = count
        let luck = Int.random(in: 0..<3, using: &chance)
        switch flaw {
        case .nondeterministic: sum += action + everywhere.add(1) % 3
        case .instancesShareState: sum = everywhere.add(action + luck)
        case .copiesShareState: sum = episodes.add(action + luck)
        case .endless: sum = (sum + action + luck) % 16
        default: sum = min(sum + action + luck, 90)
        }
        last = action
        let isOver = count >= 4 && flaw != .endless
        let reward: Double =
            switch flaw {
            case .rewardIsNaN: .nan
            case .rewardOutOfBounds: -0.5
            default: isOver ? Double(min(sum, 32)) / 32 : 0
            }
        let isTruncated = flaw == .truncatedForTerminated || flaw == .terminatedAndTruncated
        return EnvironmentStep(
            observation: observation, reward: reward, terminated: isOver && flaw != .truncatedForTerminated,
            truncated: isOver && isTruncated,
            info: Info(steps: flaw == .infoFromElsewhere ? everywhere.add(1) : count))
    }

    func allows(_ action: Int) -> Bool {
        if flaw == .actionAllowedBeforeReset, steps == nil { return true }
        return isOpen && actionSpace.contains(action) && (action != last || flaw == .maskIgnoresRule)
    }

    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        if flaw == .emptyMask, steps == 2 { return nil }
        if flaw == .badRandomAction, isOpen, let last { return last }
        let allowed = (0..<4).filter(allows)
        // The first free number, so that episodes that are played without probing don't meet the refusal.
        return flaw == .allowedActionRefused
            ? allowed.first { $0 != 2 } : allowed.randomElement(using: &generator)
    }
}

/// Counts to three, and gives out one and the same buffer as every observation.
struct AliasingEnvironment: Environment {
    final class Buffer: Sendable, Equatable, CustomStringConvertible {
        let value = Mutex(0)
        var description: String { "\(value.withLock { $0 })" }
        static func == (first: Buffer, second: Buffer) -> Bool {
            first === second || first.description == second.description
        }
    }

    struct Buffers: Space {
        func contains(_ value: Buffer) -> Bool { true }
        func sample(using generator: inout some RandomNumberGenerator) -> Buffer { Buffer() }
    }

    struct Info: Hashable, Sendable {}

    private var buffer = Buffer()
    private var steps: Int?
    private var sum = 0

    var observationSpace: Buffers { Buffers() }
    var actionSpace: Discrete { Discrete(count: 2) }
    var rewardBounds: ClosedRange<Double> { 0...1 }

    mutating func reset(seed: UInt64?) -> (observation: Buffer, info: Info) {
        (buffer, steps, sum) = (Buffer(), 0, 0)
        return (buffer, Info())
    }

    mutating func step(_ action: Int) throws -> EnvironmentStep<Buffer, Info> {
        guard let steps else { throw EnvironmentError.notReset }
        guard steps < 3 else { throw EnvironmentError.episodeOver }
        guard actionSpace.contains(action) else { throw EnvironmentError.actionOutsideSpace(expected: "0 or 1") }
        self.steps = steps + 1
        sum = 2 * sum + action + 1
        let sum = sum
        buffer.value.withLock { $0 = sum }
        return EnvironmentStep(
            observation: buffer, reward: 0, terminated: steps == 2, truncated: false, info: Info())
    }

    func allows(_ action: Int) -> Bool { steps.map { $0 < 3 } ?? false && actionSpace.contains(action) }

    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        allows(0) ? Int.random(in: 0..<2, using: &generator) : nil
    }
}
