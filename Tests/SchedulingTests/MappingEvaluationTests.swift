import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// What is reported of a mapping agrees with what was counted, and the loops that are listed are the operator's.
@Suite struct MappingEvaluationTests {
    @Test func cyclesAreThoseOfTheBusiestResource() throws {
        var generator = SplitMix64(seed: 31)
        for _ in 0..<400 {
            let nest = try #require(MapperTests.zoo.randomElement(using: &generator))
            let datapath = MapperTests.datapath(using: &generator)
            let view = SchedulingView(datapath)
            let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            let evaluation = MappingEvaluation(of: mapped, on: view)
            try #require(abs(evaluation.cycles - mapped.cycles) <= 1e-12 * mapped.cycles)
            for resource in MappingEvaluation.Resource.allCases {
                #expect(evaluation.cycles(of: resource) <= evaluation.cycles(of: evaluation.bound))
            }
            let macs = evaluation.utilization * evaluation.cycles * Double(datapath.macUnits)
            #expect(abs(macs / Double(nest.macs) - 1) < 1e-9)
            #expect(evaluation.idlePEs == datapath.peGrid.x * datapath.peGrid.y - mapped.cost.activePEs)
        }
    }

    /// A part of the array takes the cycles of a datapath that has no more.
    @Test func aPartOfTheArrayCostsAsASmallerArray() throws {
        var generator = SplitMix64(seed: 32)
        for _ in 0..<200 {
            let nest = try #require(MapperTests.zoo.randomElement(using: &generator))
            var datapath = MapperTests.datapath(using: &generator)
            datapath.array = Extent2D(x: 64, y: 64)
            let view = SchedulingView(datapath)
            var small = view
            small.array.rows = generator.number(1...64)
            small.array.columns = generator.number(1...64)
            let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: small, under: MappingConstraints())
            var mapping = mapped.mapping
            mapping.arrayRows = small.array.rows
            mapping.arrayColumns = small.array.columns
            let evaluation = MappingEvaluation(of: mapping, nest: nest, on: view)
            // But that results cross all rows and columns on their way.
            var cost = evaluation.cost
            try #require(cost.fillAndDrainCycles >= mapped.cost.fillAndDrainCycles)
            cost.fillAndDrainCycles = mapped.cost.fillAndDrainCycles
            try #require(cost == mapped.cost)
        }
    }

    /// Where tiles divide, the iterations of all loops multiply to the operator's multiply–accumulates, a dimension's to its extent.
    @Test func theLoopsListedAreTheOperators() throws {
        var generator = SplitMix64(seed: 33)
        var listed = 0
        for _ in 0..<4000 {
            let variety = MappingVariety(
                hasL2: generator.chance(2), hasGlobalMemory: generator.chance(2), isRagged: false)
            let nest = NestVariety(largestExtent: 12).nest(using: &generator)
            let view = roomyView(hasL2: variety.hasL2, hasGlobalMemory: variety.hasGlobalMemory)
            let units: [ComputeUnit] = [
                .array(.weightStationary), .array(.outputStationary), .array(.inputStationary), .vector,
                .arrayBlockDiagonal(groups: 2, taps: 2),
            ]
            let unit = try #require(units.randomElement(using: &generator))
            let mapping = variety.mapping(of: nest, unit: unit, using: &generator)
            let levels = LoopNestListing(of: mapping, nest: nest, on: view).levels
            #expect(levels.map(\.name).contains("L2") == variety.hasL2)
            #expect(levels.map(\.name).contains("Global Memory") == variety.hasGlobalMemory)
            let loops = levels.flatMap(\.loops)
            #expect(loops.allSatisfy { $0.iterations > 1 })
            let isWhole = Dimension.allCases.allSatisfy { dimension in
                let grid = mapping.l2Tile[dimension] * mapping.gridFactors[dimension]
                return mapping.globalTile[dimension] % grid == 0 && nest[dimension] % mapping.globalTile[dimension] == 0
            }
            guard isWhole, loops.allSatisfy({ $0.remainder == nil }) else { continue }
            listed += 1
            #expect(loops.reduce(1) { $0 * $1.iterations } == nest.macs, "\(levels)")
        }
        #expect(listed > 100)
    }

    @Test func theTilesListedAreThoseInTheBuffers() throws {
        let nest = MappingValidationTests.dense
        let mapping = MappingValidationTests.mapping(of: nest)
        let levels = LoopNestListing(of: mapping, nest: nest, on: MappingValidationTests.view).levels
        let l1 = try #require(levels.first { $0.name == "L1" }?.tile)
        // All K are in the grid's tiles, all rows and columns too: outputs don't change, inputs and weights do with C.
        // C16 of 9×30 rows under 7×28 outputs, but 28 columns are stored; K16 C16 of 3×3; K16 of 7×28 in float32: 16·9·28·2, …
        #expect(l1.tile == OperandBytes(input: 8064, weight: 4608, output: 12_544))
        #expect(l1.held == OperandBytes(input: 16_128, weight: 9216, output: 12_544))
        let dram = try #require(levels.first?.tile)
        #expect(dram.tile == OperandBytes(input: 50_176, weight: 36_864, output: 100_352))
        #expect(dram.held == dram.tile)
    }
}
