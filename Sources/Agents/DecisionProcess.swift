internal import Diagnostics
package import Environments
internal import Foundation
internal import Tensors

/// The decisions of a problem as a policy meets them.
package struct DecisionProcess: Sendable {
    package let problem: ProblemEvaluator
    package let encoder: ObservationEncoder
    package let layout: LogitLayout
    package let tables: WorkloadTables

    package init(_ problem: ProblemEvaluator) {
        self.problem = problem
        encoder = ObservationEncoder(problem)
        layout = LogitLayout(problem.problem.searchSpace)
        tables = WorkloadTables(problem.workloadFeatures)
    }

    /// Makes episodes with a policy, side by side: every pass through the network decides a parameter in each that
    /// isn't complete.
    ///
    /// Step s of episode e draws from the random stream (seed, e, s) alone.
    ///
    /// - Parameters:
    ///   - policy: the network, not recorded.
    ///   - episodes: the numbers of the episodes.
    package func rollouts(_ policy: PolicyNetwork, episodes numbers: Range<Int>, seed: UInt64) throws -> [Rollout] {
        let embedding = policy.encoder(tables)
        var episodes = numbers.map { _ in problem.episode() }
        var rollouts = numbers.map { _ in Rollout() }
        while true {
            // One step an episode that has one: its lane, parameter and mask.
            var open: [(lane: Int, parameter: Int, mask: ChoiceMask)] = []
            for lane in episodes.indices {
                if let (parameter, mask) = try advanceToChoice(&episodes[lane]) { open.append((lane, parameter, mask)) }
            }
            if open.isEmpty { break }
            let observations = open.map { encoder.encode(episodes[$0.lane]) }
            let (logProbabilities, values) = policy(
                Tensor(observations), embedding: embedding, mask: layout.mask(of: open.map { ($0.parameter, $0.mask) }))
            for (row, step) in open.enumerated() {
                let episode = numbers.lowerBound + step.lane
                var stream = RandomStream(seed: seed, episode: episode, step: step.parameter, purpose: .action)
                let start = layout.starts[step.parameter]
                let choice = sample(from: step.mask, using: &stream) { logProbabilities.value[row, start + $0] }
                rollouts[step.lane].steps.append(
                    Step(observation: observations[row], parameter: step.parameter, mask: step.mask, choice: choice))
                rollouts[step.lane].logProbabilities.append(logProbabilities.value[row, start + choice])
                rollouts[step.lane].values.append(values.value.values[row])
                try episodes[step.lane].apply(choice)
            }
        }
        for lane in episodes.indices { rollouts[lane].decisions = episodes[lane].decisions }
        return rollouts
    }

    /// The steps of an episode that was made before.
    ///
    /// - Throws: `EnvironmentError` where the masks don't allow its decisions, `DiagnosticError` where they aren't a
    ///   design.
    package func steps(of decisions: [Int?]) throws -> [Step] {
        var episode = problem.episode()
        var steps: [Step] = []
        while let (parameter, mask) = try advanceToChoice(&episode) {
            guard decisions.indices.contains(parameter), let choice = decisions[parameter] else { break }
            steps.append(
                Step(observation: encoder.encode(episode), parameter: parameter, mask: mask, choice: choice))
            try episode.apply(choice)
        }
        guard episode.isComplete, episode.decisions == decisions else {
            throw DiagnosticError(.badData, "expected the decisions of a design, found others")
        }
        return steps
    }

    /// What a network says of steps that were made: log π of every choice and V.
    func apply(_ network: PolicyNetwork, to steps: [Step], embedding: Variable) -> (
        logProbabilities: Variable, values: Variable
    ) {
        network(
            Tensor(steps.map(\.observation)), embedding: embedding,
            mask: layout.mask(of: steps.map { ($0.parameter, $0.mask) }))
    }

    /// Makes the decisions in which there is but one choice, and returns the parameter and mask of the first in which
    /// there are more; nil at the end of the episode.
    func advanceToChoice(_ episode: inout DesignEpisode) throws -> (parameter: Int, mask: ChoiceMask)? {
        while let parameter = episode.position, let mask = episode.mask {
            guard mask.count == 1 else { return (parameter, mask) }
            try episode.apply(mask.bits.trailingZeroBitCount)
        }
        return nil
    }

    /// A choice drawn with the probabilities exp(log π), which add up to 1 over the mask.
    private func sample(
        from mask: ChoiceMask, using stream: inout RandomStream, logProbability: (Int) -> Float
    ) -> Int {
        var rest = Double.random(in: 0..<1, using: &stream)
        var choice = mask.bits.trailingZeroBitCount
        var bits = mask.bits
        // Rounding may leave a little at the end, which goes to the last choice that is allowed.
        while bits != 0 {
            choice = bits.trailingZeroBitCount
            rest -= exp(Double(logProbability(choice)))
            if rest < 0 { break }
            bits &= bits - 1
        }
        return choice
    }
}
