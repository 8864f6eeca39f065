public import Accelerators
public import Simulation
internal import Parallelism

extension ProblemEvaluator {
    /// What comes of each row of decisions, in the rows' order, whatever the number of threads.
    ///
    /// - Throws: The error of the first row that has one.
    public func outcomes(of rows: [[Int?]], threads: Int) throws -> [Outcome] {
        try spreadResults(count: rows.count, threads: threads) { index in
            Result { try outcome(of: rows[index]) }
        }.map { try $0.get() }
    }

    /// What each of the problem's workloads does on a design, whether or not that keeps to the constraints.
    ///
    /// - Throws: `UnmappableWorkload` where one cannot run on the design.
    public func evaluations(of design: Design, detail: Evaluation.Detail) throws -> [Evaluation] {
        try problem.workloads.map { try simulator.evaluate(workload: $0.name, on: design, detail: detail) }
    }
}
