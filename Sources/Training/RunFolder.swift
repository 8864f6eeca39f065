internal import Configuration
internal import Diagnostics
internal import Foundation

/// A folder that holds one run: its configuration, its trials, its checkpoints and its report. Nothing is written
/// outside it.
///
///     let folder = try RunFolder.create(at: "runs/efficientnet-b7-ppo-1", configuration: configuration)
///     let again = try RunFolder(resuming: "runs/efficientnet-b7-ppo-1")     // after the first one is gone
///     let looked = try RunFolder(reading: "runs/efficientnet-b7-ppo-1")     // any time
///
/// As long as a folder that was created or resumed is held, no other process can train in it.
public struct RunFolder: Sendable {
    /// The folder as the user named it.
    public let path: String
    /// What the run is made of.
    public private(set) var configuration: RunConfiguration
    private let lock: RunLock?

    private static let configurationName = "configuration.yaml"
    private static let lockName = "lock"

    /// The file that `configuration` is read from.
    public var configurationPath: String { "\(path)/\(RunFolder.configurationName)" }
    /// The database of the trials, for `TrialStore`.
    public var trialsPath: String { path + "/trials.sqlite" }
    /// The folder of the checkpoints, for `CheckpointFolder`.
    public var checkpointsPath: String { path + "/checkpoints" }
    /// Where the report goes.
    public var reportPath: String { path + "/report.html" }

    /// A new run.
    ///
    /// - Throws: `DiagnosticError`, `cannotCreate`, where the folder exists and holds anything, or cannot be created.
    public static func create(at path: String, configuration: RunConfiguration) throws -> RunFolder {
        let path = withoutTrailingSlash(path)
        try requireVacant(path)
        try createFolder(path)
        let lock = try RunLock(path: "\(path)/\(lockName)", folder: path)
        // Another process may have filled it between the first look and the lock.
        try requireVacant(path)
        let folder = RunFolder(path: path, configuration: configuration, lock: lock)
        try createFolder(folder.checkpointsPath)
        // The configuration comes last: a folder that has one is a run.
        try folder.writeConfiguration()
        return folder
    }

    /// A run to go on with.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` where there is no such run, `badData` or `configuration` where its
    ///   configuration is damaged or was changed, `cannotCreate` where another process is training in it.
    public init(resuming path: String) throws {
        let path = withoutTrailingSlash(path)
        // Read once before locking, so that nothing is written into a folder that is no run.
        _ = try RunFolder.readConfiguration(in: path)
        let lock = try RunLock(path: "\(path)/\(RunFolder.lockName)", folder: path)
        self.init(path: path, configuration: try RunFolder.readConfiguration(in: path), lock: lock)
        try createFolder(checkpointsPath)
    }

    /// A run to look at; it may be training.
    ///
    /// - Throws: `DiagnosticError` as `init(resuming:)`, except that nobody is locked out.
    public init(reading path: String) throws {
        let path = withoutTrailingSlash(path)
        self.init(path: path, configuration: try RunFolder.readConfiguration(in: path), lock: nil)
    }

    private init(path: String, configuration: RunConfiguration, lock: RunLock?) {
        self.path = path
        self.configuration = configuration
        self.lock = lock
    }

    /// Changes how many trials the run may make, and on how many threads.
    mutating func setBudget(trials: Int, threads: Int) throws {
        guard (trials, threads) != (configuration.trials, configuration.threads) else { return }
        configuration.trials = trials
        configuration.threads = threads
        try writeConfiguration()
    }

    /// A name for a new run that is not taken: the given one, or with the first of -2, -3 … that is free.
    public static func vacantPath(_ path: String) -> String {
        var (candidate, number) = (path, 1)
        while (try? requireVacant(candidate)) == nil {
            number += 1
            candidate = "\(path)-\(number)"
        }
        return candidate
    }

    private func writeConfiguration() throws {
        try writeAtomically(Array(configuration.yamlText.utf8), to: configurationPath)
    }

    /// Refuses a folder that holds anything but what a run leaves that was stopped before it began.
    private static func requireVacant(_ path: String) throws {
        let contents = try folderContents(for: "a new run", at: path, option: "--run")
        if contents.contains(configurationName) {
            throw DiagnosticError(
                .cannotCreate, "expected a new folder for the run, found one that holds a run",
                at: SourceLocation(file: path),
                remedy: "go on with it by `fast resume \(path)`, or choose another folder with --run")
        }
        var leftovers = [lockName, configurationName + partialSuffix]
        if (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/checkpoints"))?.isEmpty == true {
            leftovers.append("checkpoints")
        }
        if let stranger = contents.first(where: { !leftovers.contains($0) }) {
            throw DiagnosticError(
                .cannotCreate, "expected a new or empty folder for the run, found one that holds '\(stranger)'",
                at: SourceLocation(file: path), remedy: "choose another folder with --run")
        }
    }

    private static func readConfiguration(in path: String) throws -> RunConfiguration {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DiagnosticError(
                .missingInput, "there is no such run", at: SourceLocation(file: path),
                remedy: "check the path, or start a run with `fast train`")
        }
        guard isFolder.boolValue else {
            throw DiagnosticError(
                .missingInput, "expected the folder of a run, found a file", at: SourceLocation(file: path),
                remedy: "name the folder that `fast train` printed")
        }
        let file = "\(path)/\(configurationName)"
        guard FileManager.default.fileExists(atPath: file) else {
            let isCutOff = FileManager.default.fileExists(atPath: "\(path)/trials.sqlite")
            throw DiagnosticError(
                .missingInput,
                isCutOff
                    ? "the run has no configuration.yaml any more" : "this is no run: it has no configuration.yaml",
                at: SourceLocation(file: path),
                remedy: isCutOff
                    ? "restore the file; most of its text is in trials.sqlite: SELECT value FROM run"
                    : "name a folder that `fast train` made")
        }
        return try RunConfiguration(yaml: try readTextFile(file), file: file)
    }
}
