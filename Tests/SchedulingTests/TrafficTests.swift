import Accelerators
import RandomNumbers
import Scheduling
import Testing
import Workloads

/// The nest analysis against the enumeration of every iteration, on random nests and mappings with a fixed seed.
@Suite struct TrafficTests {
    struct Levels: CustomTestStringConvertible, Sendable {
        var hasL2: Bool
        var hasGlobalMemory: Bool

        var testDescription: String { (hasL2 ? "L2" : "no L2") + (hasGlobalMemory ? ", Global Memory" : "") }

        static let all = [
            Levels(hasL2: false, hasGlobalMemory: false), Levels(hasL2: false, hasGlobalMemory: true),
            Levels(hasL2: true, hasGlobalMemory: false), Levels(hasL2: true, hasGlobalMemory: true),
        ]
    }

    /// Tiles that leave remainders, halos, padding, strides, groups, idle PEs and any loop order: equal to the byte.
    @Test(arguments: Levels.all, [false, true])
    func bytesOfDRAMAndGlobalMemoryAreThoseOfTheEnumeratedLoops(levels: Levels, isDilated: Bool) throws {
        let view = roomyView(hasL2: levels.hasL2, hasGlobalMemory: levels.hasGlobalMemory)
        let mappings = MappingVariety(hasL2: levels.hasL2, hasGlobalMemory: levels.hasGlobalMemory)
        var generator = SplitMix64(seed: 1)
        for _ in 0..<1500 {
            let nest = NestVariety(dilates: isDilated).nest(using: &generator)
            let mapping = mappings.mapping(of: nest, unit: .array(.weightStationary), using: &generator)
            try mapping.validate(for: nest, on: view)
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            let enumerator = NestEnumerator(nest: nest, mapping: mapping)
            let grid = enumerator.gridTraffic()
            try #require(cost.globalMemory == grid, "\(nest) \(mapping)")
            let dram = levels.hasGlobalMemory ? enumerator.dramTraffic() : grid
            try #require(cost.dram == dram, "\(nest) \(mapping)")
        }
    }

    /// What the L2s of all PEs move, and what the busiest moves where padding doesn't tell the PEs apart.
    @Test(arguments: [false, true])
    func bytesOfL2AreThoseOfTheEnumeratedLoops(hasGlobalMemory: Bool) throws {
        let view = roomyView(hasL2: true, hasGlobalMemory: hasGlobalMemory)
        let mappings = MappingVariety(hasL2: true, hasGlobalMemory: hasGlobalMemory)
        var generator = SplitMix64(seed: 3)
        for _ in 0..<1200 {
            let nest = NestVariety(largestExtent: 6).nest(using: &generator)
            let mapping = mappings.mapping(of: nest, unit: .array(.weightStationary), using: &generator)
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            let enumerator = NestEnumerator(nest: nest, mapping: mapping)
            let perPE = enumerator.pes.map { enumerator.l2Traffic(pe: $0) }
            try #require(cost.l2.inputReads == perPE.reduce(0) { $0 + $1.inputReads }, "\(nest) \(mapping)")
            try #require(cost.l2.weightReads == perPE.reduce(0) { $0 + $1.weightReads }, "\(nest) \(mapping)")
            try #require(cost.l2.outputReads == perPE.reduce(0) { $0 + $1.outputReads }, "\(nest) \(mapping)")
            try #require(cost.l2.outputWrites == perPE.reduce(0) { $0 + $1.outputWrites }, "\(nest) \(mapping)")
            let busiest = (perPE.map(\.total).max() ?? 0) / view.l2BytesPerCycle
            let isShared = mapping.gridFactors[.outputHeight] > 1 || mapping.gridFactors[.outputWidth] > 1
            if isShared {
                try #require(cost.l2Cycles >= busiest, "\(nest) \(mapping)")
            } else {
                try #require(cost.l2Cycles == busiest, "\(nest) \(mapping)")
            }
            #expect(cost.activePEs == perPE.count { $0.total > 0 })
        }
    }

    /// Every byte moves once where one tile holds everything.
    @Test func aTileThatHoldsEverythingMovesEveryByteOnce() {
        let nest = LoopNest(
            batch: 2, outputChannels: 8, inputChannels: 4, outputHeight: 6, outputWidth: 5, filterHeight: 3,
            filterWidth: 3, inputHeight: 6, inputWidth: 5)
        let one = SpatialLoop(.batch, factor: 1)
        let order = LoopOrder(Dimension.allCases)
        let mapping = Mapping(
            unit: .array(.weightStationary), gridX: one, gridY: one, l1Tile: Extents(nest), l2Tile: Extents(nest),
            globalTile: Extents(nest), l2Order: order, globalOrder: order, dramOrder: order)
        let dram = NestAnalysis(nest, on: roomyView(hasL2: false, hasGlobalMemory: true)).cost(of: mapping).dram
        #expect(dram.inputReads == Double(2 * 2 * 4 * 6 * 5))
        #expect(dram.weightReads == Double(2 * 8 * 4 * 9))
        #expect(dram.outputWrites == Double(2 * 2 * 8 * 6 * 5))
        #expect(dram.outputReads == 0)
    }
}
