public import Environments

/// The trials of a run so far, and what stands out among them. The baseline's trial is kept apart.
public struct TrialHistory: Sendable {
    /// The baseline's trial; nil before it was made.
    public private(set) var baseline: Trial?
    /// The agent's trials in order: the one at position p has index p + 1.
    public private(set) var trials: [Trial] = []
    /// The feasible trial with the greatest objective, the earliest of equals; nil while all are infeasible.
    public private(set) var best: Trial?
    /// How many trials broke each constraint, in the order of `Infeasibility.Reason.allCases`.
    public private(set) var infeasibleCounts: [(reason: Infeasibility.Reason, count: Int)]
    /// For each reason the least excess, so that one sees how near the nearest design was.
    private var leastExcess: [Infeasibility.Reason: Double] = [:]

    public init() {
        infeasibleCounts = Infeasibility.Reason.allCases.map { ($0, 0) }
    }

    /// - Parameter trials: In order, from the baseline's on.
    public init(_ trials: [Trial]) {
        self.init()
        for trial in trials { append(trial) }
    }

    /// Adds the next trial.
    mutating func append(_ trial: Trial) {
        guard trial.index > 0 else {
            baseline = trial
            return
        }
        precondition(trial.index == trials.count + 1, "Trials are appended in their order.")
        trials.append(trial)
        if let infeasibility = trial.outcome.infeasibility {
            for index in infeasibleCounts.indices where infeasibleCounts[index].reason == infeasibility.reason {
                infeasibleCounts[index].count += 1
            }
            leastExcess[infeasibility.reason] = min(
                infeasibility.excess, leastExcess[infeasibility.reason] ?? .infinity)
        } else if let objective = trial.outcome.objective, objective > best?.outcome.objective ?? -.infinity {
            best = trial
        }
    }

    /// Trials that broke a constraint.
    public var infeasibleCount: Int { infeasibleCounts.reduce(0) { $0 + $1.count } }

    /// The greatest objective up to each trial, one value a trial from index 1 on; nil until one is feasible.
    public var bestSoFar: [Double?] {
        var best: Double?
        return trials.map { trial in
            if let objective = trial.outcome.objective, objective > best ?? -.infinity { best = objective }
            return best
        }
    }

    /// What to say when no design has met the constraints, with what was in the way; nil when one has, or nothing was
    /// tried.
    ///
    ///     0 feasible designs after 200 trials: 150 over the area budget (by 1.3x at least), 50 not mappable
    public var infeasibilityDiagnosis: String? {
        guard best == nil, !trials.isEmpty else { return nil }
        let reasons = infeasibleCounts.filter { $0.count > 0 }.map { reason, count in
            let excess = (leastExcess[reason] ?? 1).ratioText
            return switch reason {
            case .area: "\(count) over the area budget (by \(excess)x at least)"
            case .tdp: "\(count) over the TDP budget (by \(excess)x at least)"
            case .latency: "\(count) over the latency limit (by \(excess)x at least)"
            case .notMappable: "\(count) not mappable: a workload doesn't fit the datapath"
            }
        }
        let trialsText = trials.count == 1 ? "1 trial" : "\(trials.count) trials"
        return "0 feasible designs after \(trialsText): \(reasons.joined(separator: ", "))"
    }
}
