internal import Foundation
internal import Parallelism
internal import Synchronization

/// Works on the items of a list on several threads; the results are those of one thread.
package struct OrderedParallelism: Sendable {
    /// Items worked on at the same time, as far as there are cores.
    let threads: Int
    /// No further item is begun after that long, so that what was found can be saved and shown.
    let timeSlice: Duration

    /// - Parameter timeSlice: by default as long as it takes.
    package init(threads: Int, timeSlice: Duration = .seconds(1 << 31)) {
        self.threads = threads
        self.timeSlice = timeSlice
    }

    /// The results of the first items of a list: of as many as could be begun within the time slice, at least one,
    /// unless a stop is requested.
    ///
    /// Items are begun in order and each that was begun is finished, so that the results have no gap.
    /// - Throws: The error of the first item that failed, when none before it has succeeded; otherwise the error
    ///   comes with the next call, which begins at that item.
    package func results<Item: Sendable, Value: Sendable>(
        of items: [Item], stop: StopSignal, _ body: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let results = Locked([Result<Value, any Error>?](repeating: nil, count: items.count))
        let next = Atomic(0)
        let hasFailed = Atomic(false)
        let deadline = ContinuousClock.now + timeSlice
        let workers = min(threads, items.count, ProcessInfo.processInfo.activeProcessorCount)
        spreadWork(count: workers, threads: workers) { _ in
            while !stop.isRequested, !hasFailed.load(ordering: .relaxed) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < items.count else { return }
                let result = Result { try body(items[index]) }
                if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
                results.withLock { $0[index] = result }
                if ContinuousClock.now >= deadline { return }
            }
        }
        let finished = results.withLock { $0.prefix { $0 != nil } }
        var values: [Value] = []
        for case .some(let result) in finished {
            switch result {
            case .success(let value): values.append(value)
            case .failure(let error):
                guard values.isEmpty else { return values }
                throw error
            }
        }
        return values
    }

    /// The results of all items; nil where a stop was requested before the end.
    ///
    /// - Throws: the error of the first item that failed.
    package func allResults<Item: Sendable, Value: Sendable>(
        of items: [Item], stop: StopSignal, _ body: @Sendable (Item) throws -> Value
    ) throws -> [Value]? {
        var values: [Value] = []
        while values.count < items.count {
            let more = try results(of: Array(items[values.count...]), stop: stop, body)
            guard !more.isEmpty else { return nil }
            values += more
        }
        return values
    }
}
