internal import Diagnostics
internal import Foundation

/// Finds the files that come with the software, such as `environments/technologies/7nm.yaml`, by name.
///
/// They are looked for in the current folder and its parents, then from the executable's folder upwards, then in the folder
/// that the environment variable `FAST_HOME` names. A folder counts as the software's when it holds `environments/technologies`.
///
///     let path = try InstalledFiles.standard.file(named: "tpu-v3", in: "environments/baselines")
public struct InstalledFiles: Sendable {
    /// The folders that hold the software's files, in the order in which they are searched.
    public let roots: [String]

    private static let landmark = "environments/technologies"

    /// - Parameters:
    ///   - currentFolder: where the search begins.
    ///   - executableFolder: where it goes on.
    ///   - home: where it ends; the value of `FAST_HOME`.
    public init(currentFolder: String, executableFolder: String?, home: String?) {
        var roots: [String] = []
        for start in [currentFolder, executableFolder].compactMap({ $0 }) {
            var folder = URL(fileURLWithPath: start).standardizedFileURL
            while true {
                roots.append(folder.path)
                let parent = folder.deletingLastPathComponent().standardizedFileURL
                guard parent.path != folder.path, parent.path.count < folder.path.count else { break }
                folder = parent
            }
        }
        if let home, !home.isEmpty { roots.append(home) }
        var seen: Set<String> = []
        self.roots = roots.filter { root in
            seen.insert(root).inserted && InstalledFiles.isFolder("\(root)/\(InstalledFiles.landmark)")
        }
    }

    /// The files of this process: its current folder, executable and environment.
    public static var standard: InstalledFiles {
        InstalledFiles(
            currentFolder: FileManager.default.currentDirectoryPath,
            executableFolder: Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path,
            home: ProcessInfo.processInfo.environment["FAST_HOME"])
    }

    /// Whether a name that the user gave is a path: it contains "/" or ends in `.yaml` or `.yml`.
    public static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// What a named file is called in prose: a path's last part without its ending, a name as it is.
    public static func title(of name: String) -> String {
        isPath(name) ? URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent : name
    }

    /// The path of a file that the user named; what `isPath(_:)` takes for one is returned as it is.
    ///
    /// - Parameters:
    ///   - name: what the user wrote, e.g. `7nm` or `./my-node.yaml`.
    ///   - folder: the folder below a root, e.g. `environments/technologies`.
    ///   - fileExtension: what follows the name, without the dot.
    /// - Throws: `DiagnosticError` (`missingInput`) where nothing has that name: the nearest known one is suggested.
    public func file(named name: String, in folder: String, extension fileExtension: String = "yaml") throws -> String {
        if InstalledFiles.isPath(name) { return name }
        if let path = paths(in: folder, extension: fileExtension).first(where: { $0.name == name })?.path {
            return path
        }
        let known = names(in: folder, extension: fileExtension)
        throw DiagnosticError(
            .missingInput, "expected a name from \(folder), or a path, found '\(name)'",
            remedy: known.isEmpty
                ? "run from the project's folder, or set FAST_HOME to it" : remedyForUnknown(name, among: known))
    }

    /// The names that `file(named:in:extension:)` knows, in alphabetical order.
    public func names(in folder: String, extension fileExtension: String = "yaml") -> [String] {
        Set(paths(in: folder, extension: fileExtension).map(\.name)).sorted()
    }

    /// All files of a folder below the roots; where two roots have the same name, the earlier root's file comes first.
    private func paths(in folder: String, extension fileExtension: String) -> [(name: String, path: String)] {
        roots.flatMap { root in
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
            return entries.sorted().compactMap { entry -> (name: String, path: String)? in
                let path = "\(root)/\(folder)/\(entry)"
                guard entry.hasSuffix("." + fileExtension), !entry.hasPrefix("."),
                    !InstalledFiles.isFolder(path)
                else { return nil }
                return (String(entry.dropLast(fileExtension.count + 1)), path)
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
