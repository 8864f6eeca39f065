public import Accelerators

/// Puts functions together that a network's file has taken apart: `PatternRecognition` has the rules.
public struct PatternPass: CompilerPass {
    public static let name = "patterns"
    public static let summary = "recognises layer norms, GELUs, softmaxes and the like that the network has taken apart"
    public static let isGraphPass = true

    public init(_ options: CompilerOptions) {}

    public func transform(_ draft: inout GraphDraft) throws {
        let recognized = try PatternRecognition().applied(to: draft.workload)
        let replaced = recognized.patterns.filter(\.kind.isReplaced).count
        guard replaced > 0 else { return }
        draft = GraphDraft(workload: recognized.workload, notes: draft.notes + ["\(replaced) functions recognised"])
    }
}
