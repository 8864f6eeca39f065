public import Accelerators
internal import Workloads

/// Groups operators into regions: `RegionFormation` has the rules.
public struct RegionFusion: CompilerPass {
    public static let name = "regions"
    public static let summary = "fuses element-wise work, normalisations and reductions into tensor operators"
    public static let isGraphPass = true

    public init?(_ options: CompilerOptions) {
        guard options.fusion != .none else { return nil }
    }

    public func transform(_ draft: inout GraphDraft) {
        draft.regions = RegionFormation.regions(of: draft.workload, softmax: draft.softmax, fuses: true)
    }
}
