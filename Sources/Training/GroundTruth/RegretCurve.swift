internal import Diagnostics
internal import Environments

/// What the best design of a run was short of the optimum after each trial.
///
/// Regret is log(optimum's objective / best objective so far): the reward that is missing, and 0 once the optimum is found.
public struct RegretCurve: Sendable {
    public struct Point: Hashable, Codable, Sendable {
        public var trial: Int
        /// The greatest objective so far; nil while all trials were infeasible.
        public var best: Double?
        public var regret: Double?
    }

    /// A point a trial, from trial 1 on.
    public let points: [Point]

    /// - Throws: `DiagnosticError`, `configuration`, where the run found better than the optimum: the two don't belong together.
    public init(of history: TrialHistory, against truth: GroundTruth) throws {
        points = history.bestSoFar.enumerated().map { position, best in
            Point(trial: position + 1, best: best, regret: truth.regret(of: best))
        }
        if let best = history.best, let objective = best.outcome.objective, let optimum = truth.optimum,
            objective > optimum.objective * (1 + 1e-9)
        {
            throw DiagnosticError(
                .configuration,
                "trial \(best.index) reaches \(objective), more than the optimum \(optimum.objective): the ground truth is of another "
                    + "problem or model", remedy: "make it again: `\(truth.command)`")
        }
    }

    /// The points at which the best changes, and the last one.
    public var steps: [Point] {
        points.indices.filter { index in
            index == points.count - 1 || index == 0 || points[index].best != points[index - 1].best
        }.map { points[$0] }
    }

    /// The first trial that found the optimum, to nine digits; nil where none has.
    public var trialOfOptimum: Int? { points.first { ($0.regret ?? .infinity) <= 1e-9 }?.trial }

    /// A line a trial: trial, best objective so far, regret; empty where there is none yet.
    public var csvText: String {
        "trial,best,regret\n"
            + points.map { point in
                "\(point.trial),\(point.best.map { "\($0)" } ?? ""),\(point.regret.map { "\($0)" } ?? "")\n"
            }.joined()
    }
}
