/// An environment whose state can be kept outside the process: written to a file, sent elsewhere, and restored in another
/// instance of the same environment.
///
/// Within a process a copy of the environment serves, since environments are values.
public protocol RestorableEnvironment: Environment {
    /// The state, without whatever every instance of the environment has.
    associatedtype Snapshot: Codable & Hashable & Sendable

    var snapshot: Snapshot { get }

    /// Goes back to the state of a snapshot.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where the snapshot isn't one of this environment; nothing is changed then.
    mutating func restore(_ snapshot: Snapshot) throws
}
