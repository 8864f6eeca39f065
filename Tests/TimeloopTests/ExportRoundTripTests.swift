import Accelerators
import RandomNumbers
import Scheduling
import Testing
import Timeloop
import Workloads

/// Exported mappings, read again and evaluated, against our own analysis of the same mappings.
@Suite struct ExportRoundTripTests {
    /// The loop nest with its padding stored: Timeloop fetches padding as data.
    private func padded(_ nest: LoopNest) -> LoopNest {
        LoopNest(
            groups: nest.groups, batch: nest.batch, outputChannels: nest.outputChannels,
            inputChannels: nest.inputChannels, outputHeight: nest.outputHeight, outputWidth: nest.outputWidth,
            filterHeight: nest.filterHeight, filterWidth: nest.filterWidth, strideHeight: nest.strideHeight,
            strideWidth: nest.strideWidth, dilationHeight: nest.dilationHeight, dilationWidth: nest.dilationWidth,
            weightIsActivation: nest.weightIsActivation)
    }

    /// All operands of one type, bfloat16 as often as not.
    private func types(_ generator: inout SplitMix64) -> OperandTypes {
        let choices: [NumericType] = [.bfloat16, .bfloat16, .bfloat16, .int8, .float16, .float32]
        let type = choices[Int.random(in: choices.indices, using: &generator)]
        return OperandTypes(input: type, weight: type, output: type)
    }

    private func design(_ generator: inout SplitMix64) -> Datapath {
        func power(_ range: ClosedRange<Int>) -> Int { 1 << Int.random(in: range, using: &generator) }
        func sharing() -> BufferSharing { Bool.random(using: &generator) ? .private : .shared }
        let l2 = Int.random(in: 0..<3, using: &generator)
        return Datapath(
            peGrid: Extent2D(x: power(0...4), y: power(0...4)), array: Extent2D(x: power(2...6), y: power(2...6)),
            vectorMultiplier: power(0...3),
            l1: L1Buffers(
                configuration: sharing(), inputKiB: power(4...8), weightKiB: power(4...8), outputKiB: power(4...8)),
            l2: l2 == 0
                ? nil
                : L2Buffers(
                    configuration: sharing(), inputMultiplier: power(0...3), weightMultiplier: power(0...3),
                    outputMultiplier: power(0...3)),
            globalMemoryMiB: [0, 1, 8, 64].randomElement(using: &generator) ?? 0,
            dram: .gddr6(channels: power(0...3)))
    }

    /// Gives a mapping other tiles, no larger than it had, and other orders.
    private func scramble(
        _ mapping: inout Mapping, _ nest: LoopNest, _ view: SchedulingView, _ generator: inout SplitMix64
    ) {
        mapping.dramOrder = LoopOrder(Dimension.allCases.shuffled(using: &generator))
        mapping.globalOrder = LoopOrder(Dimension.allCases.shuffled(using: &generator))
        mapping.l2Order = LoopOrder(Dimension.allCases.shuffled(using: &generator))
        for dimension in Dimension.allCases where ![.filterHeight, .filterWidth].contains(dimension) {
            if Int.random(in: 0..<3, using: &generator) == 0 {
                mapping.l1Tile[dimension] = Int.random(in: 1...mapping.l1Tile[dimension], using: &generator)
            }
            if view.l2 == nil { mapping.l2Tile[dimension] = mapping.l1Tile[dimension] }
            let gridTile = mapping.l2Tile[dimension] * mapping.gridFactors[dimension]
            var steps = max(1, min(mapping.globalTile[dimension], nest[dimension]) / gridTile)
            if view.stagingBytes == nil { steps = 1 }
            if Bool.random(using: &generator) { steps = Int.random(in: 1...steps, using: &generator) }
            mapping.globalTile[dimension] = gridTile * steps
        }
    }

    /// What Timeloop's files say of a mapping, against our analysis of it.
    private struct RoundTrip {
        var problem: TimeloopProblem
        var mapping: TimeloopMapping
        var evaluation: TimeloopEvaluation
        /// Words of ours, by level, tensor and quantity.
        var ours:
            [(level: String, tensor: String, quantity: KeyPath<TimeloopEvaluation.Tensor, Double>, words: Double)] = []
        /// Compute cycles of ours, the time to load weights included as Timeloop counts it, and that time.
        var computeCycles: Double
        var weightCycles = 0.0

