package import Configuration
package import Foundation

/// The project's own files.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Reference data, most of it made by other software.
    package static let fixtures = root.appendingPathComponent("Tests/Fixtures")

    /// As software that runs in the root finds them.
    package static let files = InstalledFiles(currentFolder: root.path, executableFolder: nil, home: nil)
}
