public import Simulation

/// What a search maximises, as a ratio to the baseline's.
public enum Objective: String, CaseIterable, Hashable, Codable, Sendable {
    /// Inferences a second for each watt of TDP.
    case perfPerTDP = "perf-per-tdp"
    /// Inferences a second.
    case perf
    /// Inferences for each joule.
    case energy

    /// The quantity that is maximised; finite and positive for every sound evaluation.
    public func value(of evaluation: Evaluation) -> Double {
        switch self {
        case .perfPerTDP: evaluation.perfPerTdp
        case .perf: evaluation.inferencesPerSecond
        case .energy: 1 / evaluation.energyJoules
        }
    }
}