        init(_ nest: LoopNest, _ mapping: Mapping, on datapath: Datapath) throws {
            let export = TimeloopExport(nest, mapping, on: datapath, named: "test")
            let architecture = try TimeloopArchitecture(yaml: export.architecture, file: "arch.yaml")
            problem = try TimeloopProblem(yaml: export.problem, file: "problem.yaml")
            self.mapping = try TimeloopMapping(
                yaml: export.mapping, file: "map.yaml", architecture: architecture, problem: problem)
            evaluation = try TimeloopModel(architecture, problem).evaluate(self.mapping)
            var view = TimeloopExport.view(of: datapath)
            // However few rows a fold streams, Timeloop's array is busy for no longer.
            view.array.loadsOnAverage = true
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            computeCycles = mapping.unit == .vector ? cost.vectorCycles : cost.arrayCycles
            if mapping.unit != .vector {
                let row = mapping.usedArray(of: view.array).columns * nest.types.weight.bytes * cost.activePEs
                weightCycles = cost.l1.weightReads / Double(row)
            }
            // Partial sums are 4 bytes.
            let width = Double(nest.types.output.bytes)
            let outputs = Double(nest.outputElements)
            for (level, traffic) in [("L3", cost.globalMemory), ("DRAM", cost.dram)] {
                let written = outputs + (traffic.outputWrites - width * outputs) / 4
                ours.append((level, "Weights", \.reads, traffic.weightReads / width))
                ours.append((level, "Inputs", \.reads, traffic.inputReads / width))
                ours.append((level, "Outputs", \.reads, traffic.outputReads / 4))
                ours.append((level, "Outputs", \.updates, written))
            }
        }

        /// The levels outside the PEs.
        var outside: [(specification: TimeloopEvaluation.Level, loops: [TimeloopMapping.Loop])] {
            zip(evaluation.levels, mapping.levels).filter { ["Row", "L3", "DRAM"].contains($0.0.name) }
                .map { ($0.0, $0.1.spatialX + $0.1.spatialY + $0.1.temporal) }
        }

        /// Whether all tiles outside the PEs are alike: where some are short, a PE that idles or a level that doesn't
        /// iterate keeps its tile, which our analysis fetches again.
        var isEven: Bool { outside.allSatisfy { $0.loops.allSatisfy { $0.factor == $0.residual } } }

        /// Whether overlapping windows move: Timeloop's halo is what two successive tiles share, wherever the next lies; ours
        /// is kept along the fetching loop.
        func windowsSlide(_ nest: LoopNest) -> Bool {
            let windows: [(Dimension, Dimension)] = [(.outputHeight, .filterHeight), (.outputWidth, .filterWidth)]
            return windows.contains { output, filter in
                nest[filter] > 1 && outside.contains { $0.loops.contains { $0.dimension == output.rawValue } }
            }
        }
    }

    private func nests(batch: Int) throws -> [LoopNest] {
        try ["efficientnet-b0", "efficientnet-b4", "resnet-50-v2", "bert-base-128"].flatMap { name in
            Set(try WorkloadZoo.workload(named: name, batch: batch).operators.compactMap(\.loopNest))
                .sorted { "\($0)" < "\($1)" }
        }
    }

