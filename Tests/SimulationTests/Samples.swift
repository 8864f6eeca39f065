import Accelerators
import Simulation
import TestSupport

/// Simulators and designs that several suites use.
enum Samples {
    static func simulator() throws -> Simulator {
        Simulator(hardware: HardwareModel(technology: try Technology(named: "7nm", in: Repository.files)))
    }

    static func baseline(_ name: String = "tpu-v3") throws -> Design {
        try Design(named: name, in: Repository.files)
    }

    /// A design of the search space, small enough for any budget.
    static func design(
        fusion: CompilerOptions.Fusion = .residency, batch: Int = 1, globalMemoryMiB: Int = 64,
        l2: L2Buffers? = nil, channels: Int = 8
    ) -> Design {
        Design(
            datapath: Datapath(
                peGrid: Extent2D(x: 4, y: 4), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
                l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 32, outputKiB: 32), l2: l2,
                globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: channels)),
            batch: batch,
            compiler: CompilerOptions(fusion: fusion, padding: .array, softmax: .twoPass, dataflow: .best))
    }
}
