import Accelerators
import Diagnostics
import Environments
import Scheduling
import Simulation
import Testing
import Workloads

/// Only an operator that fits no buffer makes a design infeasible; every other fault ends the search.
@Suite struct ZooSimulatorTests {
    /// Throws what it is told to.
    private struct FailingMapper: Mapper {
        var error: any Error & Sendable

        func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
            -> MappedOperator
        {
            throw error
        }
    }

    private static func simulator(_ error: any Error & Sendable) throws -> ZooSimulator {
        let hardware = HardwareModel(technology: try Technology(named: "7nm", in: InstalledProblemTests.files))
        return ZooSimulator(
            Simulator(hardware: hardware, scheduler: Scheduler(mapper: FailingMapper(error: error))))
    }

    @Test(arguments: [(100, 40, 2.5), (3 << 20, 1 << 20, 3), (1, 100, 1)])
    func theExcessIsWhatIsNeededOverWhatThereIs(needed: Int, available: Int, excess: Double) throws {
        let simulator = try Self.simulator(
            UnmappableOperator(
                LoopNest(outputChannels: 1, inputChannels: 1),
                buffer: BufferUse(level: .l1, operand: .weight, neededBytes: needed, availableBytes: available)))
        let error = #expect(throws: UnmappableWorkload.self) {
            try simulator.evaluate(workload: "efficientnet-b0", on: .example)
        }
        #expect(error?.workload == "efficientnet-b0" && error?.excess == excess)
        #expect(error?.cause?.diagnostic.message.contains("a need of \(needed) bytes in the L1 weight buffer") == true)
    }

    @Test(arguments: DiagnosticError.Kind.allCases)
    func everyOtherFaultIsPassedOn(kind: DiagnosticError.Kind) throws {
        let fault = DiagnosticError(kind, "the framework's own mistake")
        let simulator = try Self.simulator(fault)
        let error = #expect(throws: DiagnosticError.self) {
            try simulator.evaluate(workload: "efficientnet-b0", on: .example)
        }
        #expect(error == fault)
    }
}
