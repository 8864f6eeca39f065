public import Agents
internal import Diagnostics
internal import Environments
internal import Foundation

/// Lets an agent search in a run folder: it asks for designs, evaluates them, records the trials, tells the outcomes.
///
///     let folder = try RunFolder.create(at: "runs/b7", configuration: configuration)
///     var trainer = try Trainer(folder: folder, evaluator: evaluator, agent: agent)
///     let summary = try trainer.run()
///
/// **Stopping at any moment changes nothing.** The order is: record the trials of a batch, tell their outcomes,
/// record the metrics, write a checkpoint, which is always of the moment after a tell. A run that goes on restores
/// the newest checkpoint and asks again: the agent being deterministic, the proposals are those that were recorded
/// after the checkpoint, which is verified, and their outcomes are taken from there. When the budget ends within a
/// batch the batch's first trials are made and not told: a session with a larger budget makes the others and tells
/// all.
public struct Trainer {
    private var folder: RunFolder
    private let store: TrialStore
    private let checkpoints: CheckpointFolder
    private let evaluator: any TrialEvaluator
    private let evaluation: ParallelEvaluation
    private let options: Options
    private let warn: (String) -> Void

    private var agent: any Agent
    /// Trials whose outcomes the agent was told.
    private var told = 0
    /// Every trial that is recorded; those after `told` are told as soon as their batch is complete.
    private var history: TrialHistory
    /// The first trial with certain decisions.
    private var firstTrials: [[Int?]: Int] = [:]
    /// The moment after the last tell, and whether it is on the disk.
    private var lastCheckpoint: Checkpoint
    private var isLastCheckpointWritten = false
    /// Nil until this session has something to say.
    private var events: EventFile?
    private var timings: [TrialStore.Activity: Double] = [:]
    private var sessionTrials = 0
    private var hasWarnedOfInfeasibility = false

    /// How a run is driven; nothing here changes the trials.
    public struct Options: Sendable {
        /// A checkpoint is written after the first batch that completes another so many trials.
        public var checkpointInterval: Int
        /// How long designs are evaluated before what was found is recorded and shown.
        public var timeSlice: Duration

        public init(checkpointInterval: Int = 100, timeSlice: Duration = .milliseconds(300)) {
            self.checkpointInterval = checkpointInterval
            self.timeSlice = timeSlice
        }
    }

    /// A run at its beginning, or where it was when it was stopped.
    ///
    /// - Parameters:
    ///   - folder: A folder that was created or is resumed.
    ///   - agent: The agent as its recipe, the problem and the seed make it.
    ///   - trials: Another number of trials than the configuration has, at least those that are made.
    ///   - threads: Another number of threads.
    ///   - warn: Is told what is wrong without being in the way.
    /// - Throws: `DiagnosticError`: `badData` where the trials are damaged, `configuration` where the folder holds
    ///   parts of another run, `usage` where the run has more trials already.
    public init(
        folder: RunFolder, evaluator: any TrialEvaluator, agent: any Agent, trials: Int? = nil, threads: Int? = nil,
        options: Options = Options(), warn: @escaping (String) -> Void = { _ in }
    ) throws {
        self.folder = folder
        self.evaluator = evaluator
        self.agent = agent
        self.options = options
        self.warn = warn
        let configuration = folder.configuration
        store = try Trainer.openStore(folder, warn: warn)
        history = TrialHistory(try store.trials())
        checkpoints = CheckpointFolder(folder.checkpointsPath)

        let budget = trials ?? configuration.trials
        guard budget >= history.trials.count else {
            throw DiagnosticError(
                .usage, "expected at least the \(history.trials.count) trials that the run has, found \(budget)",
                at: SourceLocation(field: "--trials"), remedy: "give a larger number")
        }
        if let newest = try checkpoints.newest(
            of: configuration, recordedTrials: history.trials.count, warn: warn)
        {
            try self.agent.restore(newest.agent)
            told = newest.trials
            lastCheckpoint = newest
            isLastCheckpointWritten = true
        } else {
            lastCheckpoint = Checkpoint(trials: 0, agent: agent.state, best: nil, configuration: configuration)
        }
        for trial in history.trials where firstTrials[trial.decisions] == nil {
            firstTrials[trial.decisions] = trial.index
        }
        evaluation = ParallelEvaluation(
            evaluator: evaluator, threads: threads ?? configuration.threads, timeSlice: options.timeSlice)
        try self.folder.setBudget(trials: budget, threads: evaluation.threads)
    }

