public import Environments

/// How far a run is.
public struct TrainingProgress: Sendable {
    /// Trials made, and how many there may be; the baseline's is not counted.
    public var trials: Int
    public var budget: Int
    /// The best so far; nil while all are infeasible.
    public var best: Trial?
    public var infeasible: Int
    /// Seconds since this session began.
    public var seconds: Double
    /// Trials made in this session.
    public var sessionTrials: Int

    public init(
        trials: Int, budget: Int, best: Trial?, infeasible: Int, seconds: Double, sessionTrials: Int
    ) {
        self.trials = trials
        self.budget = budget
        self.best = best
        self.infeasible = infeasible
        self.seconds = seconds
        self.sessionTrials = sessionTrials
    }

    /// Trials a second in this session; 0 before the first.
    public var trialsPerSecond: Double {
        seconds > 0 ? Double(sessionTrials) / seconds : 0
    }

    /// Seconds that the remaining trials will take at this rate; nil before the first, and after the last.
    public var secondsLeft: Double? {
        trialsPerSecond > 0 && trials < budget ? Double(budget - trials) / trialsPerSecond : nil
    }
}

extension TrainingProgress: ProgressLine {
    ///     400/2,000 trials · best 3.71x at trial 388 · 12% infeasible · 41.5 trials/s · 39 s left
    public var parts: [(rank: Int, text: String)] {
        [
            (0, "\(trials.groupedText)/\(budget.groupedText) trials"), (1, bestText),
            (3, "\(trials == 0 ? 0 : infeasible * 100 / trials)% infeasible"),
            (4, trialsPerSecond > 0 ? "\(trialsPerSecond.ratioText) trials/s" : ""),
            (2, secondsLeft.map { "\($0.durationText) left" } ?? ""),
        ]
    }

    private var bestText: String {
        guard let best, let objective = best.outcome.objective else { return "no feasible design yet" }
        return "best \(objective.ratioText)x at trial \(best.index.groupedText)"
    }
}

/// How a session of a run ended.
public struct TrainingSummary: Sendable {
    /// All trials of the run.
    public var history: TrialHistory
    /// How many trials the run may have.
    public var budget: Int
    /// Trials that were made in this session.
    public var sessionTrials: Int
    /// Seconds that this session took.
    public var seconds: Double
    /// Whether the session ended because somebody asked it to stop.
    public var isInterrupted: Bool

    public init(history: TrialHistory, budget: Int, sessionTrials: Int, seconds: Double, isInterrupted: Bool) {
        self.history = history
        self.budget = budget
        self.sessionTrials = sessionTrials
        self.seconds = seconds
        self.isInterrupted = isInterrupted
    }

    /// Whether all trials are made.
    public var isFinished: Bool { history.trials.count >= budget }
}
