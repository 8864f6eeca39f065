internal import Configuration
internal import Diagnostics

/// Everything that decides what a run does, as it stands in the run folder's `configuration.yaml`.
///
/// The files that the run was started with are held as text, so that a run goes on unchanged when they change or
/// disappear. The seed, the files and the format's version are the run's *identity*: with the same identity come the
/// same trials. How many trials and on how many threads may differ from one session to the next.
public struct RunConfiguration: Hashable, Sendable {
    /// The version of the format that this program writes.
    public static let currentFormatVersion = 1

    /// Seed of every random number of the run.
    public var seed: UInt64
    /// How many trials the agent may make; the baseline's is not counted.
    public var trials: Int
    /// How many designs are evaluated at the same time.
    public var threads: Int
    /// The files that define the run, in a fixed order.
    public var documents: [Document]

    /// A file that defines a part of the run.
    public struct Document: Hashable, Sendable {
        /// What the file is for, e.g. `problem` or `agent`; a letter followed by letters, digits or hyphens.
        public var role: String
        /// The file as the user named it, e.g. `efficientnet-b7`.
        public var name: String
        /// Its content, each line ended by one newline, without blank lines at the end.
        public let text: String

        public init(role: String, name: String, text: String) {
            self.role = role
            self.name = name
            var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
            self.text = lines.joined(separator: "\n") + "\n"
        }
    }

    public init(seed: UInt64, trials: Int, threads: Int, documents: [Document]) {
        self.seed = seed
        self.trials = trials
        self.threads = threads
        self.documents = documents
    }

    /// The document of a role.
    ///
    /// - Throws: `DiagnosticError`, `configuration`, where there is none.
    public func document(_ role: String) throws -> Document {
        guard let document = documents.first(where: { $0.role == role }) else {
            throw DiagnosticError(
                .configuration,
                "expected a document '\(role)', found "
                    + (documents.isEmpty ? "none" : documents.map(\.role).joined(separator: ", ")),
                at: SourceLocation(field: "documents"), remedy: "start the run again with `fast train`")
        }
        return document
    }

    /// The part of the text that decides which trials come out; the same for two runs that can be compared trial by
    /// trial.
    public var identityText: String {
        var text = "formatVersion: \(RunConfiguration.currentFormatVersion)\nseed: \(seed)\ndocuments:"
        if documents.isEmpty { text += " {}" }
        text += "\n"
        for document in documents {
            text += "  \(document.role):\n    name: \(quoted(document.name))\n    text: |2\n"
            for line in document.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                text += line.isEmpty ? "\n" : "      \(line)\n"
            }
        }
        return text
    }

    /// A short name of the identity: the fingerprint of `identityText`.
    public var hash: String { RunConfiguration.fingerprint(of: identityText) }

    /// The 64-bit FNV-1a hash of a text, in hexadecimal.
    package static func fingerprint(of text: String) -> String {
        let value = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The whole as YAML; reading it gives the same configuration.
    public var yamlText: String {
        """
        # What this run is made of. `fast resume` goes on with it, and refuses when it was changed.
        trials: \(trials)
        threads: \(threads)
        hash: "\(hash)"

        """ + identityText
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
}

extension RunConfiguration {
    /// Reads what `yamlText` wrote.
    ///
    /// - Throws: `DiagnosticError`: `badData` where the text is something else, `configuration` where it was changed
    ///   since it was written, or written by a newer program.
    public init(yaml: String, file: String) throws {
        let root = try ConfigurationNode(yaml: yaml, file: file)
        // The version comes first: a newer format may have other keys.
        let versionNode = try root.mapping().required("formatVersion")
        let version = try versionNode.integer(in: 1...Int.max)
        guard version <= RunConfiguration.currentFormatVersion else {
            throw DiagnosticError(
                .configuration,
                "expected format version \(RunConfiguration.currentFormatVersion) or older, found \(version)",
                at: versionNode.location, remedy: "use a newer version of fast")
        }
        let mapping = try root.mapping(keys: ["trials", "threads", "hash", "formatVersion", "seed", "documents"])
        let documents = try mapping.required("documents").mapping()
        self.init(
            seed: UInt64(try mapping.required("seed").integer(in: 0...Int.max)),
            trials: try mapping.required("trials").integer(in: 0...Int.max),
            threads: try mapping.required("threads").integer(in: 1...RunConfiguration.largestThreadCount),
            documents: try documents.keys.map { role in
                let document = try documents.required(role).mapping(keys: ["name", "text"])
                return Document(
                    role: role, name: try document.required("name").string(),
                    text: try document.required("text").string())
            })
        let hashNode = try mapping.required("hash")
        let written = try hashNode.string()
        guard written == hash else {
            throw DiagnosticError(
                .configuration,
                "the configuration was changed since the run began: expected hash \(written), found \(hash)",
                at: hashNode.location, remedy: "undo the change, or start another run with `fast train`")
        }
    }

    /// More threads than this are a slip of the keyboard.
    public static let largestThreadCount = 1024

    /// The first line in which another identity text differs from this one; nil where they are equal.
    package func firstDifference(from identityText: String) -> String? {
        let mine = self.identityText.split(separator: "\n", omittingEmptySubsequences: false)
        let other = identityText.split(separator: "\n", omittingEmptySubsequences: false)
        guard
            let index = (0..<max(mine.count, other.count)).first(where: { index in
                index >= mine.count || index >= other.count || mine[index] != other[index]
            })
        else { return nil }
        func line(_ lines: [Substring]) -> String {
            index < lines.count ? "'\(lines[index].trimmingSpaces)'" : "nothing"
        }
        return "expected \(line(mine)), found \(line(other))"
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        drop { $0 == " " }
    }
}
