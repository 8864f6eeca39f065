/// An error of a type of its own, for those who act on it, that a user reads as a `DiagnosticError`.
public protocol Diagnosable: Error {
    /// What the user is told.
    var diagnostic: DiagnosticError { get }
}

extension DiagnosticError: Diagnosable {
    public var diagnostic: DiagnosticError { self }
}
