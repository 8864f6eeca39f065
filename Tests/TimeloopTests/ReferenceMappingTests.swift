import Testing
import Timeloop

/// The 90 reference mappings against what timeloop-mapper reported for them.
@Suite struct ReferenceMappingTests {
    /// Counts of Inputs in which Timeloop keeps less of a window's halo than successive tiles share, by the level they are filled into.
    ///
    /// In the first a tile moves along two ranks at once, where Timeloop keeps nothing; in the second the loop further out continues the
    /// window, but Timeloop remembers the second tile of the inner loop and not its last. There the walk over all tiles is the judge.
    private static let lessHalo: [String: [String]] = [
        "b_8x8pe_32x32/rn50_res3_3x3_128/free_delay": ["L1_in/Inputs/fills", "L3/Inputs/reads"],
        "c_16x16pe_8x8/effb0_stem_3x3s2/guided_delay": ["L1_in/Inputs/fills", "L3/Inputs/reads"],
    ]

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
            let excepted = Self.lessHalo[name] ?? []
            for (key, value) in reported where counts[key] != value {
                #expect(excepted.contains(key) && counts[key] ?? .infinity < value, "\(name) \(key)")
            }
            #expect(evaluation.cycles == expected["cycles"], "\(name)")
            #expect(evaluation.computeCycles == expected["computeCycles"], "\(name)")
        }
    }

    @Test func whereTimeloopKeepsLessHaloTheTilesThemselvesAreCounted() throws {
        for (name, keys) in Self.lessHalo {
            let model = try TimeloopFixtures.model(of: name)
            let mapping = try TimeloopFixtures.mapping(name, on: model)
            let counts = try model.evaluate(mapping).counts
            let levels = model.architecture.levels
            let inner = try #require(levels.firstIndex { $0.name == "L1_in" })
            let outer = try #require(levels.firstIndex { $0.name == "L3" })
            let inputs = try #require(model.problem.dataSpaces.firstIndex { $0.name == "Inputs" })
            let walked = NestEnumerator(model.problem, mapping).traffic(of: inputs, into: inner, from: outer)
            #expect(counts[keys[0]] == Double(walked.deltas), "\(name)")
            #expect(counts[keys[1]] == Double(walked.accesses), "\(name)")
        }
    }

    /// Timeloop prints two decimals.
    @Test func energyAndUtilizationAreTimeloops() throws {
        for (name, expected) in try TimeloopFixtures.statistics() {
            let model = try TimeloopFixtures.model(of: name)
            let evaluation = try model.evaluate(TimeloopFixtures.mapping(name, on: model))
            let utilization = try #require(expected["utilizationPercent"])
            #expect(abs(evaluation.utilization * 100 - utilization) <= 0.0051, "\(name)")
            guard Self.lessHalo[name] == nil else { continue }
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
        }
    }
}
