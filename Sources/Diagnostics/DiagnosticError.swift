/// An error that a user can cause and mend: what was expected and found, where, and what to do about it.
///
///     throw DiagnosticError(
///         .badData, "expected a power of 2 from 1 to 256, found 48",
///         at: SourceLocation(file: "chip.yaml", line: 4, field: "datapath.array.x"),
///         remedy: "use 32 or 64")
///
/// It prints as one paragraph, `chip.yaml:4: datapath.array.x: expected …, found …; use 32 or 64`.
public struct DiagnosticError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is, which decides the exit code of a command.
    public var kind: Kind
    /// What was expected and what was found.
    public var message: String
    /// Where the fault is, as far as it is known.
    public var location: SourceLocation
    /// What the user can do about it.
    public var remedy: String?

    public init(_ kind: Kind, _ message: String, at location: SourceLocation = SourceLocation(), remedy: String? = nil)
    {
        self.kind = kind
        self.message = message
        self.location = location
        self.remedy = remedy
    }

    public var description: String {
        let place = location.description
        return (place.isEmpty ? "" : place + ": ") + message + (remedy.map { "; " + $0 } ?? "")
    }

    /// The kinds of fault, with the exit codes of BSD's `sysexits.h`.
    public enum Kind: Int32, Hashable, Sendable, CaseIterable {
        /// The command was used wrongly.
        case usage = 64
        /// A file's content is wrong.
        case badData = 65
        /// A file or a named thing that should exist does not.
        case missingInput = 66
        /// A tool or library that is needed is missing.
        case unavailable = 69
        /// An output cannot be created.
        case cannotCreate = 73
        /// Reading or writing failed.
        case inputOutput = 74
        /// The configuration is wrong, or contradicts itself.
        case configuration = 78

        /// The exit code of a command that ends with this fault.
        public var exitCode: Int32 { rawValue }
    }
}

/// Where in the user's input a fault is.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String?
    /// The line, counted from 1.
    public var line: Int?
    /// The field within the file, its keys joined by dots, e.g. `datapath.array.x`.
    public var field: String?

    public init(file: String? = nil, line: Int? = nil, field: String? = nil) {
        self.file = file
        self.line = line
        self.field = field
    }

    public var description: String {
        let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
        return [place, field ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
