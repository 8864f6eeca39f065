import Accelerators
import Scheduling
import Testing
import Workloads

/// All steps of a recurrence, against closed forms on designs small enough to work out by hand.
@Suite struct RecurrenceTests {
    /// 32 hidden units, batch 1: a step is a product of 1×32 by 32×128, four folds of a 32×32 array.
    private static let step = LoopNest(outputChannels: 128, inputChannels: 32)
    private static let weightBytes = 32 * 128 * 2.0

    /// One PE, or two, that hold everything, or whose weight buffer holds less than a quarter of the weights.
    private static func view(
        pes: Int = 1, weightKiB: Int = 64, globalMemoryMiB: Int = 0, lanesMultiplier: Int = 1
    ) -> SchedulingView {
        SchedulingView(
            Datapath(
                peGrid: Extent2D(x: pes, y: 1), array: Extent2D(x: 32, y: 32), vectorMultiplier: lanesMultiplier,
                l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: weightKiB, outputKiB: 64),
                globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: 8)))
    }

    private static func recurrence(_ nest: LoopNest, steps: Int, on view: SchedulingView) throws -> (
        cost: RecurrenceCost, step: MappedOperator
    ) {
        var constraints = MappingConstraints()
        constraints.dataflow = .weightStationary
        let mapped = try Scheduler().bestMapping(of: nest, on: view, under: constraints)
        return (RecurrenceCost(.lstm, steps: steps, of: mapped, on: view), mapped)
    }

    /// With everything in the one PE a step takes four folds of 32 cycles each (loading the next weights takes as long as a fold at
    /// least), 94 cycles to fill and drain the array, and 27 operations of one vector for the gates; only the weights come from DRAM.
    @Test(arguments: [1, 2, 81])
    func everythingOnOnePE(_ steps: Int) throws {
        let (cost, mapped) = try Self.recurrence(Self.step, steps: steps, on: Self.view())
        #expect(mapped.mapping.unit == .array(.weightStationary))
        #expect(cost.weights == .processingElements)
        #expect(cost.hiddenState == .processingElements)
        #expect(cost.cellState == .processingElements)
        #expect(cost.arrayCycles == Double(steps * 4 * 32))
        #expect(cost.serialCycles == Double(steps * (94 + 27)))
        #expect(cost.weightDRAMBytes == Self.weightBytes)
        #expect(cost.weightPEBytes == Self.weightBytes)
        #expect(cost.weightExposedBytes == Self.weightBytes)
        #expect(cost.stateDRAMReadBytes == 0 && cost.stateDRAMWriteBytes == 0)
        #expect(cost.statePEReadBytes == 0 && cost.statePEWriteBytes == 0)
        #expect(cost.globalMemoryTileBytes == 0)
    }

    /// Gates take one vector after another: 32 units of 8 sequences are 8 vectors of 32 lanes, or 4 of 64.
    @Test(arguments: [(1, 8), (2, 4)])
    func gatesTakeWholeVectors(_ lanesMultiplier: Int, _ vectors: Int) throws {
        var nest = Self.step
        nest.batch = 8
        let (cost, _) = try Self.recurrence(nest, steps: 10, on: Self.view(lanesMultiplier: lanesMultiplier))
        #expect(cost.serialCycles == Double(10 * (94 + 27 * vectors)))
    }

    /// Two PEs take a direction each, as fast as one PE takes one, but for handing the hidden states on.
    @Test func directionsRunSideBySide() throws {
        var both = Self.step
        both.groups = 2
        let (one, _) = try Self.recurrence(Self.step, steps: 81, on: Self.view(globalMemoryMiB: 1))
        let view = Self.view(pes: 2, globalMemoryMiB: 1)
        let (two, mapped) = try Self.recurrence(both, steps: 81, on: view)
        #expect(mapped.cost.activePEs == 2)
        #expect(two.arrayCycles == one.arrayCycles)
        #expect(two.hiddenState == .globalMemory)
        // Both states of 64 bytes are written, then a PE's array reads the first 32 rows of its own.
        let handOver = (2 * 64 + 64) / view.globalMemoryBytesPerCycle
        #expect(abs(two.serialCycles - one.serialCycles - 81 * handOver) < 1e-6)
        #expect(two.statePEReadBytes == 81 * 2 * 64)
        // The state before and the next.
        #expect(two.globalMemoryTileBytes == mapped.cost.globalMemoryTileBytes + 2 * 2 * 64)
    }

    /// Weights that the PE cannot hold come from Global Memory every step, and from DRAM every step where there is none.
    @Test func weightsComeAsOftenAsTheyMust() throws {
        let steps = 7
        var kept: [RecurrenceCost] = []
        for globalMemoryMiB in [1, 0] {
            let view = Self.view(weightKiB: 2, globalMemoryMiB: globalMemoryMiB)
            let (cost, mapped) = try Self.recurrence(Self.step, steps: steps, on: view)
            #expect(mapped.cost.globalMemory.weightReads == Self.weightBytes)
            #expect(cost.weightPEBytes == Double(steps) * Self.weightBytes)
            kept.append(cost)
        }
        #expect(kept.map(\.weights) == [.globalMemory, .dram])
        #expect(kept.map(\.weightDRAMBytes) == [Self.weightBytes, Double(steps) * Self.weightBytes])
        #expect(kept[0].weightExposedBytes == Self.weightBytes)
    }

    /// What is kept never exceeds what there is, and more memory never moves more.
    @Test func moreMemoryNeverMovesMore() throws {
        for hidden in [16, 48, 256] {
            for directions in [1, 2] {
                for batch in [1, 5, 64] {
                    let nest = LoopNest(
                        groups: directions, batch: batch, outputChannels: 4 * hidden, inputChannels: hidden)
                    var bytes = Double.infinity
                    for stagingKiB in [4096, 256, 32].reversed() {
                        var view = Self.view(pes: 4, weightKiB: 8, globalMemoryMiB: 4)
                        view.stagingBytes = stagingKiB << 10
                        let (cost, mapped) = try Self.recurrence(nest, steps: 20, on: view)
                        #expect(cost.globalMemoryTileBytes <= view.stagingBytes ?? 0)
                        #expect(cost.globalMemoryTileBytes >= mapped.cost.globalMemoryTileBytes)
                        let moved = cost.weightDRAMBytes + cost.stateDRAMReadBytes + cost.stateDRAMWriteBytes
                        #expect(moved <= bytes)
                        #expect(cost.weightDRAMBytes >= Double(nest.weightElements * 2))
                        bytes = moved
                    }
                }
            }
        }
    }
}
