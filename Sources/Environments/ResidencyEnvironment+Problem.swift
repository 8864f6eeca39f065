public import Accelerators
internal import Compilation
internal import ONNX
internal import Scheduling
internal import Workloads

extension ResidencyEnvironment {
    /// The residency of a network on a design, compiled with residency whatever the design's file says.
    ///
    /// - Parameters:
    ///   - name: a zoo name, or the path of an ONNX file, whose batch counts where it fixes one.
    ///   - dimensions: extents of its axes besides the batch's.
    /// - Throws: `EnvironmentError.nothingToDecide` where the design has no Global Memory; whatever reading and compiling throw.
    public init(ofNetwork name: String, dimensions: [String: Int] = [:], on design: Design) throws {
        let workload = try NetworkResolution.network(
            named: name, options: ImportOptions(defaultBatch: design.batch, dimensions: dimensions)
        ).workload
        var design = design
        design.compiler.fusion = .residency
        design.batch = workload.batch
        try self.init(Compiler(scheduler: Scheduler()).compile(workload, for: design))
    }
}
