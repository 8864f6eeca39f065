internal import Accelerators
internal import CFastHeader
internal import Configuration
internal import Environments
internal import Parallelism

/// An environment that a caller has opened.
protocol EnvironmentHandle: Handled {
    func copy() throws -> any EnvironmentHandle
    func reset(seed: UInt64?, into transition: UnsafeMutablePointer<fast_transition>) throws
    func step(
        _ action: UnsafePointer<Int64>, count: Int, into transition: UnsafeMutablePointer<fast_transition>) throws
    /// The design that the last step completed.
    func result() throws -> (outcome: Outcome, decisions: [Int?])
    func infoText() throws -> String
    func chipText() throws -> String
    func snapshotText() throws -> String
    func restore(_ text: String) throws
    var description: EnvironmentDescription { get }
    var problem: ProblemHandle { get }
}

extension EnvironmentHandle {
    static var kind: String { "an environment" }
}

/// What a caller has to know to make buffers.
struct EnvironmentDescription: Encodable {
    var kind: String
    /// How many choices each number of an action has.
    var actions: [Int]
    var maskCount: Int
    var observation: [SpaceSegment]
    var observationCount: Int
    var rewardLow: Double
    var rewardHigh: Double

    init(_ environment: some ExportedEnvironment, kind: EnvironmentKind) {
        self.kind = kind.rawValue
        actions = environment.choiceCounts
        maskCount = actions.reduce(0, +)
        observation = environment.observationSpace.segments
        observationCount = environment.observationSpace.flatCount
        rewardLow = environment.rewardBounds.lowerBound
        rewardHigh = environment.rewardBounds.upperBound
    }
}

/// The environments that the interface opens.
enum EnvironmentKind: String {
    case design
    case flatDesign = "flat-design"
    case residency

    init(code: Int32) throws {
        switch Int(code) {
        case Int(FAST_DESIGN): self = .design
        case Int(FAST_FLAT_DESIGN): self = .flatDesign
        case Int(FAST_RESIDENCY): self = .residency
        default:
            throw InterfaceError.badArgument(
                "expected FAST_DESIGN, FAST_FLAT_DESIGN or FAST_RESIDENCY as kind, found \(code)")
        }
    }

    /// - Parameter options: as `fast_environment_open` has them.
    func environment(of problem: ProblemHandle, options: String?) throws -> any ExportedEnvironment {
        let options = try EnvironmentOptions(options)
        switch self {
        case .design:
            let environment = DesignEnvironment(problem.evaluator)
            return options.takesNearest ? NearestAllowedAction(environment) : environment
        case .flatDesign:
            return FlatDesignEnvironment(problem.evaluator)
        case .residency:
            let workload = options.workload ?? problem.evaluator.problem.workloads[0].name
            let environment = try ResidencyEnvironment(
                ofNetwork: workload, dimensions: problem.evaluator.problem.dimensions[workload] ?? [:],
                on: options.design.map(problem.design) ?? problem.evaluator.baseline)
            return options.takesNearest ? NearestAllowedAction(environment) : environment
        }
    }
}

/// What a caller can choose about an environment.
private struct EnvironmentOptions {
    private enum MaskedActions: String, CaseIterable {
        case refuse, nearest
    }

    var takesNearest = false
    var design: String?
    var workload: String?

    init(_ text: String?) throws {
        guard let text else { return }
        let mapping = try ConfigurationNode(yaml: text, file: "options").mapping(keys: [
            "maskedActions", "design", "workload",
        ])
        takesNearest = try mapping.optional("maskedActions")?.choice(of: MaskedActions.self) == .nearest
        design = try mapping.optional("design")?.string()
        workload = try mapping.optional("workload")?.string()
    }
}

/// An environment behind its handle. One thread is inside at a time; another one is told that it is busy.
final class EnvironmentBox<Base: ExportedEnvironment>: EnvironmentHandle {
    private struct State: Sendable {
        var environment: Base
        var info: Base.Info?
    }

    let occupancy = Occupancy()
    let problem: ProblemHandle
    let description: EnvironmentDescription
    private let kind: EnvironmentKind
    private let layout: RowLayout
    private let state: Locked<State>

    convenience init(_ environment: Base, kind: EnvironmentKind, problem: ProblemHandle) {
        self.init(State(environment: environment), kind: kind, problem: problem)
    }

    private init(_ state: State, kind: EnvironmentKind, problem: ProblemHandle) {
        description = EnvironmentDescription(state.environment, kind: kind)
        layout = RowLayout(state.environment)
        self.kind = kind
        self.problem = problem
        self.state = Locked(state)
    }

    private func exclusively<Result: Sendable>(_ body: (inout State) throws -> Result) throws -> Result {
        try problem.occupancy.within {
            try occupancy.within {
                guard let result = try state.withLockIfAvailable({ try body(&$0) }) else { throw InterfaceError.busy }
                return result
            }
        }
    }

    func copy() throws -> any EnvironmentHandle {
        EnvironmentBox(try exclusively { $0 }, kind: kind, problem: problem)
    }

    func reset(seed: UInt64?, into transition: UnsafeMutablePointer<fast_transition>) throws {
        try exclusively { state in
            try layout.check(transition.pointee)
            let start = try state.environment.reset(seed: seed)
            state.info = start.info
            layout.write(start.observation, start.info, of: state.environment, to: &transition.pointee)
            transition.pointee.reward = 0
            transition.pointee.terminated = 0
            transition.pointee.truncated = 0
        }
    }

    func step(
        _ action: UnsafePointer<Int64>, count: Int, into transition: UnsafeMutablePointer<fast_transition>
    ) throws {
        try exclusively { state in
            try layout.check(transition.pointee)
            try requireCount(count, layout.choiceCounts.count, "action_count")
            let action = try layout.action(action, of: state.environment)
            let step = try state.environment.step(action)
            state.info = step.info
            layout.write(step.observation, step.info, of: state.environment, to: &transition.pointee)
            transition.pointee.reward = step.reward
            transition.pointee.terminated = step.terminated ? 1 : 0
            transition.pointee.truncated = step.truncated ? 1 : 0
        }
    }

    func result() throws -> (outcome: Outcome, decisions: [Int?]) {
        try exclusively { state in
            guard let result = state.info.flatMap(Base.result) else { throw InterfaceError.noOutcome }
            return result
        }
    }

    func infoText() throws -> String {
        try exclusively { state in
            guard let info = state.info else { throw EnvironmentError.notReset }
            return try Base.json(of: info)
        }
    }

    func chipText() throws -> String {
        try exclusively { state in
            if let chip = state.environment.chip {
                return try jsonText(of: problem.chip(of: chip.design, isComplete: chip.isComplete))
            }
            guard let decisions = state.info.flatMap(Base.result)?.decisions else { throw InterfaceError.noOutcome }
            let design = try problem.evaluator.problem.searchSpace.design(from: decisions)
            return try jsonText(of: problem.chip(of: design, isComplete: true))
        }
    }

    func snapshotText() throws -> String {
        try exclusively { try SnapshotDocument(kind: kind, state: $0.environment.snapshot).text }
    }

    func restore(_ text: String) throws {
        try exclusively { state in
            try state.environment.restore(SnapshotDocument(text, kind: kind).state)
            // What the last step told isn't part of the state.
            state.info = nil
        }
    }
}
