internal import Glibc

/// A value that one thread at a time may use.
///
/// What `Synchronization.Mutex` is, on a lock of POSIX threads: on Linux, `Mutex` takes for a thread's number the one that it had when it
/// first locked anything, which is the parent's in a child of fork. There it traps as soon as two threads meet, and Python's
/// multiprocessing forks.
package struct Locked<Value>: ~Copyable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    package init(_ initial: sending Value) {
        value.initialize(to: initial)
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "A lock of POSIX threads can be made.")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// Waits until no other thread uses the value.
    ///
    /// - Precondition: the calling thread isn't using it already.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }

    /// Nil where a thread uses the value.
    package func withLockIfAvailable<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result? {
        guard pthread_mutex_trylock(mutex) == 0 else { return nil }
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}

extension Locked: @unchecked Sendable where Value: Sendable {}
