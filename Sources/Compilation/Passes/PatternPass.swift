public import Accelerators
internal import Workloads

/// Puts functions together that a network's file has taken apart: `PatternRecognition` has the rules.
public struct PatternPass: CompilerPass {
    public static let name = "patterns"
    public static let summary = "recognises layer norms, GELUs, softmaxes and the like that the network has taken apart"
    public static let isGraphPass = true

    public init(_ options: CompilerOptions) {}

    public func transform(_ draft: inout GraphDraft) throws {
        // Recognition takes milliseconds, and most networks are whole.
        guard mayBeTakenApart(draft.workload) else { return }
        let recognized = try PatternRecognition().applied(to: draft.workload)
        let replaced = recognized.patterns.filter(\.kind.isReplaced).count
        guard replaced > 0 else { return }
        draft = GraphDraft(workload: recognized.workload, notes: draft.notes + ["\(replaced) functions recognised"])
    }

    /// Whether a network has an operator that only parts of a function are made of, or a product of something with a function of it.
    private func mayBeTakenApart(_ workload: Workload) -> Bool {
        var squashed: [Value.ID: Value.ID] = [:]
        for node in workload.operators {
            switch node.kind {
            case .reduce: return true
            case .elementwise(let function):
                switch function {
                case .add, .biasAdd, .relu, .swish, .gelu, .geluTanh: break
                case .sigmoid, .hardSigmoid, .tanh: squashed[node.output] = node.inputs[0]
                case .multiply:
                    if node.inputs.contains(where: { squashed[$0].map(node.inputs.contains) ?? false }) { return true }
                    // x³ · 0.044715, 0.5 · x · (1 + tanh …): products by numbers, besides a scale.
                    if node.inputs.count == 2, node.inputs[0] == node.inputs[1] { return true }
                default: return true
                }
            default: break
            }
        }
        return false
    }
}
