internal import Environments

extension DecisionProcess {
    /// A design near the best ones so far, as an evolutionary search makes it: one of them, or two crossed parameter by parameter, with a few decisions
    /// changed, half of the changes by one choice up or down.
    ///
    /// Where the masks don't allow a decision, the nearest that they allow is taken. A design that is an elite already is drawn again, a few times.
    ///
    /// Source: the local search around a policy's designs after Kao, Jeong and Krishna, "ConfuciuX: Autonomous Hardware Resource Assignment for DNN Accelerators
    /// using Reinforcement Learning", MICRO 2020, here within each batch instead of after the search.
    func variation(of elites: [EliteArchive.Elite], using stream: inout RandomStream) throws -> Rollout {
        var rollout = Rollout()
        for _ in 0..<8 {
            rollout = try variation(
                of: elites[earlyIndex(below: elites.count, &stream)].decisions,
                crossedWith: elites[earlyIndex(below: elites.count, &stream)].decisions, using: &stream)
            if !elites.contains(where: { $0.decisions == rollout.decisions }) { break }
        }
        return rollout
    }

    /// The better elites are drawn the more often.
    private func earlyIndex(below count: Int, _ stream: inout RandomStream) -> Int {
        min(Int.random(in: 0..<count, using: &stream), Int.random(in: 0..<count, using: &stream))
    }

    private func variation(
        of elite: [Int?], crossedWith other: [Int?], using stream: inout RandomStream
    ) throws -> Rollout {
        let crosses = Bool.random(using: &stream)
        let settled = elite.count { $0 != nil }
        // One decision for certain, and one more on average.
        let certain = Int.random(in: 0..<max(1, settled), using: &stream)
        var rollout = Rollout()
        rollout.isVariation = true
        var episode = problem.episode()
        while let (parameter, mask) = try advanceToChoice(&episode) {
            var wanted = crosses && Bool.random(using: &stream) ? other[parameter] : elite[parameter]
            if rollout.steps.count == certain || Int.random(in: 0..<max(1, settled), using: &stream) == 0 {
                if Bool.random(using: &stream), let choice = wanted {
                    wanted = choice + (Bool.random(using: &stream) ? 1 : -1)
                } else {
                    wanted = nil
                }
            }
            guard let choice = wanted.map({ mask.nearest(to: $0) }) ?? mask.randomChoice(using: &stream) else { break }
            rollout.steps.append(
                Step(observation: encoder.encode(episode), parameter: parameter, mask: mask, choice: choice))
            try episode.apply(choice)
        }
        rollout.decisions = episode.decisions
        return rollout
    }
}

extension ChoiceMask {
    /// The allowed choice nearest to another; of two as near, the lower. The mask is not empty.
    fileprivate func nearest(to choice: Int) -> Int {
        var (best, distance, rest) = (bits.trailingZeroBitCount, Int.max, bits)
        while rest != 0 {
            let allowed = rest.trailingZeroBitCount
            if abs(allowed - choice) < distance { (best, distance) = (allowed, abs(allowed - choice)) }
            rest &= rest - 1
        }
        return best
    }
}
