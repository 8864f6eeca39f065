import Agents
import Diagnostics
import Environments
import Tensors
import Testing

/// N batches are k batches, saved, a new agent restored, and N − k batches: bit for bit.
@Suite struct StateTests {
    private func makePPO() throws -> any Agent { PPOAgent(problem: try .mixed(), configuration: .small, seed: 11) }

    private func makeRandom() throws -> any Agent { RandomAgent(problem: try .mixed(), seed: 11) }

    private func advance(_ agent: inout any Agent, batches: Int) throws -> [[[Int?]]] {
        try (0..<batches).map { _ in
            let proposals = try agent.ask()
            _ = try agent.tell(proposals.map { .earning(arbitraryReward($0)) })
            return proposals
        }
    }

    /// A state as it comes back from a checkpoint: through bytes, in the order of names.
    private func saved(_ state: AgentState) throws -> AgentState {
        var file = Safetensors()
        for (name, tensor) in state.tensors { file[name] = .init(tensor) }
        let read = try Safetensors(decoding: file.encoded())
        return AgentState(
            tensors: try state.tensors.map(\.name).sorted().map { name in
                (name, try #require(read[name]?.tensor))
            }, counters: state.counters.sorted { $0.name < $1.name })
    }

    private func expectEqual(_ one: AgentState, _ other: AgentState) {
        #expect(one.tensors.map(\.name) == other.tensors.map(\.name))
        #expect(one.counters.map(\.name) == other.counters.map(\.name))
        #expect(one.counters.map(\.value) == other.counters.map(\.value))
        for ((name, tensor), (_, otherTensor)) in zip(one.tensors, other.tensors) {
            #expect(tensor.shape == otherTensor.shape)
            #expect(tensor.values.map(\.bitPattern) == otherTensor.values.map(\.bitPattern), "\(name)")
        }
    }

    @Test(arguments: [0, 1, 4], [true, false]) func goingOnFromAStateChangesNothing(stop: Int, isPPO: Bool) throws {
        func make() throws -> any Agent { isPPO ? try makePPO() : try makeRandom() }
        var whole = try make()
        let proposals = try advance(&whole, batches: 7)

        var first = try make()
        let firstProposals = try advance(&first, batches: stop)
        // What was asked for but not told is asked for again.
        _ = try first.ask()
        let state = try saved(first.state)
        var second = try make()
        try second.restore(state)
        let secondProposals = try advance(&second, batches: 7 - stop)

        #expect(firstProposals + secondProposals == proposals)
        expectEqual(second.state, whole.state)
    }

    @Test func namesAreUnique() throws {
        var agent = try makePPO()
        _ = try advance(&agent, batches: 2)
        let names = agent.state.tensors.map(\.name) + agent.state.counters.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func aStateThatLacksATensorIsRefused() throws {
        var agent = try makePPO()
        _ = try advance(&agent, batches: 2)
        let before = agent.state
        for index in before.tensors.indices {
            var damaged = before
            let name = damaged.tensors.remove(at: index).name
            let error = #expect(throws: DiagnosticError.self) { try agent.restore(damaged) }
            #expect(error?.kind == .badData)
            #expect(error?.message.contains("'\(name)'") == true, "\(String(describing: error))")
        }
        for index in before.counters.indices {
            var damaged = before
            let name = damaged.counters.remove(at: index).name
            let error = #expect(throws: DiagnosticError.self) { try agent.restore(damaged) }
            #expect(error?.message.contains("'\(name)'") == true, "\(String(describing: error))")
        }
        expectEqual(agent.state, before)
    }

    @Test func aStateOfAnotherShapeIsRefused() throws {
        var agent = try makePPO()
        var configuration = PPOConfiguration.small
        configuration.hiddenWidth = 24
        let wider = PPOAgent(problem: try .mixed(), configuration: configuration, seed: 11)
        let error = #expect(throws: DiagnosticError.self) { try agent.restore(wider.state) }
        #expect(error?.message.contains("shape") == true)
    }

    @Test func elitesOfAnotherProblemAreRefused() throws {
        var agent = try makePPO()
        _ = try advance(&agent, batches: 1)
        var state = agent.state
        let index = try #require(state.tensors.firstIndex { $0.name == "elites.decisions" })
        let shape = state.tensors[index].tensor.shape
        for wrong: Float in [60, -3, 0.5, .nan] {
            state.tensors[index].tensor = Tensor(repeating: wrong, shape: shape)
            #expect(throws: DiagnosticError.self) { try agent.restore(state) }
        }
    }
}
