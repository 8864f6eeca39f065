import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// The mapper against every mapping there is, on operators so small that all can be tried.
@Suite struct OptimalityTests {
    /// A small operator: a product, a convolution, a grouped or a depthwise convolution.
    private static func nest(using generator: inout SplitMix64) -> LoopNest {
        var nest = shape(using: &generator)
        nest.types = .random(using: &generator)
        return nest
    }

    private static func shape(using generator: inout SplitMix64) -> LoopNest {
        switch generator.number(0...4) {
        case 0:
            LoopNest(
                outputChannels: generator.number(1...5), inputChannels: generator.number(1...5),
                outputWidth: generator.number(1...5))
        case 1:
            LoopNest(
                batch: generator.number(1...3), outputChannels: generator.number(1...3),
                inputChannels: generator.number(1...3), outputWidth: generator.number(1...3))
        case 2:
            LoopNest(
                outputChannels: generator.number(1...3), inputChannels: generator.number(1...2),
                outputHeight: generator.number(2...4), outputWidth: generator.number(1...3), filterHeight: 3,
                filterWidth: generator.chance(2) ? 1 : 3, strideHeight: generator.number(1...2))
        case 3:
            LoopNest(
                groups: generator.number(2...3), outputChannels: 2, inputChannels: generator.number(1...2),
                outputHeight: generator.number(1...2), outputWidth: generator.number(1...3), filterWidth: 2)
        default:
            LoopNest(
                groups: generator.number(2...4), outputChannels: 1, inputChannels: 1,
                outputHeight: generator.number(1...3), outputWidth: generator.number(1...4), filterHeight: 3,
                filterWidth: 3, inputHeight: 3)
        }
    }

    private static func view(hasL2: Bool, using generator: inout SplitMix64) -> SchedulingView {
        var view = roomyView(
            hasL2: hasL2, hasGlobalMemory: !generator.chance(3), grid: 1,
            array: Extent2D(x: generator.power(0...2), y: generator.power(0...2)))
        view.peGrid = Extent2D(x: generator.power(0...2), y: generator.power(0...1))
        view.array.overlapsLoading = !generator.chance(4)
        view.l1 = BufferLevel(
            sharing: generator.chance(2) ? .private : .shared, inputBytes: generator.power(4...8),
            weightBytes: generator.power(4...8), outputBytes: generator.power(4...8))
        if hasL2 {
            let factor = generator.power(0...2)
            view.l2 = BufferLevel(
                sharing: generator.chance(2) ? .private : .shared, inputBytes: view.l1.inputBytes * factor,
                weightBytes: view.l1.weightBytes * factor, outputBytes: view.l1.outputBytes * factor)
        }
        if view.stagingBytes != nil { view.stagingBytes = generator.power(6...10) }
        view.globalMemoryBytesPerCycle =
            generator.chance(2)
            ? Double(2 * (view.peGrid.x * view.array.columns + view.peGrid.y * view.array.rows))
            : Double(generator.power(1...5))
        view.dramBytesPerCycle = Double(generator.power(0...5))
        return view
    }

