import Accelerators
import Compilation
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Chains of regions that run a tile at a time: nothing lost, nothing counted twice, nothing over the capacity, and never slower.
@Suite struct ChainFusionTests {
    /// A network of convolutions, some depthwise, some strided, with residual additions and squeeze-and-excite.
    private static func randomNetwork(batch: Int, using random: inout SplitMix64) throws -> Workload {
        var builder = try WorkloadBuilder(name: "random", batch: batch)
        let size = random.number(20...130)
        var x = try builder.input("image", shape: [batch, 8 * random.number(1...6), size, size])
        for index in 0..<random.number(2...8) {
            let channels = builder.shape(of: x)[1]
            let before = x
            let filter = [1, 1, 3, 5].randomElement(using: &random) ?? 1
            let window = Window(
                filter, stride: filter > 1 && random.chance(3) ? 2 : 1, padding: random.chance(3) ? .valid : .same)
            let isDepthwise = filter > 1 && random.chance(2)
            x = try builder.convolution(
                x, channels: isDepthwise ? channels : 8 * random.number(1...12), window: window,
                groups: isDepthwise ? channels : 1, named: "conv\(index)")
            if random.chance(2) { x = try builder.elementwise(.relu, x, named: "relu\(index)") }
            if builder.shape(of: x) == builder.shape(of: before), random.chance(2) {
                x = try builder.elementwise(.add, x, before, named: "add\(index)")
            }
            if random.chance(4) {
                let pooled = try builder.globalAveragePool(x, named: "pool\(index)")
                let gate = try builder.convolution(
                    pooled, channels: builder.shape(of: x)[1], window: Window(1), named: "gate\(index)")
                x = try builder.elementwise(.multiply, x, gate, named: "multiply\(index)")
            }
            guard let last = builder.shape(of: x).last, last > 6 else { break }
        }
        return try builder.build(outputs: [x])
    }

    private static func compile(_ workload: Workload, _ fusion: CompilerOptions.Fusion, _ megabytes: Int)
        throws -> CompiledWorkload
    {
        try Compiler(scheduler: Scheduler()).compile(
            workload,
            for: Samples.design(fusion: fusion, batch: workload.batch, globalMemoryMiB: megabytes, grid: 4))
    }

