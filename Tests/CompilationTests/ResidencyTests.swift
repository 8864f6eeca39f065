import Accelerators
import Compilation
import RandomNumbers
import Scheduling
import Synchronization
import TestSupport
import Testing
import Workloads

/// Residency against an independent replay of the schedule, and against all subsets of small problems.
@Suite struct ResidencyTests {
    /// Cycles of a region when some of its tensors stay in Global Memory.
    private static func cycles(_ schedule: RegionSchedule, keeping kept: Set<Value.ID>, on view: SchedulingView)
        -> Double
    {
        var reads = schedule.partialReadBytes
        var writes = schedule.partialWriteBytes
        var exposed = 0.0
        for movement in schedule.movements where !kept.contains(movement.value) {
            if movement.isWrite { writes += movement.bytes } else { reads += movement.bytes }
            exposed += movement.exposedBytes
        }
        let ports =
            view.stagingBytes == nil
            ? schedule.peReadBytes + schedule.peWriteBytes
            : max(schedule.peReadBytes + writes, schedule.peWriteBytes + reads)
        let busiest = max(
            schedule.arrayCycles, schedule.l2Cycles, schedule.vectorCycles, ports / view.globalMemoryBytesPerCycle,
            (reads + writes) / view.dramBytesPerCycle)
        return busiest + schedule.fixedCycles + exposed / view.dramBytesPerCycle
    }

