import Agents
import Environments
import Testing

@Suite struct RandomAgentTests {
    private func proposals(batch: Int, count: Int, seed: UInt64 = 3) throws -> [[Int?]] {
        var configuration = RandomConfiguration()
        configuration.batch = batch
        var agent = RandomAgent(problem: try .mixed(), configuration: configuration, seed: seed)
        var all: [[Int?]] = []
        while all.count < count {
            let proposals = try agent.ask()
            #expect(try agent.ask() == proposals)
            _ = try agent.tell(proposals.map { _ in .earning(0) })
            all += proposals
        }
        return Array(all.prefix(count))
    }

    @Test func theBatchHasNoInfluence() throws {
        #expect(try proposals(batch: 8, count: 96) == proposals(batch: 32, count: 96))
        #expect(try proposals(batch: 8, count: 96) != proposals(batch: 8, count: 96, seed: 4))
    }

    /// At every step the allowed choices come equally often: χ² over what the masks allow after each prefix that is
    /// common.
    @Test func allowedChoicesAreEquallyLikely() throws {
        let problem = try ProblemEvaluator.mixed()
        var counts: [[Int?]: (mask: ChoiceMask, counts: [Int: Int])] = [:]
        for decisions in try proposals(batch: 64, count: 4096) {
            var episode = problem.episode()
            while let parameter = episode.position, let mask = episode.mask {
                let prefix = episode.decisions + [parameter]
                let choice = try #require(decisions[parameter])
                counts[prefix, default: (mask, [:])].counts[choice, default: 0] += 1
                try episode.apply(choice)
            }
            #expect(episode.decisions == decisions)
        }
        var tested = 0
        for (mask, counts) in counts.values {
            let total = counts.values.reduce(0, +)
            #expect(counts.keys.allSatisfy(mask.contains))
            guard mask.count > 1, total >= 20 * mask.count else { continue }
            let expected = Double(total) / Double(mask.count)
            let chiSquare = mask.choices.reduce(0.0) { sum, choice in
                let difference = Double(counts[choice] ?? 0) - expected
                return sum + difference * difference / expected
            }
            tested += 1
            // At most four degrees of freedom: exceeded once in 10⁵ tests.
            #expect(chiSquare < 28.5, "mask \(mask.choices): \(counts)")
        }
        #expect(tested > 50)
    }
}
