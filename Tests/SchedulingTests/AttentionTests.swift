import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Fused attention against a walk over every PE and tile.
@Suite struct AttentionTests {
    private static func nest(using generator: inout SplitMix64) -> AttentionNest {
        var nest = AttentionNest(
            groups: generator.number(1...7), queries: generator.number(1...40), keys: generator.number(1...40),
            headSize: generator.number(1...12), valueSize: generator.number(1...12),
            scoreOperations: generator.number(0...3))
        nest.type = OperandTypes.random(using: &generator).input
        return nest
    }

    private static func view(using generator: inout SplitMix64) -> SchedulingView {
        var view = roomyView(
            hasL2: generator.chance(2), hasGlobalMemory: !generator.chance(3), grid: 1,
            array: Extent2D(x: generator.power(0...3), y: generator.power(0...3)))
        view.peGrid = Extent2D(x: generator.power(0...2), y: generator.power(0...2))
        view.array.overlapsLoading = !generator.chance(3)
        view.vectorLanes = generator.power(0...4)
        view.l1 = BufferLevel(
            sharing: generator.chance(2) ? .private : .shared, inputBytes: generator.power(6...12),
            weightBytes: generator.power(6...12), outputBytes: generator.power(6...12))
        if view.l2 != nil {
            let factor = generator.power(0...3)
            view.l2 = BufferLevel(
                sharing: generator.chance(2) ? .private : .shared, inputBytes: view.l1.inputBytes * factor,
                weightBytes: view.l1.weightBytes * factor, outputBytes: view.l1.outputBytes * factor)
        }
        if view.stagingBytes != nil { view.stagingBytes = generator.power(8...16) }
        return view
    }

    /// Walks tiles as the documentation says, and adds up.
    private struct Walk {
        var arrayCycles: [Int] = []
        var keyBytes = 0
        var elements = 0
        var rescaledRows = 0

        init(_ nest: AttentionNest, _ mapping: AttentionMapping, _ view: SchedulingView) {
            let groupShare = (nest.groups + mapping.groupPEs - 1) / mapping.groupPEs
            let queryShare = (nest.queries + mapping.queryPEs - 1) / mapping.queryPEs
            for group in stride(from: 0, to: nest.groups, by: groupShare) {
                for query in stride(from: 0, to: nest.queries, by: queryShare) {
                    var cycles = 0
                    for g in group..<min(group + groupShare, nest.groups) {
                        let end = min(query + queryShare, nest.queries)
                        var held: Range<Int>?
                        for q in stride(from: query, to: end, by: mapping.queryTile) {
                            let rows = min(mapping.queryTile, end - q)
                            for k in stride(from: 0, to: nest.keys, by: mapping.keyTile) {
                                let keys = min(mapping.keyTile, nest.keys - k)
                                for (m, n, reduction, dataflow) in [
                                    (rows, keys, nest.headSize, mapping.scoresDataflow),
                                    (rows, nest.valueSize, keys, mapping.contextDataflow),
                                ] {
                                    // float32 takes six passes of an array of bfloat16 cells.
                                    cycles +=
                                        (nest.type == .float32 ? 6 : 1)
                                        * (view.array.cycles(
                                            rows: m, columns: n, reduction: reduction, dataflow: dataflow)
                                            - view.array.fillAndDrainCycles(dataflow))
                                }
                                // Keys that are held already are not read again; PEs that share a group get them together.
                                if held != k..<(k + keys), query == 0 {
                                    keyBytes += keys * (nest.headSize + nest.valueSize) * nest.type.bytes
                                }
                                held = k..<(k + keys)
                                elements += rows * keys
                                if k > 0 { rescaledRows += rows }
                            }
                        }
                        _ = g
                    }
                    arrayCycles.append(cycles)
                }
            }
        }
    }

