public import Diagnostics

/// What can go wrong between a mixed-integer program and its solution.
public struct MILPError: Diagnosable, Hashable, CustomStringConvertible {
    public enum Code: Hashable, Sendable, CaseIterable {
        /// A number of the program is not a number, or infinite where that means nothing.
        case notFinite
        /// A number of the program is so small or large that solvers take it for another.
        case outOfRange
        /// A lower bound is above its upper bound.
        case boundsCrossed
        /// A constraint has a term of a variable that the program has not.
        case unknownVariable
        /// Two variables, or two constraints, have the same name.
        case duplicateName
        /// An option of the solver is outside its range.
        case badOption
        /// An initial solution doesn't fit the program.
        case badStart
        /// The solver's library is not installed.
        case libraryMissing
        /// The solver's library is there, but can't be loaded or is not one that this software works with.
        case libraryUnusable
        /// The solver gave up for a reason of its own.
        case solverFailed
    }

    public var code: Code
    /// What was expected and what was found.
    public var message: String
    /// The variable, constraint or file that is at fault, where one is.
    public var place: String?
    public var remedy: String?

    public init(_ code: Code, _ message: String, at place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.place = place
        self.remedy = remedy
    }

    /// What the user is told: `unavailable` (exit code 69) where the fault is the solver's, `badData` where it is the program's,
    /// `configuration` where it is an option's.
    public var diagnostic: DiagnosticError {
        let kind: DiagnosticError.Kind =
            switch code {
            case .notFinite, .outOfRange, .boundsCrossed, .unknownVariable, .duplicateName, .badStart: .badData
            case .badOption: .configuration
            case .libraryMissing, .libraryUnusable, .solverFailed: .unavailable
            }
        return DiagnosticError(kind, (place.map { $0 + ": " } ?? "") + message, remedy: remedy)
    }

    public var description: String { diagnostic.description }
}