    /// Makes the trials that are missing.
    ///
    /// - Parameters:
    ///   - stop: Ends the run early: the designs that are being evaluated are finished, and everything is saved.
    ///   - report: Is told how far the run is, a few times a second.
    /// - Throws: `DiagnosticError`: `configuration` where the baseline or the agent's proposals are not what they
    ///   were, `inputOutput` or `cannotCreate` where nothing can be written. What was recorded before stays, and the
    ///   run can go on.
    public mutating func run(
        stop: StopSignal = StopSignal(), report: (TrainingProgress) -> Void = { _ in }
    ) throws -> TrainingSummary {
        let start = ContinuousClock.now
        let budget = folder.configuration.trials
        func progress() -> TrainingProgress {
            TrainingProgress(
                trials: history.trials.count, budget: budget, best: history.best, infeasible: history.infeasibleCount,
                seconds: (ContinuousClock.now - start).seconds, sessionTrials: sessionTrials)
        }
        try makeBaselineTrial()
        // The first checkpoint is there at once, so that a disk without room or rights is found out before the work.
        if !isLastCheckpointWritten { try writeCheckpoint() }

        while told < budget, !stop.isRequested {
            let proposals = try measured(.proposing) { trainer in try trainer.agent.ask() }
            precondition(
                proposals.count == agent.batchSize && !proposals.isEmpty,
                "An agent proposes as many designs as its batch size says, and at least one.")
            let batch = Array(proposals.prefix(budget - told))
            try verifyRecordedTrials(against: batch)
            while history.trials.count < told + batch.count, !stop.isRequested {
                try evaluateSlice(of: batch, stop: stop)
                report(progress())
            }
            guard history.trials.count >= told + batch.count, batch.count == proposals.count else { break }
            try tell(batch.count)
            warnOfInfeasibility()
        }
        if !isLastCheckpointWritten { try writeCheckpoint() }
        try store.record(seconds: timings, afterTrial: history.trials.count)
        report(progress())
        return TrainingSummary(
            history: history, budget: budget, sessionTrials: sessionTrials,
            seconds: (ContinuousClock.now - start).seconds,
            isInterrupted: stop.isRequested && history.trials.count < budget)
    }

    private static func openStore(_ folder: RunFolder, warn: (String) -> Void) throws -> TrialStore {
        let identityText = folder.configuration.identityText
        if try TrialStore.isVacant(folder.trialsPath) {
            if try CheckpointFolder(folder.checkpointsPath).trials().contains(where: { $0 > 0 }) {
                warn("\(folder.trialsPath): there are no trials any more; the run makes them again")
            }
            return try TrialStore(creating: folder.trialsPath, identityText: identityText)
        }
        let store = try TrialStore(opening: folder.trialsPath)
        if let recorded = try store.identityText(),
            let difference = folder.configuration.firstDifference(from: recorded)
        {
            throw DiagnosticError(
                .configuration, "the trials belong to another configuration: \(difference)",
                at: SourceLocation(file: folder.trialsPath),
                remedy: "undo the change of configuration.yaml, or start another run with `fast train`")
        }
        return store
    }
}

