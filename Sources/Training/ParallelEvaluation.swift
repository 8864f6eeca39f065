package import Environments

/// Evaluates designs on several threads; the results are those of one thread.
package struct ParallelEvaluation: Sendable {
    let evaluator: any TrialEvaluator
    private let parallelism: OrderedParallelism

    /// Designs evaluated at the same time, as far as there are cores.
    var threads: Int { parallelism.threads }

    /// - Parameter timeSlice: No further design is begun after that long.
    package init(evaluator: any TrialEvaluator, threads: Int, timeSlice: Duration) {
        self.evaluator = evaluator
        parallelism = OrderedParallelism(threads: threads, timeSlice: timeSlice)
    }

    /// The outcomes of the first designs of a list, as `OrderedParallelism.results(of:stop:_:)` gives them.
    package func outcomes(of designs: [[Int?]], stop: StopSignal) throws -> [Outcome] {
        try parallelism.results(of: designs, stop: stop) { try evaluator.outcome(of: $0) }
    }
}