    private func check(_ compiled: CompiledWorkload) throws {
        let workload = compiled.workload
        #expect(compiled.schedules.reduce(0) { $0 + $1.macs } == workload.macs)
        var readers: [Value.ID: [Int]] = [:]
        for region in compiled.graph.regions {
            for read in region.reads { readers[read.value, default: []].append(region.index) }
        }
        let results = Set(workload.outputs.map { workload.roots[$0.index] })
        var isChained = Set<Int>()
        for chain in compiled.chains {
            #expect(isChained.isDisjoint(with: chain.regions))
            isChained.formUnion(chain.regions)
            // Inner tensors are nobody else's, and all that are nobody else's are inner.
            for index in chain.regions {
                for value in compiled.graph.regions[index].writes {
                    let isInner =
                        !results.contains(value)
                        && (readers[value] ?? []).allSatisfy { chain.regions.contains($0) }
                    #expect(chain.innerValues.contains(value) == isInner)
                }
            }
            let schedules = compiled.schedules[chain.regions]
            let imageTiles = (workload.batch + chain.tile.images - 1) / chain.tile.images
            for schedule in schedules {
                #expect(schedule.chainTile == chain.tile)
                for tile in schedule.tiles { #expect(tile.mapped.nest.batch <= chain.tile.images) }
                let outputs = schedule.tiles.reduce(0) { $0 + $1.count * $1.mapped.nest.outputElements }
                if !schedule.tiles.isEmpty { #expect(outputs == schedule.region.nest(in: workload)?.outputElements) }
                for movement in schedule.movements {
                    let bytes = Double(workload[movement.value].bytes)
                    if chain.innerValues.contains(movement.value) {
                        #expect(movement.bytes == 0 && movement.exposedBytes == 0)
                    } else if chain.heldWeights.contains(movement.value) {
                        #expect(movement.bytes == bytes)
                    } else if workload[movement.value].role == .parameter {
                        #expect(movement.bytes >= bytes * Double(imageTiles))
                    } else if movement.isWrite {
                        #expect(movement.bytes == bytes)
                    }
                }
            }
            // Live inner tensors of one tile, held weights and the largest tile of a region.
            let weights = chain.heldWeights.reduce(0) { $0 + workload[$1].bytes }
            let tiles = schedules.map { schedule in
                schedule.tiles.map { $0.mapped.cost.globalMemoryTileBytes }.max() ?? 0
            }
            let tileBytes = compiled.schedules[chain.regions.lowerBound].tileBytes
            #expect(schedules.allSatisfy { $0.tileBytes == tileBytes })
            #expect(tileBytes >= chain.bufferBytes + (tiles.max() ?? 0))
            if chain.tile.rows == nil {
                for index in chain.regions {
                    let live = chain.innerValues.filter { value in
                        let writer = compiled.graph.regions.first { $0.writes.contains(value) }?.index ?? .max
                        return writer <= index && index <= (readers[value]?.max() ?? 0)
                    }
                    let bytes = live.reduce(0) { $0 + workload[$1].bytes / workload.batch } * chain.tile.images
                    #expect(bytes + weights <= chain.bufferBytes)
                }
            }
        }
        // What is kept beside chains stays for as long as any of their tiles needs it.
        let problem = compiled.residencyProblem
        var occupied = compiled.schedules.map(\.tileBytes)
        for position in compiled.residency.kept {
            let candidate = problem.candidates[position]
            var regions = Set<Int>()
            if candidate.isWeight {
                regions = Set(occupied.indices)
            } else {
                let uses = candidate.uses.map(\.region)
                regions = Set((uses.min() ?? 0)...(uses.max() ?? 0))
                for chain in compiled.chains where uses.contains(where: { chain.regions.contains($0) }) {
                    #expect(!chain.innerValues.contains(candidate.value))
                    regions.formUnion(chain.regions)
                }
            }
            for region in regions { occupied[region] += candidate.bytes }
        }
        #expect(occupied == compiled.residency.occupiedBytes)
        // The layout of the candidates around chains is made of the one without: the same as made afresh.
        let afresh = ResidencyProblem(
            problem.schedules, on: problem.view, capacityBytes: problem.capacityBytes, candidates: problem.candidates)
        #expect(ResidencySearch().solve(afresh) == ResidencySearch().solve(problem))
        #expect(compiled.residency.peakBytes <= compiled.residency.capacityBytes)
        #expect(compiled.residency.lowerBoundCycles <= compiled.residency.objectiveCycles)
    }

    @Test func randomNetworks() throws {
        var random = SplitMix64(seed: 21)
        var (images, rows) = (0, 0)
        for _ in 0..<150 {
            let workload = try Self.randomNetwork(batch: random.chance(2) ? 1 : random.number(2...12), using: &random)
            let megabytes = 1 << random.number(0...2)
            let plain = try Self.compile(workload, .residency, megabytes)
            let chained = try Self.compile(workload, .tiles, megabytes)
            try check(chained)
            #expect(plain.chains.isEmpty)
            #expect(chained.cycles <= plain.cycles)
            images += chained.chains.count { $0.tile.rows == nil }
            rows += chained.chains.count { $0.tile.rows != nil }
        }
        #expect(images > 20 && rows > 5, "\(images) \(rows)")
    }

    @Test(arguments: ["efficientnet-b0", "resnet-50-v2", "bert-base-128"], [1, 8, 64])
    func networksOfTheZoo(name: String, batch: Int) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: batch)
        for megabytes in [2, 16] {
            let chained = try Self.compile(workload, .tiles, megabytes)
            try check(chained)
            #expect(chained.cycles <= (try Self.compile(workload, .residency, megabytes)).cycles)
            if batch == 64, name != "bert-base-128" { #expect(!chained.chains.isEmpty) }
        }
    }

    /// A chain in tiles of one image moves what the network does at a batch of one, as many times.
    @Test func imageTilesMoveWhatImagesMove() throws {
        let batch = 16
        let chained = try Self.compile(try WorkloadZoo.workload(named: "efficientnet-b0", batch: batch), .tiles, 4)
        let single = try RegionGraph(
            try WorkloadZoo.workload(named: "efficientnet-b0", batch: 1),
            passes: CompilerPasses.list(for: chained.design.compiler))
        var compared = 0
        for chain in chained.chains where chain.tile == ChainTile(images: 1) {
            for index in chain.regions {
                let tiles = chained.schedules[index].tiles
                guard let nest = single.regions[index].nest(in: single.workload) else { continue }
                #expect(tiles.map(\.mapped.nest) == [nest])
                #expect(tiles.map(\.count) == [batch])
                compared += 1
            }
        }
        #expect(compared > 3)
    }
}

extension Region {
    /// The loop nest of the region's tensor operator.
    fileprivate func nest(in workload: Workload) -> LoopNest? { tensorOperator.flatMap { workload[$0].loopNest } }
}
