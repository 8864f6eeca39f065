import Foundation
import Testing
import Timeloop

/// Our mappings of the reference's layers against the best that timeloop-mapper found for them, in any of its modes.
@Suite struct ReferenceMapperTests {
    private static let names = ["a_1x1pe_128x128", "b_8x8pe_32x32", "c_16x16pe_8x8"]

    @Test func table() throws {
        let statistics = try TimeloopFixtures.statistics()
        let rows = Dictionary(grouping: statistics.keys) { $0.split(separator: "/").dropLast().joined(separator: "/") }
        for (row, mappings) in rows.sorted(by: { $0.key < $1.key }) where row.hasPrefix("c_") || row.contains("res3") {
            let model = try TimeloopFixtures.model(of: row)
            let theirs = try mappings.map { try model.evaluate(TimeloopFixtures.mapping($0, on: model)) }
            let cycles = try #require(theirs.map(\.cycles).min())
            let edp = try #require(theirs.map(\.edp).min())
            let mapper = try ReferenceMapper(model.architecture, model.problem)
            var line = row
            for objective in ReferenceMapper.Objective.allCases {
                var generator = SplitMix64(seed: 1)
                let clock = ContinuousClock()
                var parts: [String] = []
                for steps in [1, 2].map({ 20_000 + $0 }) {
                    let start = clock.now
                    let result = try mapper.bestMapping(for: objective, steps: steps, using: &generator)
                    let seconds = start.duration(to: clock.now)
                    let ours = result.evaluation
                    parts.append(String(format: "%.4f %.5f%@ %5d %4.0fms", ours.cycles / cycles, ours.edp / edp, ours.edp > edp ? "!" : "", result.evaluated, seconds / .milliseconds(1)))
                }
                line += " | \(objective) " + parts.joined(separator: " / ")
            }
            print(line)
        }
    }
}
