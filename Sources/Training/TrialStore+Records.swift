public import Accelerators
public import Agents
internal import Diagnostics
public import Environments
internal import Foundation
internal import GRDB

extension TrialStore {
    /// Records trials with their designs, all or none.
    package func record(_ trials: [(trial: Trial, design: Design)]) throws {
        let encoder = TrialStore.encoder
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO trials
                    (trial, decisions, design, objective, reward, infeasibility, excess, areaMM2, tdpWatts, workloads)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for (trial, design) in trials {
                let outcome = trial.outcome
                try statement.execute(arguments: [
                    trial.index, try encoder.text(trial.decisions), try encoder.text(design), outcome.objective,
                    outcome.reward, outcome.infeasibility?.reason.rawValue, outcome.infeasibility?.excess,
                    outcome.areaMM2, outcome.tdpWatts, try encoder.text(outcome.workloads),
                ])
            }
        }
    }

    /// Records what the agent said about its learning after so many trials, in place of what it said there before,
    /// and how long each activity took since the last call; all or nothing.
    package func record(
        _ metrics: [AgentMetric] = [], seconds: [Activity: Double] = [:], afterTrial trial: Int
    ) throws {
        try write { database in
            if !metrics.isEmpty {
                try database.execute(sql: "DELETE FROM metrics WHERE trial = ?", arguments: [trial])
            }
            for (position, metric) in metrics.enumerated() {
                // SQLite has no NaN: it becomes NULL.
                try database.execute(
                    sql: "INSERT INTO metrics (trial, position, name, value) VALUES (?, ?, ?, ?)",
                    arguments: [trial, position, metric.name, metric.value])
            }
            for activity in Activity.allCases {
                guard let seconds = seconds[activity] else { continue }
                try database.execute(
                    sql: "INSERT INTO timings (trial, activity, seconds) VALUES (?, ?, ?)",
                    arguments: [trial, activity.rawValue, seconds])
            }
        }
    }

    /// What the time of a run is spent on.
    public enum Activity: String, Hashable, Sendable, CaseIterable {
        /// The agent proposes designs.
        case proposing
        /// The designs are evaluated.
        case evaluating
        /// The agent learns from the outcomes.
        case learning
        /// Trials and checkpoints are written.
        case saving
    }

    /// How many trials are recorded, the baseline's among them.
    package func trialCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM trials") ?? 0 }
    }

    /// All trials in order, the baseline's first.
    ///
    /// - Throws: `DiagnosticError`, `badData`, where a row is damaged or missing.
    public func trials() throws -> [Trial] {
        let decoder = JSONDecoder()
        return try read { database in
            var trials: [Trial] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM trials ORDER BY trial")
            while let row = try rows.next() {
                let index: Int = row["trial"]
                guard index == trials.count else {
                    throw damage("expected trial \(trials.count), found \(index)", trial: trials.count)
                }
                trials.append(try trial(index, in: row, decoder: decoder))
            }
            return trials
        }
    }

    private func trial(_ index: Int, in row: Row, decoder: JSONDecoder) throws -> Trial {
        var infeasibility: Infeasibility?
        if let name: String = row["infeasibility"] {
            guard let reason = Infeasibility.Reason(rawValue: name), let excess: Double = row["excess"] else {
                throw damage("expected a reason and an excess, found '\(name)'", trial: index)
            }
            infeasibility = Infeasibility(reason: reason, excess: excess)
        }
        do {
            return Trial(
                index: index, decisions: try decoder.decode([Int?].self, from: Data((row["decisions"] as String).utf8)),
                outcome: Outcome(
                    objective: row["objective"], reward: row["reward"], infeasibility: infeasibility,
                    areaMM2: row["areaMM2"], tdpWatts: row["tdpWatts"],
                    workloads: try decoder.decode(
                        [WorkloadMetrics].self, from: Data((row["workloads"] as String).utf8))))
        } catch is DecodingError {
            throw damage("expected lists in JSON, found something else", trial: index)
        }
    }

    /// The design of a trial.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` where there is no such trial, `badData` where the row is damaged.
    public func design(ofTrial index: Int) throws -> Design {
        do {
            return try JSONDecoder().decode(Design.self, from: Data(try designText(ofTrial: index).utf8))
        } catch is DecodingError {
            throw damage("expected a design in JSON, found something else", trial: index)
        }
    }

    /// The design of a trial, as the JSON of a design file.
    ///
    /// - Throws: `DiagnosticError`, `missingInput`, where there is no such trial.
    public func designText(ofTrial index: Int) throws -> String {
        let text = try read {
            try String.fetchOne($0, sql: "SELECT design FROM trials WHERE trial = ?", arguments: [index])
        }
        guard let text else {
            throw DiagnosticError(.missingInput, "there is no trial \(index)", at: SourceLocation(file: path))
        }
        return text
    }

    /// What the agent said about its learning: the values by name, each with the trial after which it was said.
    public func metrics() throws -> [(trial: Int, metric: AgentMetric)] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT trial, name, value FROM metrics ORDER BY trial, position").map {
                row in
                (row["trial"], AgentMetric(name: row["name"], value: row["value"] ?? .nan))
            }
        }
    }

    /// Seconds spent on each activity over all sessions of the run.
    public func secondsByActivity() throws -> [(activity: Activity, seconds: Double)] {
        let sums = try read { database in
            try Row.fetchAll(database, sql: "SELECT activity, TOTAL(seconds) AS sum FROM timings GROUP BY activity")
                .map { (name: $0["activity"] as String, seconds: $0["sum"] as Double) }
        }
        return Activity.allCases.map { activity in
            (activity, sums.first { $0.name == activity.rawValue }?.seconds ?? 0)
        }
    }

    private func damage(_ message: String, trial: Int) -> DiagnosticError {
        DiagnosticError(
            .badData, message, at: SourceLocation(file: path, field: "trial \(trial)"),
            remedy: TrialStore.damageRemedy)
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        // Without a fixed order of keys two equal runs would differ as text.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension JSONEncoder {
    fileprivate func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }
}
