internal import Glibc
internal import Synchronization

/// Runs `body` once for each number of 0 ..< count, on the calling thread and up to `threads` − 1 others; returns when all are
/// done.
///
/// Numbers are handed out one at a time, so that long pieces of work don't wait for one another. The threads live as long as the
/// call: a thread costs some 20 µs, and a process that was forked (as Python's multiprocessing does) can go on calling, which
/// the worker pool of Dispatch doesn't survive. Where the system gives no thread, the calling one does all.
package func spreadWork(count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    let others = min(threads, count) - 1
    guard others > 0 else {
        for index in 0..<max(0, count) { body(index) }
        return
    }
    withoutActuallyEscaping(body) { SpreadWork(count: count, $0).run(withOthers: others) }
}

/// What `body` makes of each number of 0 ..< count, in the order of the numbers; see `spreadWork`.
///
/// - Parameter work: How long each number's work is expected to take, in any unit: the longest is begun first, so that threads
///   end at about the same time (Graham, "Bounds on Multiprocessing Timing Anomalies", 1969). By default in order.
package func spreadResults<Value: Sendable>(
    count: Int, threads: Int, work: ((Int) -> Double)? = nil, _ body: @Sendable (Int) -> Value
) -> [Value] {
    let order = work.map { work in
        let works = (0..<count).map(work)
        return works.indices.sorted { (works[$0], $1) > (works[$1], $0) }
    }
    let results = Locked([Value?](repeating: nil, count: count))
    spreadWork(count: count, threads: threads) { position in
        let index = order?[position] ?? position
        let value = body(index)
        results.withLock { $0[index] = value }
    }
    return results.withLock { $0 }.map { value in
        guard let value else { preconditionFailure("Every number is handed out.") }
        return value
    }
}

/// The work that threads share out.
private final class SpreadWork: Sendable {
    private let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic(0)

    init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
    }

    /// Works on the calling thread and on others, as far as the system gives them, until all is done.
    func run(withOthers others: Int) {
        var handles: [pthread_t] = []
        for _ in 0..<others {
            var handle = pthread_t()
            // Not retained: the threads end before this call does.
            let status = pthread_create(
                &handle, nil,
                { context in
                    if let context { Unmanaged<SpreadWork>.fromOpaque(context).takeUnretainedValue().run() }
                    return nil
                }, Unmanaged.passUnretained(self).toOpaque())
            guard status == 0 else { break }
            handles.append(handle)
        }
        run()
        for handle in handles { pthread_join(handle, nil) }
    }

    private func run() {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
        }
    }
}
