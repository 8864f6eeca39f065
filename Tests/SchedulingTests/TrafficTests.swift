import Accelerators
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
            // Rows between dilated taps may be held or not: only windows without gaps count alike.
            if isDilated && !isContiguous(nest) { continue }
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

    /// Whether any run of neighbouring outputs reads a run of rows without gaps.
    private func isContiguous(_ nest: LoopNest) -> Bool {
        (nest.filterHeight == 1 || nest.dilationHeight == 1) && (nest.filterWidth == 1 || nest.dilationWidth == 1)
    }

    /// The busiest PE's L2 moves what the enumeration says of it, where windows slide inside an L2 tile only and
    /// padding is stored like any row.
    @Test(arguments: [false, true])
    func bytesOfL2AreThoseOfTheEnumeratedLoops(hasGlobalMemory: Bool) throws {
        let view = roomyView(hasL2: true, hasGlobalMemory: hasGlobalMemory)
        let mappings = MappingVariety(hasL2: true, hasGlobalMemory: hasGlobalMemory)
        var generator = SplitMix64(seed: 3)
        for _ in 0..<600 {
            let nest = NestVariety(largestExtent: 6, pads: false).nest(using: &generator)
            let mapping = mappings.mapping(of: nest, unit: .array(.weightStationary), using: &generator)
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            let enumerator = NestEnumerator(nest: nest, mapping: mapping)
            let perPE = enumerator.pes.map { enumerator.l2Traffic(pe: $0) }
            let busiest = try #require(perPE.max { $0.total < $1.total })
            let pes = Double(cost.activePEs)
            try #require(cost.l2.inputReads == busiest.inputReads * pes, "\(nest) \(mapping)")
            try #require(cost.l2.weightReads == busiest.weightReads * pes, "\(nest) \(mapping)")
            try #require(cost.l2.outputReads == busiest.outputReads * pes, "\(nest) \(mapping)")
            try #require(cost.l2.outputWrites == busiest.outputWrites * pes, "\(nest) \(mapping)")
            try #require(cost.l2Cycles == busiest.total / view.l2BytesPerCycle)
            #expect(cost.activePEs == perPE.count { $0.total > 0 })
        }
    }

    /// Padding and idle PEs: what the analysis counts for L2 is never less than what the enumeration moves.
    @Test func bytesOfL2AreNeverTooFew() throws {
        let view = roomyView(hasL2: true, hasGlobalMemory: true)
        let mappings = MappingVariety(hasL2: true, hasGlobalMemory: true)
        var generator = SplitMix64(seed: 4)
        for _ in 0..<600 {
            let nest = NestVariety(largestExtent: 6).nest(using: &generator)
            let mapping = mappings.mapping(of: nest, unit: .array(.weightStationary), using: &generator)
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            let enumerator = NestEnumerator(nest: nest, mapping: mapping)
            let sum = enumerator.pes.reduce(0) { $0 + enumerator.l2Traffic(pe: $1).total }
            try #require(cost.l2.total >= sum, "\(nest) \(mapping)")
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
