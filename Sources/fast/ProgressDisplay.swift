import Foundation
import Training

/// Shows progress on standard error: in place on a terminal, as a line now and then elsewhere.
final class ProgressDisplay {
    private let isQuiet: Bool
    private let isTerminal: Bool
    private var hasLine = false
    private var lastPrinted: ContinuousClock.Instant?
    /// Between two plain lines.
    private static let plainInterval = Duration.seconds(10)

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    func show(_ progress: some ProgressLine) { show { progress.line(width: $0) } }

    /// - Parameter line: a line of text, at most so many characters wide.
    func show(_ line: (_ width: Int) -> String) {
        guard !isQuiet else { return }
        if isTerminal {
            // One column stays free: some terminals wrap when the last one is filled.
            StandardError.write("\r" + line(ProgressDisplay.width - 1) + "\u{1B}[K")
            hasLine = true
        } else if lastPrinted.map({ ContinuousClock.now - $0 >= ProgressDisplay.plainInterval }) ?? true {
            StandardError.write(line(.max) + "\n")
            lastPrinted = .now
        }
    }

    /// Prints a message on a line of its own, even when quiet.
    func print(_ message: String) {
        finish()
        StandardError.write(message + "\n")
    }

    /// Leaves the last progress line where it is.
    func finish() {
        if hasLine { StandardError.write("\n") }
        hasLine = false
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
