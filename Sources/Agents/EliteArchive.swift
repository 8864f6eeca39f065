internal import Environments
internal import Tensors

/// The best designs that were found so far, no two the same, best first.
package struct EliteArchive: Sendable {
    /// A design, what it earned, and the steps that lead to it.
    package struct Elite: Sendable {
        package var decisions: [Int?]
        package var reward: Float
        package var steps: [Step]
    }

    package let capacity: Int
    package private(set) var elites: [Elite] = []

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// Takes a design in if it is new and among the best. Of equally good ones, those that came earlier stay.
    ///
    /// - Parameter steps: the steps that lead to it, asked for only where they are needed.
    package mutating func insert(
        _ decisions: [Int?], reward: Float, steps: @autoclosure () throws -> [Step]
    ) rethrows {
        guard capacity > 0, elites.count < capacity || reward > elites[elites.count - 1].reward,
            !elites.contains(where: { $0.decisions == decisions })
        else { return }
        let position = elites.firstIndex { $0.reward < reward } ?? elites.count
        elites.insert(Elite(decisions: decisions, reward: reward, steps: try steps()), at: position)
        if elites.count > capacity { elites.removeLast() }
    }
}

extension EliteArchive {
    // What a checkpoint holds: a row of choices an elite, −1 where a parameter doesn't apply. The steps follow from the
    // choices.

    private static let absent: Float = -1

    func decisionTensor(parameters: Int) -> Tensor {
        Tensor(
            shape: [elites.count, parameters],
            values: elites.flatMap { $0.decisions.map { $0.map(Float.init) ?? EliteArchive.absent } })
    }

    var rewardTensor: Tensor { Tensor(elites.map(\.reward)) }

    /// The archive that a state holds.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where it isn't of the problem.
    init(_ state: AgentState, capacity: Int, process: DecisionProcess) throws {
        self.init(capacity: capacity)
        let parameters = process.layout.starts.count
        let count = state.tensors.first { $0.name == "elites.rewards" }?.tensor.count ?? 0
        let rewards = try state.tensor(named: "elites.rewards", shape: [count])
        let decisions = try state.tensor(named: "elites.decisions", shape: [count, parameters])
        for index in 0..<count {
            let row = decisions.values[index * parameters..<(index + 1) * parameters].map { value in
                value == EliteArchive.absent ? nil : Int(exactly: value)
            }
            do {
                try insert(row, reward: rewards.values[index], steps: try process.steps(of: row))
            } catch {
                throw AgentState.misfit("elite \(index) is not a design of the problem: \(error)")
            }
        }
    }
}
