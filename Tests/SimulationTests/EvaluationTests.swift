import Accelerators
import Dispatch
import Simulation
import Synchronization
import Testing
import Workloads

/// What must hold of any evaluation, whatever the workload and the design.
@Suite struct EvaluationTests {
    static let designs: [Design] = {
        let l2 = L2Buffers(configuration: .shared, inputMultiplier: 4, weightMultiplier: 4, outputMultiplier: 4)
        return [
            Samples.design(), Samples.design(fusion: .none), Samples.design(fusion: .regions, globalMemoryMiB: 4),
            Samples.design(globalMemoryMiB: 0, channels: 2), Samples.design(l2: l2),
            Samples.design(batch: 8, channels: 1),
            Samples.design(fusion: .regions, batch: 8, globalMemoryMiB: 0, l2: l2),
        ]
    }()

    static let workloads = ["efficientnet-b0", "resnet-50-v2", "bert-base-128"]

    @Test(arguments: workloads, designs)
    func regionsAddUp(name: String, design: Design) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: design.batch)
        let evaluation = try Samples.simulator().evaluate(workload, on: design)
        func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
        let seconds = evaluation.regions.reduce(0) { $0 + $1.seconds }
        #expect(isClose(seconds, evaluation.latencySeconds))
        let joules = evaluation.regions.reduce(0) { $0 + $1.energyJoules }
        #expect(isClose(joules, evaluation.energyJoules * Double(design.batch)))
        #expect(isClose(evaluation.inferencesPerSecond, Double(design.batch) / evaluation.latencySeconds))
        #expect(evaluation.regions.reduce(0) { $0 + $1.macs } == workload.macs)
        #expect(evaluation.batch == design.batch && evaluation.workload == workload.name)
        #expect(isClose(evaluation.perfPerTdp, evaluation.inferencesPerSecond / evaluation.tdpWatts))
        let peak = Double(design.datapath.macUnits) * design.datapath.clockGHz * 1e9
        #expect(isClose(evaluation.utilization, Double(workload.macs) / (peak * evaluation.latencySeconds)))
        #expect(evaluation.utilization > 0 && evaluation.utilization <= 1)
    }

    @Test(arguments: workloads, designs)
    func noRegionBeatsThePeaks(name: String, design: Design) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: design.batch)
        let simulator = try Samples.simulator()
        let evaluation = try simulator.evaluate(workload, on: design)
        let datapath = design.datapath
        let hertz = datapath.clockGHz * 1e9
        let energies = simulator.hardware.energies(of: datapath)
        for region in evaluation.regions {
            let limit = region.seconds * (1 + 1e-9)
            #expect(Double(region.dramBytes) / (datapath.dram.gigabytesPerSecond * 1e9) <= limit, "\(region.name)")
            let lanes = Double(datapath.peCount * datapath.vectorLanes)
            #expect(Double(region.vectorOperations) / (lanes * hertz) <= limit, "\(region.name)")
            if region.unit != "vector" {
                #expect(Double(region.macs) / (Double(datapath.macUnits) * hertz) <= limit, "\(region.name)")
                #expect(region.utilization <= 1 + 1e-9)
            }
            #expect(region.dramBytes <= region.dramBytesBeforeResidency)
            #expect(region.seconds <= region.secondsBeforeResidency * (1 + 1e-9))
            if design.compiler.fusion != .residency { #expect(region.dramBytes == region.dramBytesBeforeResidency) }

            // Energy holds at least static power, DRAM, and the unit that computes.
            let macPJ = region.unit == "vector" ? 0 : Double(region.macs) * energies.macPJ.bfloat16
            let least =
                energies.staticWatts * region.seconds
                + 1e-12
                * (macPJ + Double(region.vectorOperations) * energies.vectorOperationPJ
                    + Double(region.dramBytes) * energies.dramPJPerByte)
            #expect(region.energyJoules >= least * (1 - 1e-9), "\(region.name)")
        }
        // A chip cannot draw more than its TDP, however it is used.
        let watts = evaluation.energyJoules * evaluation.inferencesPerSecond
        #expect(watts <= evaluation.tdpWatts)
    }

    /// The bound that is named is the resource that a second one of would help.
    @Test func moreOfTheBoundResourceHelps() throws {
        let workload = try WorkloadZoo.workload(named: "efficientnet-b0")
        let simulator = try Samples.simulator()
        let slow = Samples.design(fusion: .regions, channels: 1)
        let fast = Samples.design(fusion: .regions, channels: 8)
        let before = try simulator.evaluate(workload, on: slow)
        let after = try simulator.evaluate(workload, on: fast)
        #expect(before.regions.contains { $0.bound == .dram })
        for (a, b) in zip(before.regions, after.regions) {
            #expect(b.seconds <= a.seconds * 1.05, "\(a.name)")
            if a.bound == .dram { #expect(b.seconds < a.seconds, "\(a.name)") }
        }
    }

    @Test func threadsAndMemoryChangeNothing() throws {
        let pairs = try Self.workloads.flatMap { name in
            try Self.designs.map { (try WorkloadZoo.workload(named: name, batch: $0.batch), $0) }
        }
        let expected = try pairs.map { try Samples.simulator().evaluate($0.0, on: $0.1) }
        let shared = try Samples.simulator()
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 3 * pairs.count) { iteration in
            let index = (iteration * 5) % pairs.count
            if (try? shared.evaluate(pairs[index].0, on: pairs[index].1)) != expected[index] {
                wrong.withLock { $0 += 1 }
            }
        }
        #expect(wrong.withLock { $0 } == 0)
    }
}
