import Accelerators
import RandomNumbers
import Testing
import Timeloop

/// A mapping written as Timeloop's directives says the same when it is read again.
@Suite struct DirectiveTests {
    @Test func randomMappingsComeBackFromTheirText() throws {
        var written = 0
        for seed in 0..<300 {
            var generator = SplitMix64(seed: seed)
            let nest = RandomNest(using: &generator, allowsResiduals: seed % 2 == 0)
            // Timeloop has one factor for a dimension's loops along x and along y of a level.
            guard
                nest.mapping.levels.allSatisfy({ level in
                    Set(level.spatialX.map(\.dimension)).isDisjoint(with: level.spatialY.map(\.dimension))
                })
            else { continue }
            written += 1
            let text = nest.mapping.yaml(on: nest.architecture, of: nest.problem)
            let again = try TimeloopMapping(
                yaml: text, file: "map.yaml", architecture: nest.architecture, problem: nest.problem)
            for (level, readLevel) in zip(nest.mapping.levels, again.levels) {
                #expect(level.temporal == readLevel.temporal, "seed \(seed)\n\(text)")
                #expect(level.spatialX == readLevel.spatialX, "seed \(seed)\n\(text)")
                #expect(level.spatialY == readLevel.spatialY, "seed \(seed)\n\(text)")
                #expect(level.keeps == readLevel.keeps, "seed \(seed)\n\(text)")
            }
        }
        #expect(written > 50)
    }
}
