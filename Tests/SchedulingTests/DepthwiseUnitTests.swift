import Accelerators
import Scheduling
import Testing
import Workloads

/// Where depthwise convolutions may run.
@Suite struct DepthwiseUnitTests {
    private static let view = SchedulingView(
        Datapath(
            peGrid: Extent2D(x: 2, y: 1), array: Extent2D(x: 16, y: 16), vectorMultiplier: 8,
            l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64), globalMemoryMiB: 4,
            dram: .gddr6(channels: 4)))

    @Test(arguments: [1, 2, 4, 32, 64, 96], [3, 5]) func arraysAloneAreNoFasterAndNeverTheVectorUnit(
        groups: Int, filter: Int
    ) throws {
        let nest = LoopNest(
            groups: groups, batch: 2, outputChannels: 1, inputChannels: 1, outputHeight: 14, outputWidth: 14,
            filterHeight: filter, filterWidth: filter)
        let mapper = BranchAndBoundMapper()
        let best = try mapper.bestMapping(of: nest, on: Self.view, under: MappingConstraints())
        let onArrays = try mapper.bestMapping(of: nest, on: Self.view, under: MappingConstraints(depthwise: .arrays))
        #expect(onArrays.mapping.unit != .vector && onArrays.cycles >= best.cycles)
        if best.mapping.unit == .vector {
            // A vector unit so slow that nobody takes it leaves the arrays: the same answer by another way.
            var slow = Self.view
            slow.vectorLanes = 1
            let elsewhere = try mapper.bestMapping(of: nest, on: slow, under: MappingConstraints())
            #expect(elsewhere.mapping.unit != .vector && elsewhere.cycles >= onArrays.cycles)
        } else {
            #expect(onArrays.cycles == best.cycles)
        }
    }
}
