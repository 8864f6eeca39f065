import Accelerators
import Compilation
import Environments
import Scheduling
import Testing
import Workloads

/// Deciding tensor by tensor, against the compiler's own residency.
@Suite struct ResidencyEnvironmentTests {
    private static func compiled(
        _ name: String, globalMemoryMiB: Int, fusion: CompilerOptions.Fusion = .residency
    ) throws -> CompiledWorkload {
        let datapath = Datapath(
            peGrid: Extent2D(x: 8, y: 8), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
            l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64),
            globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: 8))
        let design = Design(
            datapath: datapath, batch: 2,
            compiler: CompilerOptions(fusion: fusion, padding: .array, softmax: .twoPass, dataflow: .best))
        return try Compiler(scheduler: Scheduler()).compile(
            try WorkloadZoo.workload(named: name, batch: 2), for: design)
    }

    @Test func itKeepsItsContract() throws {
        let environment = try ResidencyEnvironment(Self.compiled("efficientnet-b0", globalMemoryMiB: 4))
        let failed = EnvironmentChecker().checks(of: environment).filter { !$0.passed }
        #expect(failed.isEmpty, "\(failed)")
    }

    /// Doing what the compiler decided saves what it saves.
    @Test(arguments: ["efficientnet-b0", "bert-base-128"], [4, 16, 64])
    func theCompilersDecisionIsWorthWhatItSays(name: String, globalMemoryMiB: Int) throws {
        let compiled = try Self.compiled(name, globalMemoryMiB: globalMemoryMiB)
        var environment = try ResidencyEnvironment(compiled)
        var step = try environment.reset(seed: nil).info
        let kept = Set(
            (compiled.residency.residentTensors + compiled.residency.pinnedWeights).map {
                compiled.workload[$0].name
            })
        var saved = 0.0
        var steps = 0
        let before = step.cycles
        while let tensor = step.tensor {
            let result = try environment.step(kept.contains(tensor) ? 1 : 0)
            saved += result.reward
            step = result.info
            steps += 1
            #expect(result.terminated == (step.tensor == nil))
        }
        #expect(steps == compiled.residencyProblem.candidates.count)
        #expect(abs(step.cycles - compiled.residency.objectiveCycles) <= 1e-9 * step.cycles)
        #expect(abs(saved - (1 - step.cycles / before)) <= 1e-9)
        #expect(step.cycles >= compiled.residency.lowerBoundCycles * (1 - 1e-9))
    }

    @Test func whatDoesNotFitIsRefusedAndChangesNothing() throws {
        var environment = try ResidencyEnvironment(Self.compiled("bert-base-128", globalMemoryMiB: 1))
        #expect(throws: EnvironmentError.notReset) { try environment.step(0) }
        var info = try environment.reset(seed: 1).info
        var refusals = 0
        while let tensor = info.tensor {
            if let mask = info.mask, !mask.contains(1) {
                refusals += 1
                #expect(throws: EnvironmentError.self) { try environment.step(1) }
            }
            #expect(throws: EnvironmentError.actionOutsideSpace(expected: "0 or 1")) { try environment.step(2) }
            let action = info.mask?.contains(1) == true ? 1 : 0
            info = try environment.step(action).info
            #expect(info.tensor != tensor)
        }
        #expect(refusals > 0)
        #expect(throws: EnvironmentError.episodeOver) { try environment.step(0) }
    }

    @Test func withoutTensorsThereIsNoEpisode() throws {
        for (megabytes, fusion) in [(0, CompilerOptions.Fusion.residency), (16, .regions)] {
            let compiled = try Self.compiled("efficientnet-b0", globalMemoryMiB: megabytes, fusion: fusion)
            #expect(throws: EnvironmentError.nothingToDecide) { try ResidencyEnvironment(compiled) }
        }
    }
}
