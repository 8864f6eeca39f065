public import Accelerators

/// Chooses how softmax goes over its input: two passes, or none of its own, where a plain one takes three. `VectorWork` says what each takes.
public struct SoftmaxPass: CompilerPass {
    public static let name = "softmax"
    public static let summary = "goes over a softmax's input less than three times"
    public static let isGraphPass = true

    private let softmax: CompilerOptions.Softmax

    public init?(_ options: CompilerOptions) {
        guard options.softmax != .threePass else { return nil }
        softmax = options.softmax
    }

    public func transform(_ draft: inout GraphDraft) {
        draft.softmax = softmax
    }
}
