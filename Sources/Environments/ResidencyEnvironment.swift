public import Compilation
internal import Workloads

/// An episode decides which tensors of a compiled workload stay in Global Memory, one a step, in execution order.
///
/// Action 1 keeps the tensor, 0 gives it up; the mask denies keeping what doesn't fit. The reward of a step is the share of the time without residency that
/// it saves, so that an episode's rewards add up to the share saved in all: at best 1 − optimum / time without. Episodes terminate after the
/// last tensor; nothing is left to chance.
public struct ResidencyEnvironment: Environment {
    /// What there is to know beside the observation.
    public struct Info: Hashable, Sendable {
        /// The tensor that is decided next; nil at the end.
        public var tensor: String?
        /// The actions that are allowed; nil at the end.
        public var mask: ChoiceMask?
        /// Cycles of a pass with what is kept so far.
        public var cycles: Double
    }

    /// What an observation holds, in this order: the tensor's bytes and its live regions over those there are; 1 for a weight; the share of the time that
    /// keeping it saves; the share of Global Memory that is free where it would live; 1 if it fits; the share of tensors decided; the share of
    /// the time that is saved so far.
    public static let observationNames = [
        "bytes", "live", "isWeight", "saves", "free", "fits", "decided", "saved",
    ]

    public let workload: CompiledWorkload
    let initial: ResidencyEpisode
    var episode: ResidencyEpisode?

    /// - Parameter workload: compiled with residency for a design with a Global Memory, so that there are tensors to decide about.
    /// - Throws: `EnvironmentError` where there are none.
    public init(_ workload: CompiledWorkload) throws {
        self.workload = workload
        initial = ResidencyEpisode(workload.residencyProblem)
        guard !initial.isComplete else { throw EnvironmentError.nothingToDecide }
    }

    public var observationSpace: Box { Box(bounds: 0...1, count: ResidencyEnvironment.observationNames.count) }
    public var actionSpace: Discrete { Discrete(count: 2) }
    /// Keeping a tensor never costs more than what it saves elsewhere, but for Global Memory's ports.
    public var rewardBounds: ClosedRange<Double> { -1...1 }

    public mutating func reset(seed: UInt64?) throws -> (observation: [Float], info: Info) {
        episode = initial
        return (observation(of: initial), info(of: initial))
    }

    public mutating func step(_ action: Int) throws -> EnvironmentStep<[Float], Info> {
        guard var episode else { throw EnvironmentError.notReset }
        guard !episode.isComplete else { throw EnvironmentError.episodeOver }
        guard actionSpace.contains(action) else { throw EnvironmentError.actionOutsideSpace(expected: "0 or 1") }
        if action == 1, !episode.fits(), let candidate = episode.candidate {
            throw EnvironmentError.tensorDoesNotFit(
                name: workload.workload[candidate.value].name, bytes: candidate.bytes)
        }
        let saved = episode.decide(keep: action == 1) / episode.cyclesWithoutResidency
        self.episode = episode
        return EnvironmentStep(
            observation: observation(of: episode), reward: min(max(saved, -1), 1), terminated: episode.isComplete,
            truncated: false, info: info(of: episode))
    }

    public func expectedWork(of action: Int) -> Double { 0 }

    public func allows(_ action: Int) -> Bool {
        guard let episode, !episode.isComplete else { return false }
        return action == 0 || (action == 1 && episode.fits())
    }

    public func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        guard let mask = episode.flatMap({ info(of: $0).mask }) else { return nil }
        return actionSpace.sample(mask: mask, using: &generator)
    }

    private func info(of episode: ResidencyEpisode) -> Info {
        Info(
            tensor: episode.candidate.map { workload.workload[$0.value].name },
            mask: episode.isComplete ? nil : ChoiceMask(bits: episode.fits() ? 0b11 : 0b01), cycles: episode.cycles)
    }

    private func observation(of episode: ResidencyEpisode) -> [Float] {
        let decided = Float(episode.position) / Float(episode.order.count)
        func share(_ value: Double) -> Float { Float(min(max(value, 0), 1)) }
        let saved = share(1 - episode.cycles / episode.cyclesWithoutResidency)
        guard let candidate = episode.candidate else { return [0, 0, 0, 0, 0, 0, decided, saved] }
        return [
            share(Double(candidate.bytes) / Double(max(1, workload.residency.capacityBytes))),
            share(Double(candidate.live.count) / Double(workload.schedules.count)), candidate.isWeight ? 1 : 0,
            share(episode.savedCycles() / episode.cyclesWithoutResidency), share(episode.freeShare()),
            episode.fits() ? 1 : 0, decided, saved,
        ]
    }
}
