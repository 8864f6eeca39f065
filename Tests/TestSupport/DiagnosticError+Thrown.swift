package import Diagnostics
import Testing

extension DiagnosticError {
    /// The error that a body must throw.
    package static func thrown(by body: () throws -> Void) -> DiagnosticError? {
        #expect(throws: DiagnosticError.self, performing: body)
    }
}
