import Accelerators
import Configuration
import Environments
import Foundation
import Training

/// How a session ended, as JSON and as text.
struct TrainingResult: Encodable {
    let best: Best?
    let trials: Int
    let infeasible: Int
    let seconds: Double
    let run: String
    let isFinished: Bool
    /// What the best design is short of the exact optimum, where that is known; nil too where no design is feasible.
    let regret: Double?
    private let optimum: Double?
    private let summary: TrainingSummary
    private let workloadTitles: [String]
    private let baselineName: String
    private let objectiveName: String
    private let baselineOwnershipUSD: Double?

    struct Best: Encodable {
        let design: Design
        let objective: Double
        let trial: Int
        let areaMM2: Double
        let tdpWatts: Double
        /// Where the objective asks for it.
        let ownershipUSD: Double?
        let workloads: [WorkloadMetrics]
    }

    private enum CodingKeys: String, CodingKey {
        case best, trials, infeasible, seconds, run, regret
        case isFinished = "finished"
    }

    /// - Parameter truth: the problem's, where it is known.
    init(_ summary: TrainingSummary, run: String, evaluator: ProblemEvaluator, truth: GroundTruth?) throws {
        best = try summary.history.best.flatMap { trial in
            try trial.outcome.objective.map { objective in
                let design = try evaluator.design(of: trial.decisions)
                return Best(
                    design: design, objective: objective, trial: trial.index, areaMM2: trial.outcome.areaMM2,
                    tdpWatts: trial.outcome.tdpWatts, ownershipUSD: evaluator.ownershipUSD(of: design),
                    workloads: trial.outcome.workloads)
            }
        }
        baselineOwnershipUSD = evaluator.ownershipUSD(of: evaluator.baseline)
        trials = summary.history.trials.count
        infeasible = summary.history.infeasibleCount
        seconds = summary.seconds
        self.run = run
        isFinished = summary.isFinished
        regret = truth?.regret(of: summary.history.best?.outcome.objective)
        optimum = truth?.optimum?.objective
        self.summary = summary
        workloadTitles = evaluator.problem.workloads.map(\.title)
        baselineName = InstalledFiles.title(of: evaluator.problem.baseline)
        objectiveName = evaluator.problem.objective.rawValue
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Not left out when there is none: who reads it looks for the key.
        try container.encode(best, forKey: .best)
        try container.encode(trials, forKey: .trials)
        try container.encode(infeasible, forKey: .infeasible)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(run, forKey: .run)
        try container.encode(isFinished, forKey: .isFinished)
        try container.encodeIfPresent(regret, forKey: .regret)
    }
}

extension TrainingResult {
    /// The result for people: the best design beside the baseline, and what to do next.
    var text: String {
        var lines: [String] = []
        if summary.isFinished, summary.sessionTrials == 0 {
            lines.append(
                "The run is finished: it has its \(trials.groupedText) trials. "
                    + "`fast resume \(run) --trials N` makes more.")
        } else {
            lines.append(
                "\(trials.groupedText) of \(summary.budget.groupedText) trials, "
                    + "\(summary.sessionTrials.groupedText) of them in \(seconds.durationText); "
                    + "\(infeasible.groupedText) infeasible\(reasonsText).")
        }
        guard let best, let baseline = summary.history.baseline else {
            lines.append("No feasible design was found.")
            return lines.joined(separator: "\n") + "\n"
        }
        lines += [
            "",
            "Best: trial \(best.trial.groupedText), \(best.objective.ratioText)x \(baselineName) in \(objectiveName)",
        ]
        if let optimum, let regret {
            let share = String(format: "%.2f%%", 100 * best.objective / optimum)
            lines.append(
                "\(share) of the exact optimum, \(optimum.ratioText)x: regret \(String(format: "%.4f", regret))")
        }
        lines.append("")
        lines += table(best, baseline)
        lines += ["", best.design.yamlText, "Next: fast report \(run)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private var reasonsText: String {
        let reasons = summary.history.infeasibleCounts.filter { $0.count > 0 }
        guard !reasons.isEmpty else { return "" }
        return " (" + reasons.map { "\($0.reason.rawValue) \($0.count.groupedText)" }.joined(separator: ", ") + ")"
    }

    private func table(_ best: Best, _ baseline: Trial) -> [String] {
        var rows: [(name: String, best: Double, baseline: Double)] = []
        for (title, (mine, other)) in zip(workloadTitles, zip(best.workloads, baseline.outcome.workloads)) {
            if best.workloads.count > 1 { rows.append((title, .nan, .nan)) }
            rows += [
                ("inferences/s", mine.inferencesPerSecond, other.inferencesPerSecond),
                ("latency, ms", mine.latencySeconds * 1e3, other.latencySeconds * 1e3),
                ("energy/inference, mJ", mine.energyJoules * 1e3, other.energyJoules * 1e3),
                ("utilization, %", mine.utilization * 100, other.utilization * 100),
            ]
        }
        if best.workloads.count > 1 { rows.append(("chip", .nan, .nan)) }
        rows += [
            ("TDP, W", best.tdpWatts, baseline.outcome.tdpWatts), ("area, mm²", best.areaMM2, baseline.outcome.areaMM2),
        ]
        if let own = best.ownershipUSD, let other = baselineOwnershipUSD {
            rows.append(("cost of ownership, USD", own, other))
        }
        let header = "  " + padded("", 24) + leading("best", 12) + leading(baselineName, 12) + leading("ratio", 9)
        return [header]
            + rows.map { name, best, baseline in
                guard !best.isNaN else { return name }
                return "  " + padded(name, 24) + leading(best.significantText, 12)
                    + leading(baseline.significantText, 12) + leading((best / baseline).ratioText, 9)
            }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func leading(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}

extension Double {
    /// Three digits that count, with commas where the number is large.
    fileprivate var significantText: String {
        abs(self) >= 1000 && abs(self) < 1e15
            ? Int(self.rounded()).groupedText : String(format: "%.3g", self)
    }
}
