public import Accelerators

/// Runs regions in the order that keeps the fewest bytes of activations live: `RegionOrder` finds it.
public struct OrderPass: CompilerPass {
    public static let name = "order"
    public static let summary = "runs regions in the order of least live activations"
    public static let isGraphPass = true

    public init?(_ options: CompilerOptions) {
        guard options.order == .memory else { return nil }
    }

    public func transform(_ draft: inout GraphDraft) {
        let order = RegionOrder(ofLeastMemoryFor: draft.regions, of: draft.workload)
        draft.peakLiveBytesAsGiven = RegionOrder(asGiven: draft.regions, of: draft.workload).peakLiveBytes
        draft.regions = order.ordered(draft.regions)
        draft.order = order
    }
}
