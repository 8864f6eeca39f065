internal import Diagnostics
internal import Foundation

/// The checkpoints of a run, `NNNNNN.safetensors` by the number of trials that the agent was told.
public struct CheckpointFolder: Sendable {
    public let path: String
    /// How many checkpoints stay: the newest, and some to fall back on.
    public static let keptCount = 3

    public init(_ path: String) {
        self.path = path
    }

    /// Where the checkpoint after so many trials is.
    public func file(trials: Int) -> String {
        let digits = String(trials)
        return path + "/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".safetensors"
    }

    /// The numbers of trials for which there is a file, in rising order.
    public func trials() throws -> [Int] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).compactMap { name in
                guard name.hasSuffix(".safetensors"), let trials = Int(name.dropLast(".safetensors".count)),
                    trials >= 0
                else { return nil }
                return trials
            }.sorted()
        } catch {
            throw DiagnosticError(
                .inputOutput, "the checkpoints cannot be read: \(error.localizedDescription)",
                at: SourceLocation(file: path), remedy: "check the permissions of the folder")
        }
    }

    /// Writes a checkpoint; of the others the newest before it stay, as many as fit into `keptCount`.
    package func write(_ checkpoint: Checkpoint) throws {
        try writeAtomically(try checkpoint.encoded(), to: file(trials: checkpoint.trials))
        // A newer file is damaged or of trials that were lost; the run writes it again when it gets there.
        for trials in try trials().filter({ $0 <= checkpoint.trials }).dropLast(CheckpointFolder.keptCount) {
            unlink(file(trials: trials))
        }
    }

    /// The newest checkpoint that is whole and not ahead of the recorded trials; nil where there is none.
    ///
    /// - Parameters:
    ///   - recordedTrials: How many of the agent's trials are recorded.
    ///   - warn: Is told of each checkpoint that is passed over, and why.
    /// - Throws: `DiagnosticError`, `configuration`, where a checkpoint is of another run.
    public func newest(
        of configuration: RunConfiguration, recordedTrials: Int, warn: (String) -> Void
    ) throws -> Checkpoint? {
        for trials in try trials().reversed() {
            let file = file(trials: trials)
            let checkpoint: Checkpoint
            do {
                checkpoint = try Checkpoint(contentsOfFile: file)
            } catch let error as DiagnosticError where error.kind == .badData {
                warn("\(file): \(error.message); the one before it is used")
                continue
            }
            if let difference = configuration.firstDifference(from: checkpoint.identityText) {
                throw DiagnosticError(
                    .configuration, "the checkpoint belongs to another configuration: \(difference)",
                    at: SourceLocation(file: file),
                    remedy: "undo the change of configuration.yaml, or start another run with `fast train`")
            }
            guard checkpoint.trials == trials else {
                warn("\(file): expected \(trials) trials, found \(checkpoint.trials); the one before it is used")
                continue
            }
            guard trials <= recordedTrials else {
                warn(
                    "\(file): expected at least \(trials) recorded trials, found \(recordedTrials);"
                        + " the one before it is used")
                continue
            }
            return checkpoint
        }
        return nil
    }
}