    private func check(seed: Int, scrambling: Bool) throws {
        var generator = SplitMix64(seed: seed)
        let scheduler = Scheduler()
        let nests = try nests(batch: 4)
        var (compared, equal, units) = (0, 0, Set<String>())
        for _ in 0..<800 {
            let datapath = design(&generator)
            var nest = padded(try #require(nests.randomElement(using: &generator)))
            nest.types = types(&generator)
            let view = TimeloopExport.view(of: datapath)
            // A design whose L1 holds no tile of the operator has no mapping.
            guard let mapped = try? scheduler.bestMapping(of: nest, on: view, under: MappingConstraints()) else {
                continue
            }
            var mapping = mapped.mapping
            if scrambling {
                scramble(&mapping, nest, view, &generator)
                guard (try? mapping.validate(for: nest, on: view)) != nil else { continue }
            }
            units.insert(mapping.unit.name)
            let trip = try RoundTrip(nest, mapping, on: datapath)
            #expect(
                max(trip.evaluation.computeCycles, trip.weightCycles) == trip.computeCycles, "\(nest) \(mapping)")
            for (level, name, quantity, words) in trip.ours {
                guard let found = trip.evaluation.levels.first(where: { $0.name == level }) else { continue }
                let tensor = try #require(found.tensors.first { $0.name == name })
                let isExact = trip.isEven && (name != "Inputs" || !trip.windowsSlide(nest))
                compared += 1
                equal += tensor[keyPath: quantity] == words ? 1 : 0
                #expect(
                    isExact ? tensor[keyPath: quantity] == words : tensor[keyPath: quantity] <= words,
                    "\(level) \(name) \(nest) \(mapping)")
            }
        }
        #expect(compared > 3000)
        #expect(Double(equal) >= 0.97 * Double(compared), "\(equal) of \(compared)")
        #expect(units.count >= 5, "\(units)")
    }

    @Test func wordsAreOurOwn() throws { try check(seed: 7, scrambling: false) }

    @Test func wordsOfOtherTilesAndOrdersAreOurOwn() throws { try check(seed: 8, scrambling: true) }

    /// Every way to lay a small tile on a small array is tried: none goes through it in fewer steps.
    @Test func noFactorsTakeFewerSteps() {
        var generator = SplitMix64(seed: 10)
        func extents(_ dimensions: [Dimension]) -> Extents {
            var extents = Extents()
            for dimension in dimensions { extents[dimension] = Int.random(in: 1...9, using: &generator) }
            return extents
        }
        for _ in 0..<400 {
            let dimensions: [Dimension] = [.inputChannels, .filterHeight, .filterWidth]
            let tile = extents(dimensions)
            var whole = tile
            for dimension in dimensions where Bool.random(using: &generator) { whole[dimension] *= 2 }
            let rows = Int.random(in: 1...40, using: &generator)
            let chosen = SpatialFactors(
                l1Tile: tile, l2Tile: tile, of: whole, unit: .array(.weightStationary),
                on: SystolicArray(rows: rows, columns: 1, overlapsLoading: true), lanes: 1
            ).rows
            func steps(_ factors: Extents) -> Int {
                dimensions.reduce(1) { $0 * ((tile[$1] + factors[$1] - 1) / factors[$1]) }
            }
            #expect(chosen.product <= rows)
            var fewest = Int.max
            for c in 1...tile[.inputChannels] {
                for r in 1...tile[.filterHeight] {
                    for s in 1...tile[.filterWidth] where c * r * s <= rows {
                        var factors = Extents()
                        (factors[.inputChannels], factors[.filterHeight], factors[.filterWidth]) = (c, r, s)
                        let follows = dimensions.allSatisfy { whole[$0] == tile[$0] || tile[$0] % factors[$0] == 0 }
                        if follows { fewest = min(fewest, steps(factors)) }
                    }
                }
            }
            #expect(steps(chosen) == fewest, "\(tile) of \(whole) on \(rows) rows: \(chosen)")
        }
    }

    /// Nothing that timeloop-model stops at, for single PEs, arrays of one row or column and absent levels too.
    @Test func filesKeepTimeloopsRules() throws {
        var generator = SplitMix64(seed: 9)
        let scheduler = Scheduler()
        let nests = try nests(batch: 2)
        var checked = 0
        for index in 0..<600 {
            var datapath = design(&generator)
            if index % 3 == 0 { datapath.peGrid = [Extent2D(x: 1, y: 1), Extent2D(x: 1, y: 8)][index % 2] }
            if index % 4 == 0 { datapath.array = [Extent2D(x: 1, y: 1), Extent2D(x: 16, y: 1)][index / 4 % 2] }
            var nest = try #require(nests.randomElement(using: &generator))
            nest.types = types(&generator)
            // What is mapped without a thought of Timeloop can be written too.
            let view = index % 2 == 0 ? TimeloopExport.view(of: datapath) : SchedulingView(datapath)
            guard let mapped = try? scheduler.bestMapping(of: nest, on: view, under: MappingConstraints()) else {
                continue
            }
            let export = TimeloopExport(nest, mapped.mapping, on: datapath, named: "operator of \(index)")
            try TimeloopRules(
                architecture: export.architecture, problem: export.problem, mapping: export.mapping
            ).check()
            checked += 1
        }
        #expect(checked > 400)
    }

    /// The rules themselves: the reference's files, which timeloop-model wrote and read, keep them.
    @Test func theReferenceKeepsTheRules() throws {
        let names = try TimeloopFixtures.statistics().keys
        #expect(names.count == 90)
        for name in names {
            let parts = name.split(separator: "/")
            try TimeloopRules(
                architecture: TimeloopFixtures.text("architectures/\(parts[0]).yaml"),
                problem: TimeloopFixtures.text("layers/\(parts[1]).yaml"),
                mapping: TimeloopFixtures.text("mappings/\(name).map.yaml")
            ).check()
        }
    }
}
