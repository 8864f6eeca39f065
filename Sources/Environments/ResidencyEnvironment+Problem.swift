public import Accelerators
internal import Compilation
internal import ONNX
internal import Scheduling

extension ResidencyEnvironment {
    /// The residency of a network on a design, compiled with residency whatever the design's file says.
    ///
    /// - Parameter name: a zoo name, or the path of an ONNX file.
    /// - Throws: `EnvironmentError.nothingToDecide` where the design has no Global Memory; whatever reading and compiling throw.
    public init(ofNetwork name: String, on design: Design) throws {
        var design = design
        design.compiler.fusion = .residency
        let workload = try NetworkResolution.network(named: name, options: ImportOptions(batch: design.batch)).workload
        try self.init(Compiler(scheduler: Scheduler()).compile(workload, for: design))
    }
}
