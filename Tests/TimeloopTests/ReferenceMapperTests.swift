import Accelerators
import Foundation
import RandomNumbers
import Testing
import Timeloop

/// Our mappings of the reference's layers against the best that timeloop-mapper found for them in any of its modes and metrics, all
/// costed by `TimeloopModel` on the same architecture and problem files.
@Suite struct ReferenceMapperTests {
    /// Timeloop's best of a layer on an architecture, and what ours is compared with it.
    private struct Row {
        var name: String
        var model: TimeloopModel
        var cycles: Double
        var edp: Double

        static func all() throws -> [Row] {
            let names = try TimeloopFixtures.statistics().keys
            let rows = Dictionary(grouping: names) { $0.split(separator: "/").dropLast().joined(separator: "/") }
            return try rows.sorted { $0.key < $1.key }.map { name, mappings in
                let model = try TimeloopFixtures.model(of: name)
                let theirs = try mappings.map { try model.evaluate(TimeloopFixtures.mapping($0, on: model)) }
                return Row(
                    name: name, model: model, cycles: try #require(theirs.map(\.cycles).min()),
                    edp: try #require(theirs.map(\.edp).min()))
            }
        }

        func mapped(for objective: ReferenceMapper.Objective, seed: Int) throws -> ReferenceMapper.Result {
            var generator = SplitMix64(seed: seed)
            return try ReferenceMapper(model.architecture, model.problem).bestMapping(for: objective, using: &generator)
        }
    }

    /// The products of sums of energies may differ in the last digits.
    private static let rounding = 1 + 1e-12

    @Test(arguments: ReferenceMapper.Objective.allCases)
    func noMappingOfTimeloopsIsBetter(objective: ReferenceMapper.Objective) throws {
        let rows = try Row.all()
        #expect(rows.count == 30)
        for row in rows {
            let ours = try row.mapped(for: objective, seed: 1)
            #expect(ours.evaluation == (try row.model.evaluate(ours.mapping)), "\(row.name)")
            #expect(ours.evaluation.cycles <= row.cycles, "\(row.name) \(ours.evaluation.cycles / row.cycles)")
            guard objective == .edp else { continue }
            #expect(ours.evaluation.edp <= row.edp * Self.rounding, "\(row.name) \(ours.evaluation.edp / row.edp)")
        }
    }

    /// The table of docs/TIMELOOP.md: `REFERENCE_TABLE=SEED swift test -c release --filter ReferenceMapperTests`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["REFERENCE_TABLE"] != nil)) func printTable() throws {
        let seed = Int(ProcessInfo.processInfo.environment["REFERENCE_TABLE"] ?? "") ?? 1
        print(
            "| architecture, layer | cycles: Timeloop | ours | ratio | EDP, J·cycles: Timeloop | ours | ratio | ms: delay | edp |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for row in try Row.all() {
            let clock = ContinuousClock()
            var milliseconds: [Double] = []
            let ours = try ReferenceMapper.Objective.allCases.map { objective in
                let start = clock.now
                let result = try row.mapped(for: objective, seed: seed)
                milliseconds.append(start.duration(to: clock.now) / .milliseconds(1))
                return result.evaluation
            }
            let (delay, product) = (ours[0], ours[1])
            print(
                "| \(row.name.replacing("/", with: ", ")) "
                    + String(
                        format: "| %.0f | %.0f | %.4f | %.5g | %.5g | %.5f | %.0f | %.0f |", row.cycles, delay.cycles,
                        delay.cycles / row.cycles, row.edp, product.edp, product.edp / row.edp, milliseconds[0],
                        milliseconds[1]))
        }
    }
}
