internal import Configuration
internal import Diagnostics
public import Workloads

/// A mapping that a user wrote, and where each of its values stands.
///
///     let file = try MappingFile(contentsOfFile: "conv1.yaml")
///     try file.validate(for: nest, on: view)          // conv1.yaml:5: l1Tile.K: expected …, found …; …
public struct MappingFile: Sendable {
    public let mapping: Mapping
    private let root: ConfigurationNode

    /// Reads YAML, or JSON, which is YAML too.
    ///
    /// - Throws: `DiagnosticError` with file, line and field: `missingInput` where there is no such file, `badData` where it is
    ///   not a mapping.
    public init(contentsOfFile path: String) throws {
        try self.init(yaml: readTextFile(path), file: path)
    }

    /// - Parameter file: the name that complaints use.
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        root = try ConfigurationNode(yaml: yaml, file: file)
        mapping = try Mapping(root)
    }

    /// Checks that the mapping can run.
    ///
    /// - Throws: as `Mapping.validate(for:on:)`, with the file and the line of the field at fault.
    public func validate(for nest: LoopNest, on view: SchedulingView) throws {
        do {
            try mapping.validate(for: nest, on: view)
        } catch var fault as DiagnosticError {
            let field = fault.location.field
            fault.location = location(of: field ?? "")
            fault.location.field = field
            throw fault
        }
    }

    /// Where a field stands, or the nearest one around it that is in the file.
    private func location(of field: String) -> SourceLocation {
        var node = root
        for key in field.split(separator: ".") {
            guard let next = try? node.mapping().optional(String(key)) else { break }
            node = next
        }
        return node.location
    }
}
