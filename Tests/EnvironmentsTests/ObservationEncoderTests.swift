import Accelerators
import Environments
import Foundation
import Simulation
import Testing

@Suite struct ObservationEncoderTests {
    @Test func segmentsTileTheRow() throws {
        let encoder = ObservationEncoder(try .fake(space: .full))
        var end = 0
        for segment in encoder.segments {
            #expect(segment.range.lowerBound == end)
            end = segment.range.upperBound
        }
        #expect(end == encoder.width)
        #expect(
            encoder.segments.map(\.name)
                == ParameterName.allCases.map(\.rawValue) + ["next", "budgets", "remaining", "objective"])
    }

    /// Every number of a row is what its documentation says, all through random episodes.
    @Test(arguments: 0..<20)
    func rowsSayWhatWasDecided(seed: Int) throws {
        let evaluator = try ProblemEvaluator.fake(
            constraints: .init(areaMM2: .value(30), tdpWatts: .value(60), latencySeconds: 1))
        let encoder = ObservationEncoder(evaluator)
        let space = evaluator.problem.searchSpace
        var stream = RandomStream(seed: UInt64(seed), purpose: .checking)
        var episode = evaluator.episode()
        var isOver = false
        while !isOver {
            let row = encoder.encode(episode)
            #expect(row.count == encoder.width)
            #expect(row.allSatisfy(ObservationEncoder.bounds.contains))
            let parts = Dictionary(uniqueKeysWithValues: encoder.segments.map { ($0.name, Array(row[$0.range])) })
            for (index, parameter) in space.parameters.enumerated() {
                let part = try #require(parts[parameter.name.rawValue])
                let choice = episode.decisions[index]
                #expect(part.prefix(parameter.count).map { $0 == 1 } == (0..<parameter.count).map { $0 == choice })
                let isNumber = parameter.text(ofChoice: 0).allSatisfy(\.isNumber)
                let value = choice.map { isNumber ? log2(1 + Double(parameter.codes[$0])) / 17 : 0 } ?? 0
                #expect(abs(Double(part[parameter.count]) - value) < 1e-6)
                let isSettled = episode.position.map { index < $0 } ?? true
                #expect(part[parameter.count + 1] == (isSettled ? 1 : 0))
            }
            #expect(parts["next"]?.firstIndex(of: 1) == episode.position)
            let baseline = FakeSimulator().totals(of: Design.example.datapath)
            let latency = try FakeSimulator().evaluate(workload: "efficientnet-b0", on: .example).latencySeconds
            let budgets = [log2(30 / baseline.areaMM2) / 8, log2(60 / baseline.tdpWatts) / 8, log2(1 / latency) / 8, 1]
            for (number, expected) in zip(try #require(parts["budgets"]), budgets) {
                #expect(abs(Double(number) - min(max(expected, -1), 1)) < 1e-6)
            }
            let bound = episode.lowerBound
            let remaining = [1 - bound.areaMM2 / 30, 1 - bound.tdpWatts / 60]
            for (number, expected) in zip(try #require(parts["remaining"]), remaining) {
                #expect(abs(Double(number) - expected) < 1e-6 && number >= 0)
            }
            #expect(parts["objective"] == [1, 0, 0, 0])
            if let choice = episode.mask?.randomChoice(using: &stream) {
                try episode.apply(choice)
            } else {
                isOver = true
            }
        }
    }

    @Test func writingIntoAnOldRowLeavesNothingOfIt() throws {
        let evaluator = try ProblemEvaluator.fake(space: .full)
        let encoder = ObservationEncoder(evaluator)
        var row = [Float](repeating: 0.7, count: encoder.width)
        var span = row.mutableSpan
        encoder.encode(evaluator.episode(), into: &span)
        #expect(row == encoder.encode(evaluator.episode()))
        #expect(!row.contains(0.7))
    }

    @Test func differentPrefixesLookDifferent() throws {
        let evaluator = try ProblemEvaluator.fake()
        let encoder = ObservationEncoder(evaluator)
        var rows: Set<[Float]> = []
        var states = 0
        func explore(_ episode: DesignEpisode) throws {
            states += 1
            rows.insert(encoder.encode(episode))
            for choice in episode.mask?.choices ?? [] {
                var next = episode
                try next.apply(choice)
                try explore(next)
            }
        }
        try explore(evaluator.episode())
        #expect(rows.count == states)
    }
}
