internal import CFastHeader
internal import Glibc
internal import Synchronization

/// Counts the calls inside of a handle, so that a child of fork knows which handles it must leave alone: a thread that was inside
/// when the process forked doesn't exist in the child, but the locks that it held do.
final class Occupancy: Sendable {
    private let inside = Atomic(0)
    private let isAbandoned = Atomic(false)

    /// Does something inside of the handle.
    func within<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isAbandoned.load(ordering: .relaxed) else { throw InterfaceError.forked }
        inside.add(1, ordering: .relaxed)
        defer { inside.subtract(1, ordering: .relaxed) }
        return try body()
    }

    /// Called in the child, where nothing else runs.
    func noteFork() {
        if inside.load(ordering: .relaxed) > 0 { isAbandoned.store(true, ordering: .relaxed) }
    }
}

/// A lock that can be held across a fork.
final class ForkSafeLock: Sendable {
    nonisolated(unsafe) private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
}
