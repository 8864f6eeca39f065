import GRDB

/// The rows of a run's `trials` table as text, a line a trial.
enum TrialRows {
    static func text(ofDatabase path: String) throws -> String {
        try DatabaseQueue(path: path).read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM trials ORDER BY 1").map { row in
                row.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
            }.joined(separator: "\n")
        }
    }
}
