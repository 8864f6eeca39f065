import Testing
import Timeloop

/// The 90 reference mappings against what timeloop-mapper reported for them.
@Suite struct ReferenceMappingTests {
    @Test func countsAndCyclesAreTimeloops() throws {
        let statistics = try TimeloopFixtures.statistics()
        #expect(statistics.count == 90)
        for (name, expected) in statistics.sorted(by: { $0.key < $1.key }) {
            let model = try TimeloopFixtures.model(of: name)
            let evaluation = try model.evaluate(TimeloopFixtures.mapping(name, on: model))
            let counts = evaluation.counts
            let reported = expected.filter { $0.key.contains("/") && !$0.key.hasSuffix("energyPJ") }
            // A level that Timeloop doesn't list holds nothing.
            #expect(Set(counts.keys) == Set(reported.keys), "\(name)")
            for (key, value) in reported.sorted(by: { $0.key < $1.key }) {
                #expect(counts[key] == value, "\(name) \(key)")
            }

            #expect(evaluation.cycles == expected["cycles"], "\(name)")
            #expect(evaluation.computeCycles == expected["computeCycles"], "\(name)")
        }
    }

    /// Timeloop prints two decimals.
    @Test func energyAndUtilizationAreTimeloops() throws {
        for (name, expected) in try TimeloopFixtures.statistics() {
            let model = try TimeloopFixtures.model(of: name)
            let evaluation = try model.evaluate(TimeloopFixtures.mapping(name, on: model))
            for level in evaluation.levels {
                for tensor in level.tensors {
                    let reported = try #require(expected["\(level.name)/\(tensor.name)/energyPJ"])
                    #expect(
                        abs(tensor.energyPJ - reported) <= 0.006 + reported * 1e-12,
                        "\(name) \(level.name) \(tensor.name)")
                }
            }
            let energy = try #require(expected["energyMicrojoule"])
            #expect(abs(evaluation.energyPJ / 1e6 - energy) <= 0.0051, "\(name)")
            let utilization = try #require(expected["utilizationPercent"])
            #expect(abs(evaluation.utilization * 100 - utilization) <= 0.0051, "\(name)")
        }
    }
}
