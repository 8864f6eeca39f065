public import Agents
internal import Diagnostics
public import Environments
internal import Foundation
internal import Tensors

/// A run at the moment when its agent had learned from so many trials: with the trials themselves, all that is needed
/// to go on.
///
/// It is a safetensors file, which Python reads too: the agent's tensors under their own names, its counters as
/// scalars `counter.<name>`, and in the metadata the format's version, the run's configuration, the best design so
/// far, and a checksum over everything. Equal runs write equal bytes.
public struct Checkpoint: Sendable {
    /// The version of the format that this program writes.
    public static let currentFormatVersion = 1

    /// How many trials the agent was told; the baseline's is not counted.
    public var trials: Int
    public var agent: AgentState
    /// The best of those trials; nil while all were infeasible.
    public var best: Trial?
    /// The identity of the run, as `RunConfiguration.identityText`.
    public var identityText: String
    /// The short name of the identity.
    public var configurationHash: String

    public init(trials: Int, agent: AgentState, best: Trial?, configuration: RunConfiguration) {
        self.trials = trials
        self.agent = agent
        self.best = best
        identityText = configuration.identityText
        configurationHash = configuration.hash
    }

    private enum Key {
        static let formatVersion = "formatVersion"
        static let trials = "trials"
        static let best = "best"
        static let configuration = "configuration"
        static let configurationHash = "configurationHash"
        static let checksum = "checksum"
        static let counterPrefix = "counter."
    }

    /// The bytes of the file.
    public func encoded() throws -> [UInt8] {
        var file = Safetensors()
        for (name, tensor) in agent.tensors {
            precondition(
                !name.hasPrefix(Key.counterPrefix), "A tensor's name must not begin as those of counters: \(name).")
            file[name] = .init(tensor)
        }
        for (name, value) in agent.counters {
            file[Key.counterPrefix + name] = .init(shape: [], elements: .int64([Int64(value)]))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        file.metadata = [
            Key.formatVersion: String(Checkpoint.currentFormatVersion), Key.trials: String(trials),
            Key.best: String(decoding: try encoder.encode(best), as: UTF8.self),
            Key.configuration: identityText, Key.configurationHash: configurationHash,
        ]
        file.metadata[Key.checksum] = Checkpoint.checksum(of: file)
        return file.encoded()
    }

    /// Reads what `encoded` made. Tensors and counters come in the order of their names.
    ///
    /// - Parameter path: The file's, for messages.
    /// - Throws: `DiagnosticError`: `badData` where the file is damaged or no checkpoint, `configuration` where a
    ///   newer program wrote it.
    public init(decoding bytes: [UInt8], path: String) throws {
        let location = SourceLocation(file: path)
        func damage(_ message: String) -> DiagnosticError {
            DiagnosticError(.badData, "the checkpoint is damaged: \(message)", at: location, remedy: "use an older one")
        }
        var file: Safetensors
        do {
            file = try Safetensors(decoding: bytes)
        } catch {
            throw damage(error.description)
        }
        guard let versionText = file.metadata[Key.formatVersion], let version = Int(versionText) else {
            throw DiagnosticError(
                .badData, "expected a checkpoint, found a safetensors file without 'formatVersion' in its metadata",
                at: location, remedy: "use a file that `fast train` wrote")
        }
        // The checksum is the same in all versions, so that damage is not taken for a newer version.
        let expected = file.metadata.removeValue(forKey: Key.checksum) ?? "none"
        let found = Checkpoint.checksum(of: file)
        guard expected == found else { throw damage("expected checksum \(expected), found \(found)") }
        guard version <= Checkpoint.currentFormatVersion else {
            throw DiagnosticError(
                .configuration, "expected format version \(Checkpoint.currentFormatVersion) or older, found \(version)",
                at: location, remedy: "use a newer version of fast")
        }
        guard let trials = file.metadata[Key.trials].flatMap(Int.init), trials >= 0,
            let identityText = file.metadata[Key.configuration], let hash = file.metadata[Key.configurationHash],
            let best = file.metadata[Key.best]
        else { throw damage("expected trials, best, configuration and its hash in the metadata") }
        do {
            self.best = try JSONDecoder().decode(Trial?.self, from: Data(best.utf8))
        } catch {
            throw damage("expected a trial in JSON as 'best', found '\(best.prefix(40))'")
        }
        self.trials = trials
        self.identityText = identityText
        configurationHash = hash
        agent = AgentState()
        for (name, array) in file.arrays.sorted(by: { $0.key < $1.key }) {
            if name.hasPrefix(Key.counterPrefix) {
                guard case .int64(let values) = array.elements, values.count == 1 else {
                    throw damage("expected one I64 as '\(name)', found \(array.elements.type.rawValue)")
                }
                agent.counters.append((String(name.dropFirst(Key.counterPrefix.count)), Int(values[0])))
            } else {
                guard let tensor = array.tensor else {
                    throw damage("expected F32 in tensor '\(name)', found \(array.elements.type.rawValue)")
                }
                agent.tensors.append((name, tensor))
            }
        }
    }

    /// CRC-32C over the file's bytes as they would be without a checksum, in hexadecimal.
    private static func checksum(of file: Safetensors) -> String {
        precondition(file.metadata[Key.checksum] == nil, "The checksum is not part of what it covers.")
        var checksum = CRC32C()
        checksum.update(file.encoded())
        return String(checksum.value, radix: 16)
    }
}

extension Checkpoint {
    /// Reads a checkpoint file.
    ///
    /// - Throws: `DiagnosticError` as `init(decoding:path:)`; `missingInput` where there is no file.
    public init(contentsOfFile path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw DiagnosticError(
                .missingInput, "there is no such checkpoint", at: SourceLocation(file: path), remedy: "check the path")
        }
        try self.init(decoding: try readBytes(of: path), path: path)
    }
}
