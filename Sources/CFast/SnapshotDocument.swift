internal import Diagnostics
internal import Foundation

/// A snapshot as text.
struct SnapshotDocument<State: Codable>: Codable {
    private static var format: Int { 1 }

    private var format = SnapshotDocument.format
    private var kind: String
    var state: State

    init(kind: EnvironmentKind, state: State) {
        self.kind = kind.rawValue
        self.state = state
    }

    /// - Throws: `DiagnosticError` (`badData`) where the text isn't a snapshot of such an environment.
    init(_ text: String, kind: EnvironmentKind) throws {
        let document: SnapshotDocument
        do {
            document = try JSONDecoder().decode(SnapshotDocument.self, from: Data(text.utf8))
        } catch {
            throw DiagnosticError(
                .badData, "expected the snapshot of an environment of kind '\(kind.rawValue)', found other text",
                remedy: "take it from fast_environment_snapshot of such an environment")
        }
        guard document.format == SnapshotDocument.format, document.kind == kind.rawValue else {
            throw DiagnosticError(
                .badData,
                "expected a snapshot of format \(SnapshotDocument.format) and kind '\(kind.rawValue)', found format "
                    + "\(document.format) and kind '\(document.kind)'")
        }
        self = document
    }

    var text: String { get throws { try jsonText(of: self) } }
}