    /// The optimum always; and a bound that no mapping beats.
    @Test(arguments: [(false, 1_500, 12), (false, 1_500, 77), (true, 60, 5)] as [(Bool, Int, UInt64)])
    func theMapperFindsTheOptimum(hasL2: Bool, cases: Int, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var mapped = 0
        var proven = 0
        for _ in 0..<cases {
            let nest = Self.nest(using: &generator)
            let view = Self.view(hasL2: hasL2, using: &generator)
            guard let found = try? BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            else {
                #expect(
                    MapSpace(nest: nest, view: view).fewestCycles(below: .infinity).mappings == 0, "\(nest) \(view)")
                continue
            }
            mapped += 1
            try found.mapping.validate(for: nest, on: view)
            if found.provenOptimal { proven += 1 }
            #expect(found.cycles == MapperTests.cycles(found.cost, on: view))
            let fewest = MapSpace(nest: nest, view: view).fewestCycles(below: found.cycles)
            try #require(
                fewest.cycles >= found.cycles * (1 - 1e-12),
                "\(found.provenOptimal) \(found.lowerBoundCycles) \(fewest) \(nest) \(view) \(found.mapping)")
            try #require(found.lowerBoundCycles <= found.cycles * (1 + 1e-12), "\(nest) \(view) \(found.mapping)")
        }
        #expect(mapped > cases / 2)
        #expect(proven == mapped)
    }

    /// Nothing has a lower energy-delay product than what is said to be proven, under our assumptions and under Timeloop's.
    @Test(arguments: [(true, 21), (false, 22)] as [(Bool, UInt64)])
    func theLeastEnergyDelayProductIsFound(isOurs: Bool, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var proven = 0
        for _ in 0..<200 {
            var nest = Self.nest(using: &generator)
            var view = Self.view(hasL2: false, using: &generator)
            if !isOurs {
                // Its words are all of one size.
                nest.types = .bfloat16
                view.isDoubleBuffered = false
                view.accumulatorBytes = 2
                view.chargesStart = false
                view.array.loadsOnAverage = true
            }
            let energies = Self.energies(using: &generator)
            func product(_ mapping: Mapping, _ cycles: Double, _ cost: MappingCost?) -> Double {
                cycles * Self.energyPJ(of: nest, mapping, cost, energies, on: view)
            }
            let constraints = MappingConstraints(objective: .edp, energies: energies)
            guard let found = try? BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints)
            else { continue }
            try found.mapping.validate(for: nest, on: view)
            let value = product(found.mapping, found.cycles, found.cost)
            let least = MapSpace(nest: nest, view: view).least(below: value, product)
            guard found.provenOptimal else { continue }
            proven += 1
            try #require(least.value >= value * (1 - 1e-9), "\(least) \(value) \(nest) \(view) \(found.mapping)")
        }
        #expect(proven > 100)
    }

    /// Of all mappings with the fewest cycles none takes less energy, where that is said.
    @Test(arguments: [(false, 250, 41), (true, 15, 42)] as [(Bool, Int, UInt64)])
    func ofTheFastestMappingsTheLeastEnergyIsFound(hasL2: Bool, cases: Int, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var proven = 0
        var saving = 0
        for _ in 0..<cases {
            let nest = Self.nest(using: &generator)
            let view = Self.view(hasL2: hasL2, using: &generator)
            let energies = Self.energies(using: &generator)
            func find(_ objective: MappingConstraints.Objective) -> MappedOperator? {
                try? BranchAndBoundMapper().bestMapping(
                    of: nest, on: view, under: MappingConstraints(objective: objective, energies: energies))
            }
            guard let fastest = find(.latency), let found = find(.latencyThenEnergy) else { continue }
            try found.mapping.validate(for: nest, on: view)
            try #require(found.cycles <= fastest.cycles * (1 + 1e-12))
            try #require(found.provenOptimal == fastest.provenOptimal)
            func energy(_ mapping: Mapping, _ cycles: Double, _ cost: MappingCost?) -> Double {
                guard cycles <= fastest.cycles * (1 + 1e-12) else { return .infinity }
                return Self.energyPJ(of: nest, mapping, cost, energies, on: view)
            }
            let value = energy(found.mapping, found.cycles, found.cost)
            let met = energy(fastest.mapping, fastest.cycles, fastest.cost)
            try #require(value <= met * (1 + 1e-12))
            if value < met * (1 - 1e-9) { saving += 1 }
            guard found.provenLeastEnergy else { continue }
            proven += 1
            let least = MapSpace(nest: nest, view: view).least(below: value, energy)
            try #require(least.value >= value * (1 - 1e-9), "\(least) \(value) \(nest) \(view) \(found.mapping)")
        }
        #expect(proven > cases / 2)
        #expect(saving > cases / 20)
    }

    static func energies(using generator: inout SplitMix64) -> MappingEnergies {
        func energy() -> Double { Double(generator.number(1...50)) / 10 }
        return MappingEnergies(
            macPJ: AccessEnergy.MAC(energy()), vectorOperationPJ: energy(),
            l1PJPerByte: .init(input: energy(), weight: energy(), output: energy()),
            l2PJPerByte: .init(input: energy(), weight: energy(), output: energy()), globalMemoryPJPerByte: energy(),
            dramPJPerByte: 10 * energy())
    }

    /// A mapping's energy, added up anew; without a cost that of the products alone.
    static func energyPJ(
        of nest: LoopNest, _ mapping: Mapping, _ cost: MappingCost?, _ energies: MappingEnergies,
        on view: SchedulingView
    ) -> Double {
        let products = mapping.unit == .vector ? 0 : Double(nest.macs) * energies.macPJ.pj(nest.types)
        guard let cost else { return products }
        func buffers(_ traffic: LevelTraffic, _ energy: MappingEnergies.Buffers) -> Double {
            traffic.inputReads * energy.input + traffic.weightReads * energy.weight
                + (traffic.outputReads + traffic.outputWrites) * energy.output
        }
        let global = cost.globalMemory.total + (view.stagingBytes == nil ? 0 : cost.dram.total)
        let inside =
            cost.vectorOperations * energies.vectorOperationPJ + buffers(cost.l1, energies.l1PJPerByte)
            + buffers(cost.l2, energies.l2PJPerByte)
        return products + inside + global * energies.globalMemoryPJPerByte + cost.dram.total * energies.dramPJPerByte
    }

    /// Orders that are not of a reuse class never move fewer bytes.
    @Test func noOrderOfLoopsBeatsTheReuseClasses() throws {
        var generator = SplitMix64(seed: 31)
        for _ in 0..<60 {
            let nest = Self.nest(using: &generator)
            let view = Self.view(hasL2: false, using: &generator)
            guard let found = try? BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            else { continue }
            let orders = (0..<6).map { _ in LoopOrder(Dimension.allCases.shuffled(using: &generator)) }
            let fewest = MapSpace(nest: nest, view: view).fewestCycles(below: found.cycles, orders: orders)
            try #require(fewest.cycles >= found.cycles * (1 - 1e-12), "\(fewest) \(nest) \(view) \(found.mapping)")
        }
    }
}
