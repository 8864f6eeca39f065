internal import Diagnostics
internal import Foundation
internal import GRDB

/// The trials of a run, in a SQLite database.
///
///     let store = try TrialStore(opening: folder.trialsPath)
///     let history = TrialHistory(try store.trials())
///     history.best?.outcome.objective
///
/// The tables `trials` and `metrics` hold only what the run's configuration decides, so that two runs can be compared
/// by dumping them; what the clock says stands in `timings`. Whatever is recorded in one call is there entirely or
/// not at all, also after `kill -9` or a power cut.
public final class TrialStore: Sendable {
    /// The version of the schema that this program writes.
    public static let schemaVersion = 1
    /// Marks the database as ours: "FAST" in ASCII.
    private static let applicationID = 0x4641_5354

    public let path: String
    private let queue: DatabaseQueue

    /// A new store, where there is no file or one without content.
    ///
    /// - Parameter identityText: The run's, which the store keeps, so that another run's store is noticed.
    package init(creating path: String, identityText: String) throws {
        self.path = path
        do {
            var configuration = TrialStore.databaseConfiguration
            // A write-ahead log: readers don't wait for the run, and a power cut costs at most the last trials, never
            // the rest. The run makes them again, as it does with all that is not recorded.
            configuration.journalMode = .wal
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { database in
                try TrialStore.createTables(database)
                try database.execute(
                    sql: "INSERT INTO run (key, value) VALUES ('configuration', ?)", arguments: [identityText])
            }
        } catch {
            throw TrialStore.diagnosed(error, path: path)
        }
    }

    /// The store of a run that exists.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` where there is no file, `badData` where it is damaged or something
    ///   else, `configuration` where a newer program wrote it.
    public init(opening path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw DiagnosticError(
                .missingInput, "there are no trials", at: SourceLocation(file: path),
                remedy: "`fast resume` begins them")
        }
        do {
            var configuration = TrialStore.databaseConfiguration
            // What was left in the middle of a write is mended when opened, for which the file must be writable.
            configuration.readonly = !FileManager.default.isWritableFile(atPath: path)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try TrialStore.requireSound($0, path: path) }
        } catch {
            throw TrialStore.diagnosed(error, path: path)
        }
    }

    /// Whether there is nothing at a path, or what a run leaves that was killed before it recorded anything.
    package static func isVacant(_ path: String) throws -> Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size > 0 else { return true }
        // SQLite takes what is shorter than a page for empty, but never leaves such a file.
        guard size >= 512 else { return false }
        do {
            let queue = try DatabaseQueue(path: path, configuration: databaseConfiguration)
            return try queue.read { database in
                try Int.fetchOne(database, sql: "PRAGMA application_id") == 0
                    && Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") == 0
            }
        } catch {
            throw diagnosed(error, path: path)
        }
    }

    private static func requireSound(_ database: Database, path: String) throws {
        let location = SourceLocation(file: path)
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
            throw DiagnosticError(
                .badData, "expected the trials of a run, found another SQLite database or a damaged one",
                at: location, remedy: damageRemedy)
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= schemaVersion else {
            throw DiagnosticError(
                .configuration, "expected schema version \(schemaVersion) or older, found \(version)", at: location,
                remedy: "use a newer version of fast")
        }
        let check = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        guard check == "ok" else {
            throw DiagnosticError(
                .badData, "the database is damaged: \(check)", at: location, remedy: damageRemedy)
        }
    }

    private static func createTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE trials (
                    trial INTEGER PRIMARY KEY, decisions TEXT NOT NULL, design TEXT NOT NULL, objective REAL,
                    reward REAL NOT NULL, infeasibility TEXT, excess REAL, areaMM2 REAL NOT NULL,
                    tdpWatts REAL NOT NULL, workloads TEXT NOT NULL);
                CREATE TABLE metrics (
                    trial INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value REAL,
                    PRIMARY KEY (trial, position)) WITHOUT ROWID;
                CREATE TABLE timings (
                    id INTEGER PRIMARY KEY, trial INTEGER NOT NULL, activity TEXT NOT NULL, seconds REAL NOT NULL);
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(schemaVersion);
                """)
    }

    private static var databaseConfiguration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        // A report may read while the run writes.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // Temporary tables stay in memory: nothing is written outside the run folder.
            try database.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    /// The run's identity, as it was when the store was made.
    package func identityText() throws -> String? {
        try read { try String.fetchOne($0, sql: "SELECT value FROM run WHERE key = 'configuration'") }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw TrialStore.diagnosed(error, path: path)
        }
    }

    func write(_ body: (Database) throws -> Void) throws {
        do {
            try queue.write(body)
        } catch {
            throw TrialStore.diagnosed(error, path: path)
        }
    }

    /// A run is a function of its configuration: lost trials come again.
    static let damageRemedy = """
        restore the file from a copy; or delete it and `fast resume` the run, which makes the same trials again
        """

    /// An error of the database in the user's terms.
    private static func diagnosed(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let location = SourceLocation(file: path)
        let reason = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR:
            return DiagnosticError(
                .badData, "the database is damaged: \(reason)", at: location, remedy: damageRemedy)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            return DiagnosticError(
                .cannotCreate, "the database cannot be opened for writing: \(reason)", at: location,
                remedy: "check the permissions of the file and its folder")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return DiagnosticError(
                .inputOutput, "another program keeps the database locked", at: location,
                remedy: "close it, then go on with `fast resume`")
        default:
            return DiagnosticError(
                .inputOutput, "the database cannot be read or written: \(reason)", at: location,
                remedy: "check that the disk has room, then go on with `fast resume`")
        }
    }
}
