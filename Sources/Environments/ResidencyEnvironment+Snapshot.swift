internal import Compilation
internal import Diagnostics
internal import Workloads

extension ResidencyEnvironment: RestorableEnvironment {
    /// What was done in the present episode, in order; nil before the first reset.
    public struct Snapshot: Codable, Hashable, Sendable {
        public var kept: [Bool]?
    }

    public var snapshot: Snapshot {
        Snapshot(
            kept: episode.map { episode in
                let kept = Set(episode.keptCandidates)
                return episode.order.prefix(episode.position).map(kept.contains)
            })
    }

    public mutating func restore(_ snapshot: Snapshot) throws {
        guard let kept = snapshot.kept else {
            episode = nil
            return
        }
        var restored = initial
        for keep in kept {
            guard !restored.isComplete, !keep || restored.fits() else {
                throw DiagnosticError(
                    .badData, "expected a snapshot of an episode on '\(workload.workload.name)' as it is compiled here",
                    remedy: "restore it in an environment of the workload and design that it was taken of")
            }
            _ = restored.decide(keep: keep)
        }
        episode = restored
    }
}
