public import Accelerators
internal import Diagnostics
public import Economics
public import Environments
internal import Foundation

/// What designs are compared in.
///
/// Over several workloads, Perf and energy are the weighted geometric means, and latency is the slowest workload's.
public enum ParetoMetric: String, CaseIterable, Hashable, Sendable {
    case perf, perfPerTdp, tdp, area, energy, latency, tco

    public var isMoreBetter: Bool {
        switch self {
        case .perf, .perfPerTdp: true
        case .tdp, .area, .energy, .latency, .tco: false
        }
    }

    /// Its key in JSON and CSV, with the unit.
    public var key: String {
        switch self {
        case .perf: "inferencesPerSecond"
        case .perfPerTdp: "perfPerTdp"
        case .tdp: "tdpWatts"
        case .area: "areaMM2"
        case .energy: "energyJoules"
        case .latency: "latencySeconds"
        case .tco: "tcoUSD"
        }
    }

    /// Its name with the unit, for people.
    public var title: String {
        switch self {
        case .perf: "Perf, inf/s"
        case .perfPerTdp: "Perf/TDP, inf/s/W"
        case .tdp: "TDP, W"
        case .area: "Area, mm²"
        case .energy: "Energy, J/inf"
        case .latency: "Latency, s"
        case .tco: "TCO, USD"
        }
    }

    /// Two or three metrics by their names, with commas between.
    ///
    /// - Throws: `DiagnosticError` (`usage`) where a name is unknown or stands twice, or there are fewer or more.
    public static func list(_ text: String) throws -> [ParetoMetric] {
        let location = SourceLocation(field: "--metrics")
        let names = allCases.map(\.rawValue)
        let metrics = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let name = part.trimmingCharacters(in: .whitespaces)
            guard let metric = ParetoMetric(rawValue: name) else {
                throw DiagnosticError(
                    .usage, "expected metrics such as perf,tdp, found '\(name)'", at: location,
                    remedy: remedyForUnknown(name, among: names))
            }
            return metric
        }
        guard (2...3).contains(metrics.count), Set(metrics).count == metrics.count else {
            throw DiagnosticError(
                .usage, "expected two or three different metrics, found '\(text)'", at: location,
                remedy: "known: " + names.joined(separator: ", "))
        }
        return metrics
    }

    /// The metric of a feasible outcome.
    ///
    /// - Parameters:
    ///   - workloads: the problem's, in the order of the outcome's.
    ///   - dram: the design's, which its cost depends on.
    ///   - costs: what chips cost; used for `tco`.
    public func value(
        of outcome: Outcome, workloads: [Problem.WeightedWorkload], dram: DRAM, costs: CostModel?
    ) throws -> Double {
        func mean(_ value: (WorkloadMetrics) -> Double) -> Double {
            let weight = workloads.reduce(0) { $0 + $1.weight }
            return exp(zip(workloads, outcome.workloads).reduce(0) { $0 + $1.0.weight * log(value($1.1)) } / weight)
        }
        switch self {
        case .perf: return mean(\.inferencesPerSecond)
        case .perfPerTdp: return mean(\.inferencesPerSecond) / outcome.tdpWatts
        case .tdp: return outcome.tdpWatts
        case .area: return outcome.areaMM2
        case .energy: return mean(\.energyJoules)
        case .latency: return outcome.workloads.map(\.latencySeconds).max() ?? 0
        case .tco:
            guard let costs else { preconditionFailure("The metric tco needs costs.") }
            let chip = ChipProfile(areaMM2: outcome.areaMM2, tdpWatts: outcome.tdpWatts, dram: dram)
            try costs.requireCosts(of: chip, named: "design")
            return costs.ownership(of: chip).totalUSD
        }
    }
}