    private static func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(a, b) }

    @Test(arguments: Samples.zoo, [1, 16, 64, 256])
    func replayFindsTheSameOccupancyAndTime(name: String, globalMemoryMiB: Int) throws {
        for batch in [1, 8] {
            let compiled = try Samples.compile(
                name, fusion: .residency, batch: batch, globalMemoryMiB: globalMemoryMiB)
            let workload = compiled.workload
            let residency = compiled.residency
            let pinned = Set(residency.pinnedWeights)
            let resident = Set(residency.residentTensors)
            #expect(pinned.allSatisfy { workload[$0].role == .parameter })
            #expect(resident.allSatisfy { workload[$0].role == .activation })
            let roots = workload.roots
            #expect(resident.isDisjoint(with: workload.outputs.map { roots[$0.index] }))

            var last: [Value.ID: Int] = [:]
            for region in compiled.regions { for read in region.reads { last[read.value] = region.index } }
            var live: Set<Value.ID> = []
            let weightBytes = pinned.reduce(0) { $0 + workload[$1].bytes }
            var cycles = 0.0
            var cyclesWithout = 0.0
            #expect(residency.capacityBytes == globalMemoryMiB << 20)
            for (index, schedule) in compiled.schedules.enumerated() {
                // What is kept is there when it is read.
                for read in schedule.region.reads where resident.contains(read.value) {
                    #expect(live.contains(read.value), "\(schedule.region.name)")
                }
                live.formUnion(schedule.region.writes.filter(resident.contains))
                let occupied = schedule.tileBytes + weightBytes + live.reduce(0) { $0 + workload[$1].bytes }
                #expect(occupied == residency.occupiedBytes[index])
                #expect(occupied <= residency.capacityBytes)
                live = live.filter { (last[$0] ?? -1) > index }

                // Movements are what the region reads and writes.
                let moved = schedule.movements.map(\.value)
                let region = schedule.region
                #expect(Set(moved) == Set(region.reads.map(\.value) + region.parameters + region.writes))
                cycles += Self.cycles(schedule, keeping: resident.union(pinned), on: compiled.view)
                cyclesWithout += Self.cycles(schedule, keeping: [], on: compiled.view)
            }
            #expect(live.isEmpty)
            #expect(Self.isClose(cycles, residency.objectiveCycles))
            #expect(residency.objectiveCycles <= cyclesWithout * (1 + 1e-12))
            #expect(residency.lowerBoundCycles <= residency.objectiveCycles * (1 + 1e-12))
            #expect(residency.peakBytes == residency.occupiedBytes.max())
        }
    }

    /// Residency never loses against regions alone, which are compiled without it.
    @Test(arguments: Samples.zoo)
    func keepingTensorsIsNeverSlower(name: String) throws {
        let regions = try Samples.compile(name, fusion: .regions, batch: 8)
        let residency = try Samples.compile(name, fusion: .residency, batch: 8)
        #expect(residency.cycles <= regions.cycles * (1 + 1e-12))
        #expect(regions.residency.residentTensors.isEmpty && regions.residency.pinnedWeights.isEmpty)
        let cut = residency.trafficAfter.reduce(0) { $0 + $1.dramReadBytes + $1.dramWriteBytes }
        let whole = residency.trafficBefore.reduce(0) { $0 + $1.dramReadBytes + $1.dramWriteBytes }
        #expect(cut < whole)
    }

    @Test func keepingTensorsIsNeverSlowerOnRandomDesigns() throws {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<60 {
            var design = Samples.design(fusion: .residency, batch: 1, globalMemoryMiB: generator.power(0...7))
            design.datapath.peGrid = Extent2D(x: generator.power(0...4), y: generator.power(0...4))
            design.datapath.array = Extent2D(x: generator.power(2...7), y: generator.power(2...7))
            design.datapath.l1 = L1Buffers(
                configuration: generator.chance(2) ? .private : .shared, inputKiB: generator.power(2...8),
                weightKiB: generator.power(2...8), outputKiB: generator.power(2...8))
            design.datapath.dram = .gddr6(channels: generator.power(0...3))
            let workload = try WorkloadZoo.workload(named: generator.chance(2) ? "efficientnet-b0" : "bert-base-128")
            let compiler = Compiler(scheduler: Scheduler())
            let residency = try compiler.compile(workload, for: design)
            design.compiler.fusion = .regions
            let regions = try compiler.compile(workload, for: design)
            #expect(residency.cycles <= regions.cycles * (1 + 1e-9), "\(design)")
        }
    }

    /// Counts how often it is asked for all that it can find, and how often only for what is faster than something.
    private final class CountingSolver: ResidencySolver {
        let name = "counting"
        let counts = Mutex((inFull: 0, below: 0))

        func solve(_ problem: ResidencyProblem) -> Residency {
            counts.withLock { $0.inFull += 1 }
            return ResidencySearch().solve(problem)
        }

        func solve(_ problem: ResidencyProblem, below limit: Double) -> Residency? {
            counts.withLock { $0.below += 1 }
            return ResidencySearch().solve(problem, below: limit)
        }
    }

    /// More room for tiles, and chains, are looked at as far as it takes to see that they are not better.
    @Test(arguments: [CompilerOptions.Fusion.residency, .tiles])
    func isDecidedInFullAtMostOnceADesign(fusion: CompilerOptions.Fusion) throws {
        var askedBelow = 0
        for globalMemoryMiB in [0, 1, 4, 16, 64] {
            let solver = CountingSolver()
            _ = try Compiler(scheduler: Scheduler(), solver: solver).compile(
                try Samples.workload("efficientnet-b0", batch: 8),
                for: Samples.design(fusion: fusion, batch: 8, globalMemoryMiB: globalMemoryMiB))
            let counts = solver.counts.withLock { $0 }
            #expect(counts.inFull <= 1, "\(globalMemoryMiB) MiB")
            askedBelow += counts.below
        }
        #expect(askedBelow > 0)
    }

    @Test func withoutAGlobalMemoryNothingIsKept() throws {
        let compiled = try Samples.compile("efficientnet-b0", fusion: .residency, batch: 1, globalMemoryMiB: 0)
        #expect(compiled.residency.residentTensors.isEmpty && compiled.residency.pinnedWeights.isEmpty)
        #expect(compiled.residency.occupiedBytes.allSatisfy { $0 == 0 })
    }

    /// A chain of small convolutions with skips.
    private static func workload(using generator: inout SplitMix64) throws -> Workload {
        var builder = try WorkloadBuilder(name: "chain", batch: 1)
        var x = try builder.input("image", shape: [1, generator.number(1...16), 28, 28])
        var earlier: [Value.ID] = []
        for layer in 0..<generator.number(3...6) {
            x = try builder.convolution(
                x, channels: 8 * generator.number(1...6), window: Window(generator.chance(2) ? 3 : 1, padding: .same),
                named: "conv\(layer)")
            if let skip = earlier.last(where: { builder.shape(of: $0) == builder.shape(of: x) }) {
                x = try builder.elementwise(.add, x, skip, named: "add\(layer)")
            }
            earlier.append(x)
        }
        return try builder.build(outputs: [x])
    }

    /// The solver against every subset of the candidates of small problems.
    @Test func greedyIsNearTheBestSubset() throws {
        var generator = SplitMix64(seed: 1)
        var gaps: [Double] = []
        for _ in 0..<150 {
            let workload = try Self.workload(using: &generator)
            var design = Samples.design(fusion: .regions, batch: 1, globalMemoryMiB: 1, grid: generator.power(0...3))
            design.datapath.dram = .gddr6(channels: generator.power(0...3))
            let compiled = try Compiler(scheduler: Scheduler()).compile(workload, for: design)
            let tiles = compiled.schedules.map(\.tileBytes).max() ?? 0
            let capacity = tiles + generator.number(1...100) * 1024
            let problem = ResidencyProblem(
                compiled.schedules, on: compiled.view, capacityBytes: capacity,
                candidates: compiled.graph.candidates.filter { $0.bytes <= capacity })
            #expect(problem.candidates.count <= 13)
            let solved = GreedyResidency().solve(problem)

            var best = Double.infinity
            for subset in 0..<(1 << problem.candidates.count) {
                let chosen = problem.candidates.indices.filter { subset & (1 << $0) != 0 }
                    .map { problem.candidates[$0] }
                let fits = compiled.schedules.indices.allSatisfy { region in
                    let kept = chosen.filter { $0.live.contains(region) }.reduce(0) { $0 + $1.bytes }
                    return compiled.schedules[region].tileBytes + kept <= problem.capacityBytes
                }
                guard fits else { continue }
                let kept = Set(chosen.map(\.value))
                best = min(
                    best,
                    compiled.schedules.reduce(0) { $0 + Self.cycles($1, keeping: kept, on: compiled.view) })
            }
            #expect(solved.objectiveCycles >= best * (1 - 1e-12))
            #expect(solved.lowerBoundCycles <= best * (1 + 1e-12))
            #expect(solved.peakBytes <= problem.capacityBytes)
            gaps.append(solved.objectiveCycles / best)
        }
        gaps.sort()
        #expect(gaps[gaps.count * 19 / 20] < 1.15)
        #expect(gaps[gaps.count - 1] < 1.5)
        #expect(gaps[gaps.count / 2] < 1 + 1e-9)
    }
}
