public import Diagnostics
internal import Yams

/// One value of a YAML file, which knows where it stands: every complaint names file, line and field.
///
///     let root = try ConfigurationNode(yaml: text, file: "chip.yaml")
///     let datapath = try root.mapping(keys: ["datapath", "batch", "compiler"]).required("datapath")
///     let lanes = try datapath.mapping(keys: […]).required("vectorMultiplier").integer(in: 1...16)
public struct ConfigurationNode: Sendable {
    /// Where it stands.
    public let location: SourceLocation
    private let content: Content

    private indirect enum Content: Sendable {
        case scalar(String, isQuoted: Bool)
        case sequence([ConfigurationNode])
        case mapping([(key: String, line: Int?, value: ConfigurationNode)])
    }

    /// The root of a YAML document.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where the text is not YAML, is empty, or has a key twice.
    public init(yaml: String, file: String) throws {
        let parser: Parser
        let root: Node?
        do {
            parser = try Parser(yaml: yaml)
            root = try parser.singleRoot()
        } catch let error as YamlError {
            throw ConfigurationNode.diagnose(error, file: file)
        }
        guard let root else {
            throw DiagnosticError(
                .badData, "expected a YAML mapping, found nothing", at: SourceLocation(file: file),
                remedy: "write the keys that the file should have")
        }
        // Nodes refer to their anchors weakly; the parser is what keeps them.
        self = try withExtendedLifetime(parser) { try ConfigurationNode(root, file: file, field: nil) }
    }

