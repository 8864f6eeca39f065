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
    /// Items are begun in order and each that was begun is finished; the results end before the first that wasn't begun.
    /// - Throws: The error of the first item that failed, when none before it has succeeded; otherwise the error
    ///   comes with the next call, which begins at that item.
    package func results<Item: Sendable, Value: Sendable>(
        of items: [Item], stop: StopSignal, _ body: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let hasFailed = Atomic(false)
        let deadline = ContinuousClock.now + timeSlice
        let results = spreadResults(
            count: items.count, threads: min(threads, ProcessInfo.processInfo.activeProcessorCount)
        ) { index -> Result<Value, any Error>? in
            guard !stop.isRequested, !hasFailed.load(ordering: .relaxed), index == 0 || ContinuousClock.now < deadline
            else { return nil }
            let result = Result { try body(items[index]) }
            if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
            return result
        }
        var values: [Value] = []
        for result in results {
            switch result {
            // Not begun; what a thread was quicker to begin after it is done again with the next call.
            case nil: return values
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
