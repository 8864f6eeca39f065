public import Accelerators

/// Keeps tensors in Global Memory from one region to the next, and weights from one inference to the next.
public struct ResidencyPass: CompilerPass {
    public static let name = "residency"
    public static let summary = "keeps tensors in Global Memory between regions"
    public static let isGraphPass = false

    public init?(_ options: CompilerOptions) {
        guard options.fusion == .residency || options.fusion == .tiles else { return nil }
    }

    public func run(on compilation: inout Compilation) {
        compilation.keepsTensors = compilation.design.datapath.globalMemoryMiB > 0
    }
}
