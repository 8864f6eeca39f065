internal import Diagnostics
package import Tensors

extension AgentState {
    /// The tensor of a name, which must have the given shape.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where it is missing or has another shape.
    package func tensor(named name: String, shape: [Int]) throws -> Tensor {
        guard let tensor = tensors.first(where: { $0.name == name })?.tensor else {
            throw AgentState.misfit("expected the tensor '\(name)', found none of that name")
        }
        guard tensor.shape == shape else {
            throw AgentState.misfit("expected the tensor '\(name)' of shape \(shape), found shape \(tensor.shape)")
        }
        return tensor
    }

    /// The counter of a name, which is never negative.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where it is missing or negative.
    package func counter(named name: String) throws -> Int {
        guard let value = counters.first(where: { $0.name == name })?.value else {
            throw AgentState.misfit("expected the counter '\(name)', found none of that name")
        }
        guard value >= 0 else { throw AgentState.misfit("expected a counter '\(name)' of at least 0, found \(value)") }
        return value
    }

    static func misfit(_ message: String) -> DiagnosticError {
        DiagnosticError(
            .badData, "the agent's state doesn't fit: " + message,
            remedy: "use a checkpoint of the same agent, recipe and problem")
    }
}
