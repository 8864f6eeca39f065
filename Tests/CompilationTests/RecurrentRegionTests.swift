import Accelerators
import Compilation
import Scheduling
import Testing
import Workloads

/// Regions of a recurrence, against a walk over its steps.
@Suite struct RecurrentRegionTests {
    /// The reader of text lines, whose layers have 81 steps of 2 × 256 hidden units.
    private static func compiled(
        batch: Int, fusion: CompilerOptions.Fusion = .regions, globalMemoryMiB: Int = 64
    ) throws -> CompiledWorkload {
        try Samples.compile("ocr-recognizer", fusion: fusion, batch: batch, globalMemoryMiB: globalMemoryMiB)
    }

    private static func recurrences(_ compiled: CompiledWorkload) -> [Int] {
        compiled.schedules.indices.filter {
            compiled.workload[compiled.schedules[$0].region.mainOperator].kind.steps > 1
        }
    }

    /// Time, step by step: the product, the array's fill and drain, the gates, and the hidden state's way through Global Memory, each
    /// waiting for the one before; the first product for its weights.
    @Test(arguments: [1, 8, 64])
    func timeIsThatOfItsStepsOneAfterAnother(_ batch: Int) throws {
        let compiled = try Self.compiled(batch: batch)
        let view = compiled.view
        let regions = Self.recurrences(compiled)
        #expect(regions.count == 2)
        for index in regions {
            let schedule = compiled.schedules[index]
            let cost = try #require(schedule.mapped?.cost)
            let timing = schedule.timing(compiled.trafficBefore[index], on: view)
            // On the array or the vector unit; else the steps wait for something else.
            #expect([.compute, .vector].contains(timing.bottleneck))
            let units = batch * 2 * 256
            let lanes = cost.activePEs * view.vectorLanes
            // One PE's weights may fill the array only after all have come.
            var cycles = Double(2 * 256 * 1024 * 2) / view.dramBytesPerCycle
            for _ in 0..<81 {
                cycles += max(cost.arrayCycles, cost.vectorCycles, cost.l2Cycles)
                cycles += cost.fillAndDrainCycles
                var unit = 0
                while unit < units {
                    cycles += 27
                    unit += lanes
                }
                cycles += (Double(units * 2) + cost.firstInputBytes) / view.globalMemoryBytesPerCycle
            }
            // The last states leave.
            cycles += Double(units * 2) / view.dramBytesPerCycle
            #expect(abs(timing.cycles / cycles - 1) < 1e-12, "\(schedule.region.name)")
        }
    }

    /// With room for states and weights nothing but the gates' inputs, the weights and the states of all steps crosses DRAM's pins,
    /// each once.
    @Test(arguments: [1, 8])
    func everythingMovesOnceWhereItFits(_ batch: Int) throws {
        let compiled = try Self.compiled(batch: batch)
        for index in Self.recurrences(compiled) {
            let traffic = compiled.trafficBefore[index]
            let states = batch * 81 * 2 * 256 * 2
            #expect(traffic.dramReadBytes == Double(4 * states + 2 * 256 * 1024 * 2))
            #expect(traffic.dramWriteBytes == Double(states))
            #expect(compiled.schedules[index].macs == batch * 81 * 2 * 256 * 1024)
        }
    }

    /// Without a Global Memory the PEs meet in DRAM: every step reads the hidden state, and no less than the rest.
    @Test func statesGoThroughDRAMWithoutGlobalMemory() throws {
        let compiled = try Self.compiled(batch: 8, globalMemoryMiB: 0)
        for index in Self.recurrences(compiled) {
            let cost = try #require(compiled.schedules[index].mapped?.cost)
            #expect(cost.activePEs > 1)
            let states = Double(8 * 81 * 2 * 256 * 2)
            #expect(
                compiled.trafficBefore[index].dramReadBytes
                    >= 5 * states + Double(2 * 256 * 1024 * 2))
        }
    }

    /// As many products without the dependence of steps, one matrix of 81 rows, are faster: what the steps wait for is time.
    @Test func stepsAreSlowerThanOneProduct() throws {
        let compiled = try Self.compiled(batch: 1)
        let view = compiled.view
        let product = try Scheduler().bestMapping(
            of: LoopNest(groups: 2, outputChannels: 1024, inputChannels: 256, outputWidth: 81), on: view,
            under: MappingConstraints())
        for index in Self.recurrences(compiled) {
            let cycles = compiled.schedules[index].timing(compiled.trafficBefore[index], on: view).cycles
            #expect(cycles > 5 * product.cycles)
        }
    }

    /// Pinned weights and kept states leave DRAM alone; what they take is counted.
    @Test(arguments: [CompilerOptions.Fusion.residency, .tiles])
    func residencyKeepsWeightsAndStates(_ fusion: CompilerOptions.Fusion) throws {
        let compiled = try Self.compiled(batch: 1, fusion: fusion)
        #expect(compiled.residency.peakBytes <= compiled.residency.capacityBytes)
        for index in Self.recurrences(compiled) {
            #expect(compiled.trafficAfter[index].dramReadBytes == 0)
            #expect(compiled.trafficAfter[index].dramWriteBytes == 0)
            #expect(compiled.residency.occupiedBytes[index] >= compiled.schedules[index].tileBytes)
        }
    }
}
