public import Accelerators
public import Economics
public import Simulation

/// What a search maximises, as a ratio to the baseline's.
///
/// Throughput with bounded latency is `perf` with a limit `latencySeconds`.
public enum Objective: String, CaseIterable, Hashable, Codable, Sendable {
    /// Inferences a second for each watt of TDP.
    case perfPerTDP = "perf-per-tdp"
    /// Inferences a second.
    case perf
    /// Inferences for each joule.
    case energy
    /// Inferences a second for each dollar that a chip costs over its years of service; what its design costs is left out,
    /// which depends on how many are built.
    case perfPerTCO = "perf-per-tco"

    /// Whether it takes costs to say what a design is worth.
    public var needsCosts: Bool {
        switch self {
        case .perfPerTDP, .perf, .energy: false
        case .perfPerTCO: true
        }
    }

    /// The quantity that is maximised; finite and positive for every sound evaluation.
    ///
    /// - Parameters:
    ///   - dram: of the design that was evaluated.
    ///   - costs: what chips cost; used where `needsCosts`.
    /// - Throws: `DiagnosticError` (`configuration`) where the chip can't be costed.
    public func value(of evaluation: Evaluation, dram: DRAM, costs: CostModel?) throws -> Double {
        switch self {
        case .perfPerTDP: return evaluation.perfPerTdp
        case .perf: return evaluation.inferencesPerSecond
        case .energy: return 1 / evaluation.energyJoules
        case .perfPerTCO:
            guard let costs else { preconditionFailure("The objective \(rawValue) needs costs.") }
            let chip = ChipProfile(areaMM2: evaluation.areaMM2, tdpWatts: evaluation.tdpWatts, dram: dram)
            try costs.requireCosts(of: chip, named: evaluation.workload)
            return evaluation.inferencesPerSecond / costs.ownership(of: chip).totalUSD
        }
    }
}
