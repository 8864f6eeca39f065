internal import Configuration
internal import Diagnostics

extension ConfigurationMapping {
    /// The value behind a key, which Timeloop writes with underscores or, in older files, with hyphens.
    func timeloop(_ key: String) -> ConfigurationNode? {
        optional(key) ?? optional(String(key.map { $0 == "_" ? "-" : $0 }))
    }
}

extension ConfigurationNode {
    /// The root of a Timeloop file, from which one key is wanted.
    static func timeloopRoot(_ yaml: String, file: String, key: String, what: String) throws -> ConfigurationNode {
        let root = try ConfigurationNode(yaml: yaml, file: file).mapping()
        guard let node = root.optional(key) else {
            throw DiagnosticError(
                .badData,
                "expected \(what) under the key '\(key)', found "
                    + (root.keys.isEmpty ? "no keys" : root.keys.joined(separator: ", ")),
                at: root.location, remedy: "write the file as timeloop-model's \(what) file: '\(key):' at the top")
        }
        return node
    }

    /// `true` or `True`: Timeloop's files use both.
    func timeloopBoolean() throws -> Bool {
        switch try? string().lowercased() {
        case "true": return true
        case "false": return false
        default: throw error(expected: "true or false")
        }
    }
}

/// The largest size that a file may name: beyond it, sums of sizes would no longer be exact.
let largestTimeloopSize = 1 << 40
