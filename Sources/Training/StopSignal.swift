internal import Synchronization

/// A request to stop that one thread makes and others see, e.g. after Ctrl-C.
public final class StopSignal: Sendable {
    private let isRequestedFlag = Atomic(false)

    public init() {}

    /// Whether somebody asked to stop.
    public var isRequested: Bool { isRequestedFlag.load(ordering: .acquiring) }

    public func request() {
        isRequestedFlag.store(true, ordering: .releasing)
    }
}
