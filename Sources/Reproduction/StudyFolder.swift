public import Configuration
internal import Diagnostics
internal import Foundation
internal import Training

/// The folder of a study: its settings, a run folder a search, what was evaluated besides, and the page with its tables. Nothing is written
/// outside it.
///
///     let folder = try StudyFolder(at: "runs/reproduction", request)
///
/// As long as it is held, no other process can work in it.
public struct StudyFolder: Sendable {
    /// The folder as the user named it.
    public let path: String
    public let settings: StudySettings
    /// Whether there was a study before.
    public let isResumed: Bool
    private let lock: RunLock

    private static let settingsName = "study.yaml"
    private static let lockName = "lock"

    /// A new study, or the one that the folder holds.
    ///
    /// - Throws: `DiagnosticError`: `configuration` where the folder holds a study of other settings, or a file that it depends on was
    ///   changed; `cannotCreate` where it holds something else, cannot be created, or another process works in it; `badData` where its
    ///   settings are damaged.
    public init(at path: String, _ request: StudySettings.Request, files: InstalledFiles = .standard) throws {
        let path = withoutTrailingSlash(path)
        self.path = path
        settings = try StudyFolder.settings(at: path, request, files: files)
        let file = "\(path)/\(StudyFolder.settingsName)"
        isResumed = FileManager.default.fileExists(atPath: file)
        if !isResumed { try createFolder(path, option: "--output") }
        lock = try RunLock(
            path: "\(path)/\(StudyFolder.lockName)", folder: path, option: "--output")
        guard !isResumed else { return }
        // Another process may have filled it between the first look and the lock.
        try StudyFolder.requireVacant(path)
        // The settings come first: whatever is found beside them is the study's.
        try writeAtomically(Array(settings.yamlText.utf8), to: file)
    }

    /// What a folder's study is made of, or a new one there would be; nothing is written.
    ///
    /// - Throws: as `init(at:_:files:)`.
    public static func settings(
        at path: String, _ request: StudySettings.Request, files: InstalledFiles = .standard
    ) throws -> StudySettings {
        let path = withoutTrailingSlash(path)
        let file = "\(path)/\(settingsName)"
        guard FileManager.default.fileExists(atPath: file) else {
            try requireVacant(path)
            return try StudySettings(request, files: files)
        }
        let settings = try StudySettings(yaml: readTextFile(file), file: file)
        try settings.require(request, in: path)
        try settings.requireUnchangedFiles(in: path, files: files)
        return settings
    }

    /// Refuses a folder that holds anything but what a study leaves that was stopped before it began.
    private static func requireVacant(_ path: String) throws {
        let contents = try folderContents(for: "the study", at: path, option: "--output")
        let leftovers = [lockName, settingsName + partialSuffix]
        if let stranger = contents.first(where: { !leftovers.contains($0) }) {
            throw DiagnosticError(
                .cannotCreate,
                "expected a study, or a new or empty folder, found one without study.yaml that holds '\(stranger)'",
                at: SourceLocation(file: path), remedy: "choose another folder with --output")
        }
    }

    /// The run folder of a search.
    public func runPath(of search: StudySearch) -> String { "\(path)/runs/\(search.name)" }

    /// A file that belongs to the study.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file of the study as a whole, with the folders around it.
    ///
    /// - Throws: `DiagnosticError` where it cannot be written.
    public func write(_ text: String, to name: String) throws {
        let path = path(of: name)
        try createFolder((path as NSString).deletingLastPathComponent, option: "--output")
        try writeAtomically(Array(text.utf8), to: path)
    }
}
