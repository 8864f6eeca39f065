internal import Diagnostics
internal import Tensors

extension PPOAgent {
    /// Weights, optimiser, elites and counters. Nothing random: every random number is keyed by seed and counters.
    public var state: AgentState {
        var tensors = policy.namedParameters.map { (name: "policy." + $0.name, tensor: $0.value) }
        for (index, parameter) in policy.namedParameters.enumerated() {
            tensors.append(("adam.firstMoment." + parameter.name, adam.state.firstMoments[index]))
            tensors.append(("adam.secondMoment." + parameter.name, adam.state.secondMoments[index]))
        }
        tensors.append(("elites.decisions", elites.decisionTensor(parameters: process.layout.starts.count)))
        tensors.append(("elites.rewards", elites.rewardTensor))
        return AgentState(
            tensors: tensors,
            counters: [("adam.step", adam.state.step), ("episodes", episodes), ("updates", updates)])
    }

    /// - Throws: `DiagnosticError` where something is missing or has another shape, or an elite isn't of the problem;
    ///   the agent then is as it was.
    public mutating func restore(_ state: AgentState) throws {
        var restored = self
        let parameters = policy.namedParameters
        restored.policy.setParameters(
            try parameters.map { try state.tensor(named: "policy." + $0.name, shape: $0.value.shape) })
        restored.adam.state = Adam.State(
            step: try state.counter(named: "adam.step"),
            firstMoments: try parameters.map {
                try state.tensor(named: "adam.firstMoment." + $0.name, shape: $0.value.shape)
            },
            secondMoments: try parameters.map {
                try state.tensor(named: "adam.secondMoment." + $0.name, shape: $0.value.shape)
            })
        restored.elites = try EliteArchive(state, capacity: configuration.elites, process: process)
        restored.episodes = try state.counter(named: "episodes")
        restored.updates = try state.counter(named: "updates")
        restored.pending = nil
        self = restored
    }
}
