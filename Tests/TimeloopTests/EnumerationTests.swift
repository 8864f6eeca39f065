import Accelerators
import RandomNumbers
import Testing
import Timeloop

/// The closed form against walking every step of every instance.
@Suite struct EnumerationTests {
    private func compare(_ nest: RandomNest, seed: Int) throws {
        let enumerator = NestEnumerator(nest.problem, nest.mapping)
        let evaluation = try TimeloopModel(nest.architecture, nest.problem).evaluate(nest.mapping)
        let counts = enumerator.counts()
        #expect(evaluation.computeCycles == Double(enumerator.computeCycles()), "seed \(seed)")
        for (level, expected) in zip(evaluation.levels, counts) {
            for (space, expected) in zip(nest.problem.dataSpaces, expected) {
                guard let expected else { continue }
                let tensor = try #require(level.tensors.first { $0.name == space.name })
                let found = NestEnumerator.Counts(
                    reads: Int(tensor.reads), updates: Int(tensor.updates), fills: Int(tensor.fills),
                    tileWords: Int(tensor.tileWords))
                #expect(found == expected, "seed \(seed) \(level.name) \(space.name)\n\(nest.problem)\n\(nest.mapping)")
            }
        }
    }

    @Test func factorsThatDivide() throws {
        for seed in 0..<1500 {
            var generator = SplitMix64(seed: seed)
            let nest = RandomNest(using: &generator, allowsResiduals: false)
            #expect(!nest.isRagged)
            try compare(nest, seed: seed)
        }
    }

    @Test func residualFactors() throws {
        var ragged = 0
        for seed in 10_000..<12_500 {
            var generator = SplitMix64(seed: seed)
            let nest = RandomNest(using: &generator, allowsResiduals: true)
            guard nest.isRagged else { continue }
            ragged += 1
            try compare(nest, seed: seed)
        }
        #expect(ragged > 1000)
    }
}