extension Trainer {
    /// Evaluates the baseline, which finds every drift of the simulator: it must score 1, and the same as when the
    /// run began.
    private mutating func makeBaselineTrial() throws {
        let outcome = try evaluator.baselineOutcome()
        let trial = Trial(index: 0, decisions: [], outcome: outcome)
        try Trainer.requireFinite(trial)
        guard let objective = outcome.objective, abs(objective - 1) <= 1e-9 else {
            let found = outcome.objective.map { "\($0)" } ?? "an infeasible design"
            throw DiagnosticError(
                .configuration, "trial 0: expected the baseline to score 1, found \(found)",
                remedy: "check the problem's constraints and its baseline")
        }
        guard let recorded = history.baseline else {
            try measured(.saving) { trainer in try trainer.store.record([(trial, trainer.evaluator.baselineDesign)]) }
            history.append(trial)
            return
        }
        guard recorded == trial else {
            throw DiagnosticError(
                .configuration,
                "trial 0: the baseline's outcome is not the recorded one, so that the trials would not be comparable: "
                    + Trainer.difference(expected: recorded.outcome, found: outcome),
                at: SourceLocation(file: store.path),
                remedy:
                    "go on with the program, baseline and technology that the run was started with, or start another")
        }
    }

    private static func difference(expected: Outcome, found: Outcome) -> String {
        func figures(_ outcome: Outcome) -> [(String, Double)] {
            [("area, mm²", outcome.areaMM2), ("TDP, W", outcome.tdpWatts)]
                + outcome.workloads.flatMap { workload in
                    [
                        ("inferences/s of \(workload.workload)", workload.inferencesPerSecond),
                        ("energy of \(workload.workload), J", workload.energyJoules),
                    ]
                }
        }
        for ((name, expected), (otherName, found)) in zip(figures(expected), figures(found)) where expected != found {
            return name == otherName ? "expected \(expected) \(name), found \(found)" : "the workloads differ"
        }
        return "other figures differ"
    }

    /// Checks that what was recorded after the last tell is what the agent proposes again.
    private func verifyRecordedTrials(against proposals: [[Int?]]) throws {
        for (trial, proposal) in zip(history.trials.dropFirst(told), proposals) where trial.decisions != proposal {
            func text(_ decisions: [Int?]) -> String {
                decisions.map { $0.map(String.init) ?? "-" }.joined(separator: " ")
            }
            throw DiagnosticError(
                .configuration,
                "trial \(trial.index): the agent does not propose again what is recorded: "
                    + "expected \(text(trial.decisions)), found \(text(proposal))",
                at: SourceLocation(file: store.path),
                remedy: "go on with the program that the run was started with, or start another run")
        }
    }

    /// Evaluates and records the next designs of a batch that are not recorded, for about a time slice.
    private mutating func evaluateSlice(of batch: [[Int?]], stop: StopSignal) throws {
        let pending = batch.dropFirst(history.trials.count - told)
        // A design that was evaluated before has the same outcome: it is a trial, but no work.
        var outcomes: [[Int?]: Outcome] = [:]
        var unknown: [[Int?]] = []
        var isUnknown: Set<[Int?]> = []
        for decisions in pending {
            if let first = firstTrials[decisions] {
                outcomes[decisions] = history.trials[first - 1].outcome
            } else if isUnknown.insert(decisions).inserted {
                unknown.append(decisions)
            }
        }
        if !unknown.isEmpty {
            let found = try measured(.evaluating) { trainer in
                try trainer.evaluation.outcomes(of: unknown, stop: stop)
            }
            for (decisions, outcome) in zip(unknown, found) { outcomes[decisions] = outcome }
        }
        let next = history.trials.count + 1
        let trials = try pending.prefix { outcomes[$0] != nil }.enumerated().compactMap { position, decisions in
            try outcomes[decisions].map { outcome in
                let trial = Trial(index: next + position, decisions: decisions, outcome: outcome)
                try Trainer.requireFinite(trial)
                return (trial, try evaluator.design(of: decisions))
            }
        }
        try measured(.saving) { trainer in try trainer.store.record(trials) }
        for (trial, _) in trials {
            history.append(trial)
            if firstTrials[trial.decisions] == nil { firstTrials[trial.decisions] = trial.index }
        }
        sessionTrials += trials.count
    }

