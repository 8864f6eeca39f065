// The names are those of fast.h, which the compiler compares.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFastHeader
internal import Accelerators
internal import Configuration
internal import Diagnostics
internal import Environments
internal import Simulation

/// The problem of a handle; the body runs inside of it.
private func within(_ handle: fast_problem, _ body: (ProblemHandle) throws -> Void) -> fast_status {
    call {
        let problem: ProblemHandle = try HandleTable.shared.object(handle, as: ProblemHandle.kind)
        try problem.occupancy.within { try body(problem) }
    }
}

@c @implementation
public func fast_problem_open(
    _ problem: UnsafePointer<CChar>?, _ home: UnsafePointer<CChar>?, _ handle: UnsafeMutablePointer<fast_problem>?
) -> fast_status {
    call {
        let handle = try handle.required("handle")
        let files = InstalledFiles(home: try home.map { try text($0, "home") })
        handle.pointee = HandleTable.shared.insert(try ProblemHandle(text(problem, "problem"), files: files))
    }
}

@c @implementation
public func fast_problem_close(_ problem: fast_problem) -> fast_status {
    call { try HandleTable.shared.remove(problem, ProblemHandle.self, as: ProblemHandle.kind) }
}

@c @implementation
public func fast_problem_names(
    _ home: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    call {
        let files = InstalledFiles(home: try home.map { try text($0, "home") })
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(json: Problem.names(in: files))
    }
}

@c @implementation
public func fast_problem_describe(
    _ problem: fast_problem, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    within(problem) { problem in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(json: ProblemDescription(problem))
    }
}

@c @implementation
public func fast_problem_sample(
    _ problem: fast_problem, _ seed: UInt64, _ index: UInt32, _ withinBudget: Int32,
    _ decisions: UnsafeMutablePointer<Int64>?, _ decision_count: Int
) -> fast_status {
    within(problem) { problem in
        let space = problem.evaluator.problem.searchSpace
        let decisions = try decisions.required("decisions")
        try requireCount(decision_count, space.parameters.count, "decision_count")
        var stream = RandomStream(seed: seed, episode: Int(index), purpose: .action)
        guard withinBudget != 0 else { return write(space.randomDecisions(using: &stream), to: decisions) }
        var episode = problem.evaluator.episode()
        episode.completeRandomly(using: &stream)
        write(episode.decisions, to: decisions)
    }
}

@c @implementation
public func fast_problem_evaluate(
    _ problem: fast_problem, _ decisions: UnsafePointer<Int64>?, _ decision_count: Int, _ count: Int, _ threads: Int32,
    _ outcomes: UnsafeMutablePointer<fast_outcome>?, _ metrics: UnsafeMutablePointer<fast_workload_metrics>?,
    _ metric_count: Int
) -> fast_status {
    within(problem) { problem in
        let evaluator = problem.evaluator
        let decisions = try decisions.required("decisions")
        try requireCount(decision_count, evaluator.problem.searchSpace.parameters.count, "decision_count")
        guard count >= 0, (1...1024).contains(threads) else {
            throw InterfaceError.badArgument(
                "expected a count of at least 0 and from 1 to 1024 threads, found \(count) and \(threads)")
        }
        guard count > 0 else { return }
        let buffer = try OutcomeBuffer(
            outcomes, metrics: metrics, metricCount: metric_count, workloads: evaluator.problem.workloads.count)
        let rows = try (0..<count).map { row in
            do {
                return try evaluator.decisions(decisions + row * decision_count)
            } catch var error as DiagnosticError where count > 1 {
                error.message = "row \(row): \(error.message)"
                throw error
            }
        }
        for (row, outcome) in try evaluator.outcomes(of: rows, threads: Int(threads)).enumerated() {
            buffer.write(outcome, at: row)
        }
    }
}

/// A design's outcome, and what it does on each workload.
private struct DesignEvaluation: Encodable {
    var design: Design
    var decisions: [Int?]?
    var outcome: Outcome
    /// Empty where a workload cannot run on the design.
    var evaluations: [Evaluation]
}

@c @implementation
public func fast_problem_evaluate_design(
    _ problem: fast_problem, _ design: UnsafePointer<CChar>?, _ with_regions: Int32,
    _ outcome: UnsafeMutablePointer<fast_outcome>?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    within(problem) { problem in
        let evaluator = problem.evaluator
        let target = try OutcomeBuffer(outcome, metrics: nil, metricCount: 0, workloads: 0)
        let design = try problem.design(text(design, "design"))
        let result = try evaluator.outcome(of: design)
        target.write(result)
        let evaluations: [Evaluation]
        do {
            evaluations = try evaluator.evaluations(of: design, detail: with_regions == 0 ? .totals : .regions)
        } catch is UnmappableWorkload {
            evaluations = []
        }
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(
            json: DesignEvaluation(
                design: design, decisions: evaluator.problem.searchSpace.decisions(of: design), outcome: result,
                evaluations: evaluations))
    }
}

@c @implementation
public func fast_problem_design(
    _ problem: fast_problem, _ decisions: UnsafePointer<Int64>?, _ decision_count: Int,
    _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    within(problem) { problem in
        let space = problem.evaluator.problem.searchSpace
        let row = try decisions.required("decisions")
        try requireCount(decision_count, space.parameters.count, "decision_count")
        let design = try space.design(from: problem.evaluator.decisions(row))
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(json: design)
    }
}
