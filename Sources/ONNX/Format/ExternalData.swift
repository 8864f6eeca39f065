internal import Diagnostics
internal import Foundation

/// Where the weights of a model that keeps them in other files may lie: in the model's folder and below, and nowhere else.
enum ExternalData {
    /// Checks the place of a tensor's data; that the file exists is not asked for.
    ///
    /// - Throws: `DiagnosticError` (`badData`) for an absolute path, one with `..`, and one that leaves the folder by a symbolic link.
    static func check(_ path: String, of tensor: String, in model: MappedFile) throws {
        let parts = path.split(whereSeparator: { $0 == "/" || $0 == "\\" })
        let isAbsolute = path.hasPrefix("/") || path.hasPrefix("\\") || path.dropFirst().hasPrefix(":")
        var leaves = isAbsolute || parts.contains("..") || path.utf8.contains(0)
        if !leaves {
            let root = URL(fileURLWithPath: model.path).deletingLastPathComponent().resolvingSymlinksInPath()
            // Step by step, since links are only followed as far as there are files.
            var place = root
            for part in parts {
                place = place.appendingPathComponent(String(part)).resolvingSymlinksInPath()
                leaves = leaves || !place.pathComponents.starts(with: root.pathComponents)
            }
        }
        guard !leaves else {
            throw DiagnosticError(
                .badData, "expected external data in the model's folder, found '\(path.prefix(200))'",
                at: SourceLocation(file: model.path, field: tensor),
                remedy: "move the data beside the model and name it without '..' or links")
        }
    }
}
