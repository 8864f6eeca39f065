import Accelerators
import Compilation
import Scheduling
import Workloads

/// Designs and compiled workloads that several suites use.
enum Samples {
    static let zoo = [
        "efficientnet-b0", "efficientnet-b7", "resnet-50-v2", "mobilenet-v2", "vit-b16", "ocr-rpn", "ocr-recognizer",
        "bert-base-128", "bert-base-1024", "decoder-prefill", "decoder-decode",
    ]

    /// The zoo's, and some of it taken apart as an exporter does: what the compiler meets where nothing is recognised.
    static let networks = zoo + ["decomposed efficientnet-b0", "decomposed bert-base-128"]

    /// A network of the zoo, or one taken apart.
    static func workload(_ name: String, batch: Int) throws -> Workload {
        guard name.hasPrefix("decomposed ") else { return try WorkloadZoo.workload(named: name, batch: batch) }
        let whole = try WorkloadZoo.workload(named: String(name.dropFirst("decomposed ".count)), batch: batch)
        return Decomposer.decomposed(whole, seed: UInt64(batch))
    }

    static func design(
        fusion: CompilerOptions.Fusion, batch: Int, globalMemoryMiB: Int = 64, grid: Int = 8,
        softmax: CompilerOptions.Softmax = .threePass
    ) -> Design {
        Design(
            datapath: Datapath(
                peGrid: Extent2D(x: grid, y: grid), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
                l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64),
                globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: 8)),
            batch: batch,
            compiler: CompilerOptions(fusion: fusion, padding: .array, softmax: softmax, dataflow: .best))
    }

    static func compile(
        _ name: String, fusion: CompilerOptions.Fusion, batch: Int, globalMemoryMiB: Int = 64,
        softmax: CompilerOptions.Softmax = .threePass
    ) throws -> CompiledWorkload {
        try Compiler(scheduler: Scheduler()).compile(
            try workload(name, batch: batch),
            for: design(fusion: fusion, batch: batch, globalMemoryMiB: globalMemoryMiB, softmax: softmax))
    }
}

extension RegionGraph {
    /// The graph of a workload whose patterns are whole.
    convenience init(
        _ workload: Workload, softmax: CompilerOptions.Softmax, fuses: Bool, order: CompilerOptions.Order = .given
    ) throws {
        var options = CompilerOptions(
            fusion: fuses ? .regions : .none, padding: .array, softmax: softmax, dataflow: .best)
        options.order = order
        try self.init(workload, passes: CompilerPasses.list(for: options, without: [PatternPass.name]))
    }
}

extension Workload {
    /// What each value is when views are looked through, by position.
    var roots: [Value.ID] {
        var roots = values.map(\.id)
        for node in operators where [.reshape, .upsample].contains(node.kind) {
            roots[node.output.index] = roots[node.inputs[0].index]
        }
        return roots
    }

    func node(named name: String) -> Operator? { operators.first { $0.name == name } }
}

extension CompiledWorkload {
    var regions: [Region] { schedules.map(\.region) }

    /// The regions in which an operator stands.
    func regions(with node: Operator) -> [Region] { regions.filter { $0.operators.contains(node.id) } }
}
