/// What one check of an environment found.
public struct EnvironmentCheck: Hashable, Sendable {
    /// What was checked, as a sentence that is true when the check passes.
    public var name: String
    /// What was found instead; nil where the check passed.
    public var failure: String?

    public var passed: Bool { failure == nil }

    public init(name: String, failure: String? = nil) {
        self.name = name
        self.failure = failure
    }
}

/// Ends a check that finds a fault.
struct EnvironmentFault: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