    private init(_ node: Node, file: String, field: String?) throws {
        location = SourceLocation(file: file, line: node.mark?.line, field: field)
        // The parser puts a copy in the place of every alias: a few lines could grow without bound.
        guard node.anchor == nil else { throw ConfigurationNode.diagnoseAlias(at: location) }
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, isQuoted: scalar.style == .doubleQuoted || scalar.style == .singleQuoted)
        case .sequence(let sequence):
            content = .sequence(
                try sequence.enumerated().map { index, element in
                    try ConfigurationNode(element, file: file, field: "\(field ?? "")[\(index)]")
                })
        case .mapping(let mapping):
            var entries: [(key: String, line: Int?, value: ConfigurationNode)] = []
            for (key, value) in mapping {
                guard let name = key.string else {
                    throw DiagnosticError(
                        .badData, "expected a word as key, found a list or mapping",
                        at: SourceLocation(file: file, line: key.mark?.line, field: field))
                }
                let path = field.map { "\($0).\(name)" } ?? name
                entries.append((name, key.mark?.line, try ConfigurationNode(value, file: file, field: path)))
            }
            content = .mapping(entries)
        case .alias:
            throw ConfigurationNode.diagnoseAlias(at: location)
        }
    }

    private static func diagnoseAlias(at location: SourceLocation) -> DiagnosticError {
        DiagnosticError(
            .badData, "YAML anchors and aliases are not supported", at: location, remedy: "write the value out")
    }

    private static func diagnose(_ error: YamlError, file: String) -> DiagnosticError {
        switch error {
        case .parser(_, let problem, let mark, _) where problem.hasPrefix("Maximum nesting level"):
            DiagnosticError(
                .badData, "lists and mappings are nested more than 1,000 deep",
                at: SourceLocation(file: file, line: mark.line))
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            DiagnosticError(
                .badData, "this is not YAML: \(problem)", at: SourceLocation(file: file, line: mark.line),
                remedy: "mend the syntax near column \(mark.column)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            DiagnosticError(
                .badData, "the key \(duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")) stands here twice",
                at: SourceLocation(file: file, line: context.mark.line), remedy: "keep one of them")
        default:
            DiagnosticError(.badData, "this is not YAML: \(error)", at: SourceLocation(file: file))
        }
    }

    /// A complaint about this value.
    public func error(expected: String, remedy: String? = nil) -> DiagnosticError {
        DiagnosticError(.badData, "expected \(expected), found \(found)", at: location, remedy: remedy)
    }

    private var found: String {
        switch content {
        case .scalar(let text, _): text.isEmpty ? "nothing" : "'\(text.prefix(60))\(text.count > 60 ? "…" : "")'"
        case .sequence(let elements): "a list of \(elements.count)"
        case .mapping: "a mapping"
        }
    }

    /// Whether the value is a mapping.
    public var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// Whether the value is a list.
    public var isList: Bool {
        if case .sequence = content { true } else { false }
    }

    /// The value as a mapping with no keys but the given ones.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where it is something else, or has another key: the nearest right one is named.
    public func mapping(keys: [String]) throws -> ConfigurationMapping {
        let mapping = try self.mapping()
        for (key, line) in mapping.keyLines where !keys.contains(key) {
            throw DiagnosticError(
                .badData, "unknown key '\(key)'",
                at: SourceLocation(file: location.file, line: line, field: location.field),
                remedy: remedyForUnknown(key, among: keys))
        }
        return mapping
    }

    /// The value as a mapping with any keys.
    public func mapping() throws -> ConfigurationMapping {
        guard case .mapping(let entries) = content else { throw error(expected: "a mapping") }
        return ConfigurationMapping(location: location, entries: entries)
    }

    /// The value as a list.
    public func list() throws -> [ConfigurationNode] {
        guard case .sequence(let elements) = content else { throw error(expected: "a list") }
        return elements
    }

    /// The value as text.
    public func string() throws -> String {
        guard case .scalar(let text, let isQuoted) = content, isQuoted || !text.isEmpty else {
            throw error(expected: "a word")
        }
        return text
    }

    /// The value as a whole number within a range.
    public func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        guard case .scalar(let text, false) = content, let number = Int(text), range.contains(number) else {
            throw error(expected: "a whole number" + ConfigurationNode.describe(range))
        }
        return number
    }

    /// The value as a finite number within a range.
    public func number(in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
        throws -> Double
    {
        guard case .scalar(let text, false) = content, let number = Double(text), number.isFinite,
            range.contains(number)
        else {
            let isEverything = range.upperBound == .greatestFiniteMagnitude
            throw error(
                expected: isEverything
                    ? "a number" + (range.lowerBound >= 0 ? " of at least \(range.lowerBound)" : "")
                    : "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value as true or false.
    public func boolean() throws -> Bool {
        switch content {
        case .scalar("true", false): return true
        case .scalar("false", false): return false
        default: throw error(expected: "true or false")
        }
    }

    /// The value as one of an enumeration's cases.
    public func choice<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type = Choice.self) throws -> Choice
    where Choice.RawValue == String {
        let names = type.allCases.map(\.rawValue)
        guard case .scalar(let text, _) = content else {
            throw error(expected: "one of " + names.joined(separator: ", "))
        }
        guard let choice = Choice(rawValue: text) else {
            throw error(
                expected: "one of " + names.joined(separator: ", "),
                remedy: nearestName(to: text, in: names).map { "did you mean '\($0)'?" })
        }
        return choice
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int.min, Int.max): ""
        case (_, Int.max): " of at least \(range.lowerBound)"
        default: " from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

/// A mapping of a YAML file: keys and the values behind them, in the order of the file.
public struct ConfigurationMapping: Sendable {
    /// Where it stands.
    public let location: SourceLocation
    let entries: [(key: String, line: Int?, value: ConfigurationNode)]

    /// The keys in the order of the file.
    public var keys: [String] { entries.map(\.key) }

    var keyLines: [(String, Int?)] { entries.map { ($0.key, $0.line) } }

    /// The value behind a key; nil where the key is missing.
    public func optional(_ key: String) -> ConfigurationNode? {
        entries.first { $0.key == key }?.value
    }

    /// The value behind a key.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where the key is missing.
    public func required(_ key: String) throws -> ConfigurationNode {
        guard let value = optional(key) else {
            throw DiagnosticError(
                .badData, "expected the key '\(key)', found " + (keys.isEmpty ? "none" : keys.joined(separator: ", ")),
                at: location, remedy: "add '\(key)'")
        }
        return value
    }
}
