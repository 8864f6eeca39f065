internal import Diagnostics

extension DesignEnvironment: RestorableEnvironment {
    /// The choices made in the present episode, in the order in which they were made; nil before the first reset.
    public struct Snapshot: Codable, Hashable, Sendable {
        public var choices: [Int]?

        public init(choices: [Int]?) { self.choices = choices }
    }

    public var snapshot: Snapshot {
        Snapshot(choices: episode?.decisions.compactMap(\.self))
    }

    public mutating func restore(_ snapshot: Snapshot) throws {
        guard let choices = snapshot.choices else {
            episode = nil
            return
        }
        var restored = evaluator.episode()
        do {
            for choice in choices { try restored.apply(choice) }
        } catch {
            throw DiagnosticError(
                .badData, "expected a snapshot of an episode on the problem '\(evaluator.problem.name)': \(error)",
                remedy: "restore it in an environment of the problem that it was taken of")
        }
        episode = restored
    }
}
