internal import Dispatch
package import Environments
internal import Synchronization

/// Evaluates designs on several threads; the results are those of one thread.
package struct ParallelEvaluation: Sendable {
    let evaluator: any TrialEvaluator
    /// Designs evaluated at the same time, as far as there are cores.
    let threads: Int
    /// No further design is begun after that long, so that what was found can be saved and shown.
    let timeSlice: Duration

    package init(evaluator: any TrialEvaluator, threads: Int, timeSlice: Duration) {
        self.evaluator = evaluator
        self.threads = threads
        self.timeSlice = timeSlice
    }

    /// The outcomes of the first designs of a list: of as many as could be begun within the time slice, at least one,
    /// unless a stop is requested.
    ///
    /// Designs are begun in order and each that was begun is finished, so that the outcomes have no gap.
    /// - Throws: The error of the first design that failed, when none before it has succeeded; otherwise the error
    ///   comes with the next call, which begins at that design.
    package func outcomes(of designs: [[Int?]], stop: StopSignal) throws -> [Outcome] {
        let results = Mutex([Result<Outcome, any Error>?](repeating: nil, count: designs.count))
        let next = Atomic(0)
        let hasFailed = Atomic(false)
        let deadline = ContinuousClock.now + timeSlice
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, designs.count))) { _ in
            while !stop.isRequested, !hasFailed.load(ordering: .relaxed) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < designs.count else { return }
                let result = Result { try evaluator.outcome(of: designs[index]) }
                if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
                results.withLock { $0[index] = result }
                if ContinuousClock.now >= deadline { return }
            }
        }
        let finished = results.withLock { $0.prefix { $0 != nil } }
        var outcomes: [Outcome] = []
        for case .some(let result) in finished {
            switch result {
            case .success(let outcome): outcomes.append(outcome)
            case .failure(let error):
                guard outcomes.isEmpty else { return outcomes }
                throw error
            }
        }
        return outcomes
    }
}
