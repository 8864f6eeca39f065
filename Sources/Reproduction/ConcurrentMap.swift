internal import Dispatch
internal import Synchronization
internal import Training

/// The results of a function over a list, in its order, worked out on several threads; nil where a stop was requested before the end.
///
/// - Throws: the error of the first element that failed.
func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int, stop: StopSignal, _ body: @Sendable (Element) throws -> Result
) throws -> [Result]? {
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: elements.count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, elements.count))) { _ in
        while !stop.isRequested {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < elements.count else { return }
            let result = Swift.Result { try body(elements[index]) }
            results.withLock { $0[index] = result }
        }
    }
    let found = results.withLock { $0 }
    var values: [Result] = []
    for result in found {
        guard let result else { return nil }
        values.append(try result.get())
    }
    return values
}
