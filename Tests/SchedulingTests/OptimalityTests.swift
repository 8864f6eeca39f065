import Accelerators
import Scheduling
import Testing
import Workloads

/// How far the heuristic mapper is from the best of all mappings, on operators so small that all can be tried.
@Suite struct OptimalityTests {
    /// A small operator: a product, a convolution or a depthwise convolution.
    private static func nest(using generator: inout SplitMix64) -> LoopNest {
        switch generator.number(0...2) {
        case 0:
            LoopNest(
                outputChannels: generator.number(1...6), inputChannels: generator.number(1...5),
                outputWidth: generator.number(1...6))
        case 1:
            LoopNest(
                outputChannels: generator.number(1...4), inputChannels: generator.number(1...3),
                outputHeight: generator.number(2...4), outputWidth: generator.number(2...3), filterHeight: 3,
                filterWidth: generator.chance(2) ? 1 : 3, inputHeight: 4)
        default:
            LoopNest(
                groups: generator.number(2...4), outputChannels: 1, inputChannels: 1,
                outputHeight: generator.number(2...4), outputWidth: generator.number(2...4), filterHeight: 3,
                filterWidth: 3)
        }
    }

    private static func view(using generator: inout SplitMix64) -> SchedulingView {
        var view = roomyView(
            hasL2: false, hasGlobalMemory: !generator.chance(3), grid: 1,
            array: Extent2D(x: generator.power(0...2), y: generator.power(0...2)))
        view.peGrid = Extent2D(x: generator.power(0...1), y: generator.power(0...1))
        view.l1 = BufferLevel(
            sharing: generator.chance(2) ? .private : .shared, inputBytes: generator.power(6...9),
            weightBytes: generator.power(6...9), outputBytes: generator.power(6...9))
        if view.stagingBytes != nil { view.stagingBytes = generator.power(8...11) }
        view.globalMemoryBytesPerCycle = Double(
            2 * (view.peGrid.x * view.array.columns + view.peGrid.y * view.array.rows))
        view.dramBytesPerCycle = Double(generator.power(0...5))
        return view
    }

    /// Within twice the fewest cycles always: what nothing overlaps is not searched for, and is at most DRAM's time.
    /// Of the cycles that are searched for, the busiest resource's, within a tenth in 95% of cases.
    @Test func theHeuristicIsNearTheOptimum() throws {
        var generator = SplitMix64(seed: 12)
        var ratios: [Double] = []
        var busyRatios: [Double] = []
        for _ in 0..<80 {
            let nest = Self.nest(using: &generator)
            let view = Self.view(using: &generator)
            let optimum = MapSpace(nest: nest, view: view).fewestCycles()
            guard optimum.mappings > 0 else { continue }
            let found = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: MappingConstraints())
            #expect(optimum.cycles >= MapperTests.lowerBound(nest, on: view))
            if found.provenOptimal { #expect(found.cycles <= optimum.cycles * (1 + 1e-9)) }
            ratios.append(found.cycles / optimum.cycles)
            busyRatios.append((found.cycles - found.cost.startCycles(on: view)) / optimum.busyCycles)
        }
        #expect(ratios.allSatisfy { $0 >= 1 - 1e-9 && $0 <= 2 })
        busyRatios.sort()
        #expect(busyRatios[0] >= 1 - 1e-9)
        #expect(busyRatios[busyRatios.count * 19 / 20] <= 1.1)
        #expect(busyRatios[busyRatios.count - 1] <= 1.5)
    }
}
