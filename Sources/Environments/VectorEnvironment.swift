internal import Parallelism

/// Several instances of an environment that step together, with Gymnasium's SAME_STEP autoreset.
///
///     var vector = VectorEnvironment(repeating: DesignEnvironment(evaluator), count: 64, threads: 2)
///     var states = try vector.reset(seed: 7)
///     let steps = try vector.step(actions)            // steps[i].final holds the end of an episode that ended
///
/// An instance whose episode ends begins the next one in the same step: its observation and info are those of the new episode, and
/// what the old one ended with stands in `final`. Results don't depend on the number of threads. A step that an instance refuses
/// throws and changes none of them.
public struct VectorEnvironment<Base: Environment>: Sendable {
    public typealias Observation = Base.ObservationSpace.Element
    public typealias Action = Base.ActionSpace.Element

    /// The instances.
    public private(set) var environments: [Base]
    /// Instances that step at the same time, as far as their steps take long.
    public let threads: Int

    /// - Precondition: there is at least one environment, and one thread.
    public init(_ environments: [Base], threads: Int = 1) {
        precondition(!environments.isEmpty && threads > 0, "A vector has at least one environment and one thread.")
        self.environments = environments
        self.threads = threads
    }

    /// Copies of an environment.
    public init(repeating environment: Base, count: Int, threads: Int = 1) {
        self.init(Array(repeating: environment, count: count), threads: threads)
    }

    public var count: Int { environments.count }

    /// What a step of one instance gives back.
    public struct Step: Sendable {
        /// Reward, and whether the episode ended; observation and info are those of the episode that is now under way.
        public var step: EnvironmentStep<Observation, Base.Info>
        /// The last observation and info of the episode that ended with this step; nil where none did.
        public var final: Final?

        public init(step: EnvironmentStep<Observation, Base.Info>, final: Final?) {
            self.step = step
            self.final = final
        }
    }

    /// The end of an episode.
    public struct Final: Sendable {
        public var observation: Observation
        public var info: Base.Info
    }

    /// Begins an episode in every instance, the i-th with `seed` + i.
    public mutating func reset(seed: UInt64?) throws -> [(observation: Observation, info: Base.Info)] {
        var copies = environments
        let states = try copies.indices.map { index in
            try naming(index) { try copies[index].reset(seed: seed.map { $0 &+ UInt64(index) }) }
        }
        environments = copies
        return states
    }

    /// Acts in every instance.
    ///
    /// - Throws: `VectorEnvironmentError` with the first instance that refused its action.
    /// - Precondition: there is one action for each instance.
    public mutating func step(_ actions: [Action]) throws -> [Step] {
        precondition(actions.count == count, "A vector takes one action for each of its environments.")
        guard threads > 1 else { return try stepAll(actions, beforehand: [:]) }
        let long = environments.indices.map { (index: $0, work: environments[$0].expectedWork(of: actions[$0])) }
            .filter { $0.work > 0 }
        // One long step is as well taken here.
        guard long.count > 1 else { return try stepAll(actions, beforehand: [:]) }
        let before = environments
        let finished = spreadResults(count: long.count, threads: threads, work: { long[$0].work }) { position in
            Result {
                let index = long[position].index
                var environment = before[index]
                let step = try Self.step(&environment, actions[index])
                return (environment, step)
            }
        }
        return try stepAll(actions, beforehand: Dictionary(uniqueKeysWithValues: zip(long.map(\.index), finished)))
    }

    private mutating func stepAll(
        _ actions: [Action], beforehand: [Int: Result<(Base, Step), any Error>]
    ) throws -> [Step] {
        var copies = environments
        var steps: [Step] = []
        steps.reserveCapacity(count)
        for index in copies.indices {
            steps.append(
                try naming(index) {
                    guard let result = beforehand[index] else { return try Self.step(&copies[index], actions[index]) }
                    let (environment, step) = try result.get()
                    copies[index] = environment
                    return step
                })
        }
        environments = copies
        return steps
    }

    private static func step(_ environment: inout Base, _ action: Action) throws -> Step {
        var step = try environment.step(action)
        guard step.terminated || step.truncated else { return Step(step: step, final: nil) }
        let final = Final(observation: step.observation, info: step.info)
        (step.observation, step.info) = try environment.reset(seed: nil)
        return Step(step: step, final: final)
    }

    private func naming<Value>(_ index: Int, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw VectorEnvironmentError(environment: index, underlying: error)
        }
    }
}

/// Says which instance of a vector refused to step or to reset, and why.
public struct VectorEnvironmentError: Error, CustomStringConvertible {
    public var environment: Int
    public var underlying: any Error

    public init(environment: Int, underlying: any Error) {
        self.environment = environment
        self.underlying = underlying
    }

    public var description: String { "environment \(environment): \(underlying)" }
}