    @Test func costsAreThoseOfAWalkOverAllTiles() throws {
        var generator = SplitMix64(seed: 5)
        var fitting = 0
        for _ in 0..<4_000 {
            let nest = Self.nest(using: &generator)
            let view = Self.view(using: &generator)
            let analysis = AttentionAnalysis(nest, on: view)
            let mapping = AttentionMapping(
                queryTile: generator.number(1...nest.queries), keyTile: generator.number(1...nest.keys),
                groupPEs: min(nest.groups, view.peGrid.x), queryPEs: min(nest.queries, view.peGrid.y),
                scoresDataflow: Dataflow.allCases[generator.number(0...2)],
                contextDataflow: Dataflow.allCases[generator.number(0...2)],
                stagesKeys: view.stagingBytes != nil && generator.chance(2))
            guard analysis.fits(mapping) else { continue }
            fitting += 1
            let cost = analysis.cost(of: mapping)
            let walk = Walk(nest, mapping, view)
            #expect(cost.arrayCycles == Double(walk.arrayCycles.max() ?? 0))
            #expect(cost.activePEs == walk.arrayCycles.count)
            #expect(walk.elements == nest.scores)
            // 5 an element, 5 and a column for every row and further tile of keys, 2 and a column for every row at the end.
            let elementOperations = walk.elements * (5 + nest.scoreOperations)
            let rescaling = walk.rescaledRows * (5 + nest.valueSize)
            let normalising = nest.groups * nest.queries * (2 + nest.valueSize)
            #expect(cost.vectorOperations == Double(elementOperations + rescaling + normalising))
            let keyBytes = Double(nest.groups * nest.keys * (nest.headSize + nest.valueSize) * nest.type.bytes)
            if view.l2 == nil {
                #expect(cost.keyPasses * keyBytes == Double(walk.keyBytes))
            } else {
                #expect(cost.keyPasses * keyBytes <= Double(walk.keyBytes))
            }
            #expect(cost.keyDRAMPasses <= cost.keyPasses)
        }
        #expect(fitting > 800)
    }

    /// What a PE holds fits, and the mapper finds the best of all tilings by powers of two.
    @Test func theMapperFindsTheBestOfAllTiles() throws {
        var generator = SplitMix64(seed: 9)
        var mapped = 0
        for _ in 0..<150 {
            var nest = Self.nest(using: &generator)
            nest.queries = generator.power(0...4)
            nest.keys = generator.power(0...4)
            nest.groups = generator.power(0...2)
            let view = Self.view(using: &generator)
            let analysis = AttentionAnalysis(nest, on: view)
            var least = Double.infinity
            for queryTile in [1, 2, 4, 8, 16] where queryTile <= nest.queries {
                for keyTile in [1, 2, 4, 8, 16] where keyTile <= nest.keys {
                    for (groupPEs, queryPEs) in [(view.peGrid.x, view.peGrid.y), (view.peGrid.y, view.peGrid.x)] {
                        for scores in Dataflow.allCases {
                            for context in Dataflow.allCases {
                                for stagesKeys in [false, true] {
                                    let mapping = AttentionMapping(
                                        queryTile: queryTile, keyTile: keyTile, groupPEs: min(groupPEs, nest.groups),
                                        queryPEs: min(queryPEs, nest.queries), scoresDataflow: scores,
                                        contextDataflow: context, stagesKeys: stagesKeys)
                                    guard analysis.fits(mapping) else { continue }
                                    least = min(least, analysis.cycles(of: analysis.cost(of: mapping)).all)
                                }
                            }
                        }
                    }
                }
            }
            let found = AttentionMapper().bestMapping(of: nest, on: view, dataflow: .best, objective: .latency)
            if let found {
                mapped += 1
                #expect(analysis.fits(found.mapping))
                #expect(found.cycles <= least * (1 + 1e-12), "\(nest) \(view) \(found.mapping)")
            } else {
                #expect(least == .infinity)
            }
        }
        #expect(mapped > 60)
    }

    /// However large the buffers, no fewer cycles than the products take on all arrays, or the tensors through DRAM's pins.
    @Test func noMappingBeatsTheRoofs() throws {
        var generator = SplitMix64(seed: 21)
        for _ in 0..<300 {
            let nest = Self.nest(using: &generator)
            let view = Self.view(using: &generator)
            guard
                let found = AttentionMapper().bestMapping(of: nest, on: view, dataflow: .best, objective: .latency)
            else { continue }
            let macUnits = view.peGrid.x * view.peGrid.y * view.array.rows * view.array.columns
            #expect(found.cost.arrayCycles >= Double(nest.macs) / Double(macUnits) * (1 - 1e-12))
            let tensors =
                nest.groups * (nest.headSize + nest.valueSize) * (nest.queries + nest.keys) * nest.type.bytes
            #expect(found.cycles >= Double(tensors) / view.dramBytesPerCycle * (1 - 1e-12))
            // Every product's operands reach the units once at least.
            #expect(
                found.cost.l1.weightReads
                    >= Double(nest.groups * nest.keys * (nest.headSize + nest.valueSize) * nest.type.bytes))
            #expect(
                found.cost.l1.inputReads
                    >= Double(nest.groups * nest.queries * (nest.headSize + 2 * nest.keys) * nest.type.bytes))
        }
    }
}
