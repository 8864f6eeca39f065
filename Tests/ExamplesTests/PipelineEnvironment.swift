import Environments

/// Cuts a chain of layers into pipeline stages: after each layer an action says whether the next one begins a stage (1) or not (0).
/// The reward at the end is the share of the stages' time that the slowest of them leaves busy: 1 is a perfect balance.
struct PipelineEnvironment: Environment {
    struct Info: Hashable, Sendable {
        /// The actions that are allowed; nil at the end.
        var mask: ChoiceMask?
    }

    let layerSeconds: [Double]
    let maximumStages: Int
    /// Where stages begin, so far; nil where no episode has begun.
    private var cuts: [Bool]?

    init(layerSeconds: [Double], maximumStages: Int) {
        self.layerSeconds = layerSeconds
        self.maximumStages = maximumStages
    }

    /// The share of layers that are placed, that of stages that are begun, and the next layer's share of the time.
    var observationSpace: Box { Box(bounds: 0...1, count: 3) }
    var actionSpace: Discrete { Discrete(count: 2) }
    var rewardBounds: ClosedRange<Double> { 0...1 }

    mutating func reset(seed: UInt64?) throws -> (observation: [Float], info: Info) {
        cuts = []
        return (observation, Info(mask: mask))
    }

    mutating func step(_ action: Int) throws -> EnvironmentStep<[Float], Info> {
        guard let cuts else { throw EnvironmentError.notReset }
        guard let mask else { throw EnvironmentError.episodeOver }
        guard mask.contains(action) else {
            throw EnvironmentError.actionOutsideSpace(expected: "0, or 1 while stages are left")
        }
        self.cuts = cuts + [action == 1]
        return EnvironmentStep(
            observation: observation, reward: self.mask == nil ? balance : 0, terminated: self.mask == nil,
            truncated: false, info: Info(mask: self.mask))
    }

    func allows(_ action: Int) -> Bool { mask?.contains(action) ?? false }

    func randomAllowedAction(using generator: inout some RandomNumberGenerator) -> Int? {
        mask?.randomChoice(using: &generator)
    }

    private var stages: Int { (cuts ?? []).count { $0 } + 1 }

    private var mask: ChoiceMask? {
        guard let cuts, cuts.count < layerSeconds.count - 1 else { return nil }
        return ChoiceMask(bits: stages < maximumStages ? 0b11 : 0b01)
    }

    private var observation: [Float] {
        let placed = (cuts ?? []).count + 1
        let next = placed < layerSeconds.count ? layerSeconds[placed] / layerSeconds.reduce(0, +) : 0
        return [Float(placed) / Float(layerSeconds.count), Float(stages) / Float(maximumStages), Float(next)]
    }

    private var balance: Double {
        var stageSeconds = [layerSeconds[0]]
        for (seconds, begins) in zip(layerSeconds.dropFirst(), cuts ?? []) {
            if begins { stageSeconds.append(0) }
            stageSeconds[stageSeconds.count - 1] += seconds
        }
        return layerSeconds.reduce(0, +) / (Double(maximumStages) * (stageSeconds.max() ?? 1))
    }
}
