import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// What the heuristic mapper returns, whatever the operator and the datapath.
@Suite struct MapperTests {
    /// The tensor operators of the zoo, each shape once.
    static let zoo: [LoopNest] = {
        var seen: Set<LoopNest> = []
        var nests: [LoopNest] = []
        for name in ["efficientnet-b0", "efficientnet-b7", "resnet-50-v2", "bert-base-128", "bert-base-1024"] {
            for batch in [1, 8] {
                guard let workload = try? WorkloadZoo.workload(named: name, batch: batch) else { continue }
                for nest in workload.operators.compactMap(\.loopNest) where seen.insert(nest).inserted {
                    nests.append(nest)
                }
            }
        }
        return nests
    }()

    /// A datapath of the default search space.
    static func datapath(using generator: inout SplitMix64) -> Datapath {
        Datapath(
            peGrid: Extent2D(x: generator.power(0...8), y: generator.power(0...8)),
            array: Extent2D(x: generator.power(0...8), y: generator.power(0...8)),
            vectorMultiplier: generator.power(0...4),
            l1: L1Buffers(
                configuration: generator.chance(2) ? .private : .shared, inputKiB: generator.power(0...10),
                weightKiB: generator.power(0...10), outputKiB: generator.power(0...10)),
            l2: generator.chance(3)
                ? L2Buffers(
                    configuration: generator.chance(2) ? .private : .shared, inputMultiplier: generator.power(0...7),
                    weightMultiplier: generator.power(0...7), outputMultiplier: generator.power(0...7)) : nil,
            globalMemoryMiB: generator.chance(4) ? 0 : generator.power(0...8),
            dram: .gddr6(channels: generator.power(0...3)), overlapsWeightLoading: !generator.chance(8))
    }

    /// Cycles of a mapping: the busiest resource, and what nothing overlaps.
    static func cycles(_ cost: MappingCost, on view: SchedulingView) -> Double {
        let dram = cost.dram.total / view.dramBytesPerCycle
        let ports: Double
        if view.stagingBytes == nil {
            ports = cost.globalMemory.total
        } else {
            ports = max(
                cost.globalMemory.reads + cost.dram.outputWrites, cost.globalMemory.outputWrites + cost.dram.reads)
        }
        let busiest = max(
            cost.arrayCycles, cost.vectorCycles, cost.l2Cycles, ports / view.globalMemoryBytesPerCycle, dram)
        let exposed = (cost.firstInputBytes + cost.firstWeightBytes + cost.lastOutputBytes) / view.dramBytesPerCycle
        return busiest + cost.fillAndDrainCycles + exposed
    }

    /// MACs over MAC units (or lanes, where they do more), and compulsory bytes over DRAM's bandwidth.
    static func lowerBound(_ nest: LoopNest, on view: SchedulingView) -> Double {
        let pes = Double(view.peGrid.x * view.peGrid.y)
        let lanes = Double(view.vectorLanes) / (nest.filterHeight * nest.filterWidth > 1 ? 3 : 2)
        let macsPerCycle = pes * max(Double(view.array.rows * view.array.columns), lanes)
        let mapping = NestEnumerator(nest: nest, mapping: trivialMapping(of: nest))
        let rows = mapping.rows(0..<nest.outputHeight).count
        let columns = mapping.columns(0..<nest.outputWidth).count
        let input = nest.batch * nest.groups * nest.inputChannels * rows * columns
        let types = nest.types
        let bytes = Double(
            input * types.input.bytes + nest.weightElements * types.weight.bytes
                + nest.outputElements * types.output.bytes)
        return max(Double(nest.macs) / macsPerCycle, bytes / view.dramBytesPerCycle)
    }

    private static func trivialMapping(of nest: LoopNest) -> Mapping {
        let one = SpatialLoop(.batch, factor: 1)
        let order = LoopOrder(Dimension.allCases)
        return Mapping(
            unit: .array(.weightStationary), gridX: one, gridY: one, l1Tile: Extents(nest), l2Tile: Extents(nest),
            globalTile: Extents(nest), l2Order: order, globalOrder: order, dramOrder: order)
    }

