/// A call that an environment's state or spaces don't allow.
public enum EnvironmentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `step` before the first `reset`.
    case notReset
    /// `step` after the episode ended.
    case episodeOver
    /// The choice isn't one of the parameter's, or no completion of it meets the budget; the mask says which choices are left.
    case choiceDenied(parameter: ParameterName, choice: Int, count: Int, mask: ChoiceMask)
    /// The tensor is larger than what is left of Global Memory while it lives.
    case tensorDoesNotFit(name: String, bytes: Int)
    /// No tensor could stay in Global Memory, so that there is no episode.
    case nothingToDecide
    /// The action isn't in the action space.
    case actionOutsideSpace(expected: String)

    public var description: String {
        switch self {
        case .notReset: "expected a reset before the first step; call reset(seed:)"
        case .episodeOver: "expected a reset after the end of an episode; call reset(seed:)"
        case .choiceDenied(let parameter, let choice, let count, let mask):
            "expected an allowed choice of \(parameter.rawValue) (of 0 ..< \(count): \(mask.choices)), found \(choice)"
                + (0..<count ~= choice ? ", after which no design meets the budget" : "")
                + "; choose one that the mask allows"
        case .tensorDoesNotFit(let name, let bytes):
            "expected 0 for '\(name)', whose \(bytes) bytes don't fit Global Memory any more, found 1; choose what the mask allows"
        case .nothingToDecide:
            "expected a workload compiled with residency for a design with a Global Memory, found no tensor to decide about"
        case .actionOutsideSpace(let expected): "expected an action of \(expected); look at actionSpace"
        }
    }
}