    /// Lets the agent learn from the next trials, and records what it says.
    private mutating func tell(_ count: Int) throws {
        let trials = history.trials[told..<(told + count)]
        let learned = try measured(.learning) { trainer in
            try trainer.agent.tell(trials.map(\.outcome))
        }
        // In the best and the shares only these trials and earlier ones count, whatever is recorded besides: a
        // session that catches up says the same.
        var best = lastCheckpoint.best
        for trial in trials {
            if let objective = trial.outcome.objective, objective > best?.outcome.objective ?? -.infinity {
                best = trial
            }
        }
        told += count
        let feasible = trials.count { $0.outcome.isFeasible }
        let unique = trials.count { firstTrials[$0.decisions] == $0.index }
        var metrics = [
            AgentMetric(name: "search/feasibleShare", value: Double(feasible) / Double(count)),
            AgentMetric(name: "search/newShare", value: Double(unique) / Double(count)),
            AgentMetric(
                name: "search/meanReward", value: trials.reduce(0) { $0 + $1.outcome.reward } / Double(count)),
        ]
        if let objective = best?.outcome.objective {
            metrics.insert(AgentMetric(name: "search/bestObjective", value: objective), at: 0)
        }
        metrics += learned.map { AgentMetric(name: "agent/\($0.name)", value: $0.value) }

        let previous = lastCheckpoint.trials
        lastCheckpoint = Checkpoint(
            trials: told, agent: agent.state, best: best, configuration: folder.configuration)
        isLastCheckpointWritten = false
        try measured(.saving) { trainer in
            try trainer.store.record(metrics, seconds: trainer.timings, afterTrial: trainer.told)
            trainer.timings = [:]
            try trainer.log(metrics, previousTrial: previous)
            let interval = max(1, trainer.options.checkpointInterval)
            if trainer.told / interval > previous / interval { try trainer.writeCheckpoint() }
        }
    }

    /// Shows metrics to TensorBoard, in a file of this session's own.
    private mutating func log(_ metrics: [AgentMetric], previousTrial: Int) throws {
        let now = Date().timeIntervalSince1970
        let events = try self.events ?? EventFile(folder: folder.path, afterTrial: previousTrial, wallTime: now)
        self.events = events
        try events.append(metrics.map { ($0.name, $0.value) }, afterTrial: told, wallTime: now)
    }

    private mutating func writeCheckpoint() throws {
        try checkpoints.write(lastCheckpoint)
        isLastCheckpointWritten = true
    }

    /// A search that finds nothing feasible says so early, and what is in the way.
    private mutating func warnOfInfeasibility() {
        guard !hasWarnedOfInfeasibility, history.trials.count >= 100, let diagnosis = history.infeasibilityDiagnosis
        else { return }
        hasWarnedOfInfeasibility = true
        warn(diagnosis)
    }

    private mutating func measured<Result>(
        _ activity: TrialStore.Activity, _ body: (inout Trainer) throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        defer { timings[activity, default: 0] += (ContinuousClock.now - start).seconds }
        return try body(&self)
    }

    /// Refuses an outcome from which nothing can be learned, rather than spoil the agent with it.
    private static func requireFinite(_ trial: Trial) throws {
        let outcome = trial.outcome
        let figures = [
            ("reward", outcome.reward), ("objective", outcome.objective ?? 0), ("area", outcome.areaMM2),
            ("TDP", outcome.tdpWatts), ("excess", outcome.infeasibility?.excess ?? 0),
        ]
        if let (name, value) = figures.first(where: { !$0.1.isFinite }) {
            throw DiagnosticError(.badData, "trial \(trial.index): expected a finite \(name), found \(value)")
        }
        guard (outcome.objective != nil) == outcome.isFeasible else {
            throw DiagnosticError(
                .badData,
                "trial \(trial.index): expected an objective where the design is feasible and none elsewhere, "
                    + "found \(outcome.isFeasible ? "a feasible design without" : "an infeasible design with") one")
        }
    }
}

extension Duration {
    /// The span in seconds.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
