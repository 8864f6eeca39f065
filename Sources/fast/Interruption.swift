import Dispatch
import Foundation
import Training

/// Turns Ctrl-C, and a polite request to end, into a stop signal. The second one ends the process at once.
final class Interruption {
    /// The exit code after Ctrl-C.
    static let exitCode: Int32 = 130

    let stop = StopSignal()
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The source sees the signal only when its default action is off.
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [stop] in
                if stop.isRequested { _exit(Interruption.exitCode) }
                stop.request()
                StandardError.write("\nstopping: the designs under way are finished and saved; again to stop at once\n")
            }
            source.resume()
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
