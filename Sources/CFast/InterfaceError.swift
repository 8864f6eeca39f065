internal import CFastHeader
internal import Diagnostics
internal import Environments

/// A fault of a call, as far as the modules below don't have a word for it.
enum InterfaceError: Error, CustomStringConvertible {
    case badArgument(String)
    case badHandle(expected: String, found: String)
    case busy
    case forked
    case noOutcome
    case bufferTooSmall(needed: Int, found: Int)

    var description: String {
        switch self {
        case .badArgument(let message): message
        case .badHandle(let expected, let found): "expected the handle of \(expected), found \(found)"
        case .busy:
            "expected one thread at a time, found another one inside; give each thread an environment of its own"
        case .forked:
            "expected a handle that no thread was inside of when the process forked; open another one in this process"
        case .noOutcome: "expected a step that completed a design, found none; take steps until terminated"
        case .bufferTooSmall(let needed, let found): "expected a buffer of \(needed) bytes, found \(found)"
        }
    }

    var status: fast_status {
        switch self {
        case .badArgument: code(FAST_BAD_ARGUMENT)
        case .badHandle: code(FAST_BAD_HANDLE)
        case .busy: code(FAST_BUSY)
        case .forked: code(FAST_FORKED)
        case .noOutcome: code(FAST_NOT_RESET)
        case .bufferTooSmall: code(FAST_BUFFER_TOO_SMALL)
        }
    }
}

private func code(_ value: some BinaryInteger) -> fast_status { fast_status(value) }

/// The status of an error.
func status(of error: any Error) -> fast_status {
    switch error {
    case let error as InterfaceError: error.status
    case let error as VectorEnvironmentError: status(of: error.underlying)
    case let error as EnvironmentError:
        switch error {
        case .notReset: code(FAST_NOT_RESET)
        case .episodeOver: code(FAST_EPISODE_OVER)
        case .choiceDenied, .tensorDoesNotFit: code(FAST_ACTION_DENIED)
        case .actionOutsideSpace: code(FAST_ACTION_OUTSIDE_SPACE)
        case .nothingToDecide: code(FAST_CONFIGURATION)
        }
    case let error as any Diagnosable: error.diagnostic.kind.exitCode
    default: code(FAST_INTERNAL)
    }
}

/// What a user is told of an error.
func message(of error: any Error) -> String {
    switch error {
    case let error as any Diagnosable: error.diagnostic.description
    default: "\(error)"
    }
}
