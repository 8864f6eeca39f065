internal import CFastHeader
internal import Environments
internal import Parallelism

/// Environments that step together, as a caller has opened them.
protocol VectorHandle: Handled {
    func reset(seed: UInt64?, into transition: UnsafeMutablePointer<fast_vector_transition>) throws
    func step(
        _ actions: UnsafePointer<Int64>, count: Int, into transition: UnsafeMutablePointer<fast_vector_transition>
    ) throws
    /// The design that an environment completed in the last step.
    func result(of environment: Int) throws -> (outcome: Outcome, decisions: [Int?])
    /// What an environment's episode that ended in the last step ended with.
    func finalInfoText(of environment: Int) throws -> String
    var description: EnvironmentDescription { get }
    var problem: ProblemHandle { get }
}

extension VectorHandle {
    static var kind: String { "a vector" }
}

/// A vector behind its handle. One thread is inside at a time; another one is told that it is busy.
final class VectorBox<Base: ExportedEnvironment>: VectorHandle {
    private struct State: Sendable {
        var vector: VectorEnvironment<Base>
        /// What the last step ended.
        var finals: [Base.Info?]
    }

    let occupancy = Occupancy()
    let problem: ProblemHandle
    let description: EnvironmentDescription
    private let count: Int
    private let layout: RowLayout
    private let state: Locked<State>

    init(_ environment: Base, count: Int, threads: Int, kind: EnvironmentKind, problem: ProblemHandle) {
        self.problem = problem
        self.count = count
        description = EnvironmentDescription(environment, kind: kind)
        layout = RowLayout(environment)
        state = Locked(
            State(
                vector: VectorEnvironment(repeating: environment, count: count, threads: threads),
                finals: Array(repeating: nil, count: count)))
    }

    private func exclusively<Result: Sendable>(_ body: (inout State) throws -> Result) throws -> Result {
        try problem.occupancy.within {
            try occupancy.within {
                guard let result = try state.withLockIfAvailable({ try body(&$0) }) else { throw InterfaceError.busy }
                return result
            }
        }
    }

    func reset(seed: UInt64?, into transition: UnsafeMutablePointer<fast_vector_transition>) throws {
        try exclusively { state in
            let target = transition.pointee
            try check(target)
            for (index, start) in try state.vector.reset(seed: seed).enumerated() {
                write(start.observation, start.info, of: state.vector.environments[index], to: target, at: index)
                target.rewards?[index] = 0
                target.terminated?[index] = 0
                target.truncated?[index] = 0
            }
            state.finals = Array(repeating: nil, count: count)
        }
    }

    func step(
        _ actions: UnsafePointer<Int64>, count actionCount: Int,
        into transition: UnsafeMutablePointer<fast_vector_transition>
    ) throws {
        try exclusively { state in
            let target = transition.pointee
            try check(target)
            let width = layout.choiceCounts.count
            try requireCount(actionCount, count * width, "action_count")
            let rows = try (0..<count).map { index in
                do {
                    return try layout.action(actions + index * width, of: state.vector.environments[index])
                } catch {
                    throw VectorEnvironmentError(environment: index, underlying: error)
                }
            }
            for (index, result) in try state.vector.step(rows).enumerated() {
                let environment = state.vector.environments[index]
                write(result.step.observation, result.step.info, of: environment, to: target, at: index)
                target.rewards?[index] = result.step.reward
                target.terminated?[index] = result.step.terminated ? 1 : 0
                target.truncated?[index] = result.step.truncated ? 1 : 0
                state.finals[index] = result.final?.info
                if let final = result.final, let rows = target.final_observations {
                    layout.write(
                        final.observation, of: environment, to: rows + index * layout.observationCount)
                }
            }
        }
    }

    func result(of environment: Int) throws -> (outcome: Outcome, decisions: [Int?]) {
        try exclusively { state in
            guard let result = try final(of: environment, in: state).flatMap(Base.result) else {
                throw InterfaceError.noOutcome
            }
            return result
        }
    }

    func finalInfoText(of environment: Int) throws -> String {
        try exclusively { state in
            guard let info = try final(of: environment, in: state) else { throw InterfaceError.noOutcome }
            return try Base.json(of: info)
        }
    }

    private func final(of environment: Int, in state: State) throws -> Base.Info? {
        guard state.finals.indices.contains(environment) else {
            throw InterfaceError.badArgument("expected an environment of 0 ..< \(count), found \(environment)")
        }
        return state.finals[environment]
    }

    private func write(
        _ observation: Base.ObservationSpace.Element, _ info: Base.Info, of environment: Base,
        to target: fast_vector_transition, at index: Int
    ) {
        if let rows = target.observations {
            layout.write(observation, of: environment, to: rows + index * layout.observationCount)
        }
        if let rows = target.masks { layout.write(Base.masks(of: info), to: rows + index * layout.maskCount) }
        target.positions?[index] = Base.position(of: info).map(Int64.init) ?? -1
    }

    private func check(_ transition: fast_vector_transition) throws {
        try requireLayout(
            transition.struct_size, atLeast: MemoryLayout<fast_vector_transition>.size, "fast_vector_transition")
        try requireCount(transition.count, count, "count")
        if transition.observations != nil || transition.final_observations != nil {
            try requireCount(transition.observation_count, count * layout.observationCount, "observation_count")
        }
        if transition.masks != nil {
            try requireCount(transition.mask_count, count * layout.maskCount, "mask_count")
        }
    }
}