    private func check(
        _ nest: LoopNest, on view: SchedulingView, _ dataflow: CompilerOptions.DataflowChoice,
        _ objective: MappingConstraints.Objective
    ) throws {
        let constraints = MappingConstraints(dataflow: dataflow, padding: .array, objective: objective)
        let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints)
        try mapped.mapping.validate(for: nest, on: view)
        #expect(mapped.nest == nest)
        try #require(mapped.cost == NestAnalysis(nest, on: view).cost(of: mapped.mapping), "\(nest) \(view)")
        let cycles = Self.cycles(mapped.cost, on: view)
        try #require(abs(mapped.cycles - cycles) <= 1e-9 * cycles, "\(nest) \(view)")
        let bound = Self.lowerBound(nest, on: view)
        try #require(mapped.lowerBoundCycles >= bound * (1 - 1e-9), "\(nest) \(view)")
        try #require(mapped.cycles >= mapped.lowerBoundCycles * (1 - 1e-9), "\(nest) \(view)")
        if objective == .latency {
            #expect(mapped.provenOptimal == (mapped.cycles <= mapped.lowerBoundCycles * (1 + 1e-9)))
        }
        if case .array(let used) = mapped.mapping.unit, dataflow != .best {
            #expect(used.rawValue == dataflow.rawValue)
        }
        if case .arrayBlockDiagonal(let groups, let taps) = mapped.mapping.unit {
            #expect(groups * min(taps, view.array.rows) <= view.array.rows)
            #expect(groups == 1 || groups * nest.outputChannels <= view.array.columns)
        }
        for loop in [mapped.mapping.gridX, mapped.mapping.gridY] where loop.factor > 1 {
            #expect(loop.dimension != .filterHeight && loop.dimension != .filterWidth)
        }
    }

    @Test func zooOperatorsMapOnEveryDatapathOfTheSpace() throws {
        var generator = SplitMix64(seed: 7)
        #expect(Self.zoo.count > 200)
        for _ in 0..<1500 {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            let view = SchedulingView(Self.datapath(using: &generator))
            try check(
                nest, on: view, generator.chance(2) ? .best : .weightStationary,
                generator.chance(2) ? .latency : .residency)
        }
    }

    /// Whatever fits in two bytes fits in one, and takes no longer; four bytes take no less than two.
    @Test func narrowerOperandsAreNeverSlower() throws {
        var generator = SplitMix64(seed: 17)
        var faster = 0
        for _ in 0..<400 {
            var nest = try #require(Self.zoo.randomElement(using: &generator))
            let view = SchedulingView(Self.datapath(using: &generator))
            let mapped = try [NumericType.int8, .bfloat16, .float32].map { type in
                nest.types = OperandTypes(input: type, weight: type, output: type)
                return try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            }
            for (narrow, wide) in zip(mapped, mapped.dropFirst()) {
                #expect(narrow.lowerBoundCycles <= wide.lowerBoundCycles * (1 + 1e-9), "\(nest) \(view)")
                guard narrow.provenOptimal else { continue }
                #expect(narrow.cycles <= wide.cycles * (1 + 1e-9), "\(nest) \(view)")
                if narrow.cycles < 0.6 * wide.cycles { faster += 1 }
            }
        }
        #expect(faster > 200)
    }

    @Test func randomOperatorsMap() throws {
        var generator = SplitMix64(seed: 8)
        for _ in 0..<1500 {
            let nest = NestVariety(largestExtent: generator.power(2...6)).nest(using: &generator)
            let view = SchedulingView(Self.datapath(using: &generator))
            try check(
                nest, on: view, CompilerOptions.DataflowChoice.allCases.randomElement(using: &generator) ?? .best,
                generator.chance(2) ? .latency : .residency)
        }
    }

    /// Both paddings are among those that are searched; pruning is by the cycles that overlap, so a few are slower.
    @Test func searchedPaddingIsTheBetterOfBoth() throws {
        var generator = SplitMix64(seed: 9)
        var ratios: [Double] = []
        for _ in 0..<300 {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            let view = SchedulingView(Self.datapath(using: &generator))
            func cycles(_ padding: CompilerOptions.Padding) throws -> Double {
                try BranchAndBoundMapper().bestMapping(
                    of: nest, on: view, under: MappingConstraints(dataflow: .best, padding: padding)
                ).cycles
            }
            ratios.append(try cycles(.searched) / min(cycles(.array), cycles(.none)))
        }
        ratios.sort()
        #expect(ratios[ratios.count * 19 / 20] < 1.25)
        #expect(ratios[ratios.count - 1] < 3)
    }

    /// The same mapping on faster DRAM is never slower.
    @Test func bandwidthNeverSlowsAMappingDown() throws {
        var generator = SplitMix64(seed: 10)
        for _ in 0..<300 {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            let view = SchedulingView(Self.datapath(using: &generator))
            let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            var faster = view
            var before = mapped.cycles
            for _ in 0..<4 {
                faster.dramBytesPerCycle *= 2
                let cost = NestAnalysis(nest, on: faster).cost(of: mapped.mapping)
                #expect(cost == mapped.cost)
                let cycles = Self.cycles(cost, on: faster)
                #expect(cycles <= before)
                before = cycles
            }
        }
    }

    /// Whatever runs on a datapath runs on a larger one, but a heuristic may miss it: seldom, and within limits.
    @Test(arguments: [("DRAM", 1.001, 1.03), ("L1", 1.000_001, 1.01), ("Global Memory", 1.000_001, 1.01)])
    func moreHardwareHardlyEverHurts(change: String, usualLimit: Double, limit: Double) throws {
        var generator = SplitMix64(seed: 11)
        var ratios: [Double] = []
        for _ in 0..<400 {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            let small = Self.datapath(using: &generator)
            var large = small
            switch change {
            case "DRAM": large.dram.gigabytesPerSecond *= 2
            case "L1":
                large.l1.inputKiB *= 2
                large.l1.weightKiB *= 2
                large.l1.outputKiB *= 2
            default: large.globalMemoryMiB *= 2
            }
            func cycles(_ datapath: Datapath) throws -> Double {
                try BranchAndBoundMapper().bestMapping(
                    of: nest, on: SchedulingView(datapath), under: MappingConstraints()
                ).cycles
            }
            ratios.append(try cycles(large) / cycles(small))
        }
        ratios.sort()
        #expect(ratios[ratios.count * 19 / 20] < usualLimit)
        #expect(ratios[ratios.count - 1] < limit)
    }

    /// Of the zoo's operators on datapaths whose PEs' tiles fill a small Global Memory, the hardest to map.
    @Test func mostMappingsAreProvenWhereGlobalMemoryIsSmall() throws {
        var generator = SplitMix64(seed: 12)
        var proven = 0
        let cases = 1_000
        for _ in 0..<cases {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            var datapath = Self.datapath(using: &generator)
            datapath.globalMemoryMiB = generator.power(0...2)
            let view = SchedulingView(datapath)
            if try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints()).provenOptimal {
                proven += 1
            }
        }
        #expect(proven >= 940)
    }

    /// Extents up to 2^40: no overflow, no trap, and an end.
    @Test(arguments: Dimension.allCases.filter { $0 != .filterHeight && $0 != .filterWidth }, [1 << 21, 1 << 40])
    func hugeExtentsMap(dimension: Dimension, huge: Int) throws {
        var generator = SplitMix64(seed: 90)
        for filter in [1, 3] {
            let nest = LoopNest(
                groups: dimension == .groups ? huge : 1, batch: dimension == .batch ? huge : 2,
                outputChannels: dimension == .outputChannels ? huge : 64,
                inputChannels: dimension == .inputChannels ? huge : 32,
                outputHeight: dimension == .outputHeight ? huge : 7, outputWidth: dimension == .outputWidth ? huge : 7,
                filterHeight: filter, filterWidth: filter, strideHeight: generator.number(1...3),
                strideWidth: generator.number(1...3), dilationHeight: generator.number(1...2),
                dilationWidth: generator.number(1...2))
            for _ in 0..<3 {
                let view = SchedulingView(Self.datapath(using: &generator))
                for objective in MappingConstraints.Objective.allCases {
                    let constraints = MappingConstraints(
                        objective: objective, energies: OptimalityTests.energies(using: &generator))
                    let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints)
                    #expect(mapped.cycles.isFinite && mapped.cycles >= Double(nest.macs) / 65_536 / 65_536)
                    try mapped.mapping.validate(for: nest, on: view)
                }
            }
        }
    }

    /// Tiles that are given are the mapping's, and cost no less than the mapper's own.
    @Test func givenTilesAreKept() throws {
        var generator = SplitMix64(seed: 91)
        var mappedCases = 0
        for _ in 0..<300 {
            let nest = try #require(Self.zoo.randomElement(using: &generator))
            let view = SchedulingView(Self.datapath(using: &generator))
            let free = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            var tiles = TileConstraint()
            let dimension: Dimension = generator.chance(2) ? .outputChannels : .inputChannels
            tiles.l1[dimension] = generator.number(1...max(1, free.mapping.l1Tile[dimension]))
            let constraints = MappingConstraints(tiles: tiles)
            guard let mapped = try? BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints) else {
                continue
            }
            mappedCases += 1
            let share = GridShare.of(mapped.mapping, nest)[dimension]
            let tile = mapped.mapping.l1Tile[dimension]
            // A share is rounded up to what the array takes at once.
            let isShare = tile >= share && tile < tiles.l1[dimension]
            #expect(tile == tiles.l1[dimension] || isShare, "\(nest) \(mapped.mapping)")
            if free.provenOptimal { #expect(mapped.cycles >= free.cycles * (1 - 1e-12)) }
            try mapped.mapping.validate(for: nest, on: view)
        }
        #expect(mappedCases > 250)
    }

    /// What a PE has of each dimension at most.
    private enum GridShare {
        static func of(_ mapping: Mapping, _ nest: LoopNest) -> Extents {
            var share = Extents(nest)
            for dimension in Dimension.allCases {
                share[dimension] = ceiling(nest[dimension], mapping.gridFactors[dimension])
            }
            return share
        }
    }
}
