// The names are those of fast.h, which the compiler compares.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFastHeader
internal import Environments

private func withEnvironment(_ handle: fast_environment, _ body: (any EnvironmentHandle) throws -> Void) -> fast_status
{
    call { try body(HandleTable.shared.object(handle, as: "an environment")) }
}

/// Boxes an environment whose type is only known now.
private func box(
    _ environment: some ExportedEnvironment, kind: EnvironmentKind, problem: ProblemHandle
) -> any EnvironmentHandle {
    EnvironmentBox(environment, kind: kind, problem: problem)
}

@c @implementation
public func fast_environment_open(
    _ problem: fast_problem, _ kind: Int32, _ options: UnsafePointer<CChar>?,
    _ handle: UnsafeMutablePointer<fast_environment>?
) -> fast_status {
    call {
        let handle = try handle.required("handle")
        let problem: ProblemHandle = try HandleTable.shared.object(problem, as: ProblemHandle.kind)
        let kind = try EnvironmentKind(code: kind)
        let options = try options.map { try text($0, "options") }
        let environment = try problem.occupancy.within { try kind.environment(of: problem, options: options) }
        handle.pointee = HandleTable.shared.insert(box(environment, kind: kind, problem: problem))
    }
}

@c @implementation
public func fast_environment_copy(
    _ environment: fast_environment, _ handle: UnsafeMutablePointer<fast_environment>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try handle.required("handle").pointee = HandleTable.shared.insert(environment.copy())
    }
}

@c @implementation
public func fast_environment_close(_ environment: fast_environment) -> fast_status {
    call { try HandleTable.shared.remove(environment, (any EnvironmentHandle).self, as: "an environment") }
}

@c @implementation
public func fast_environment_describe(
    _ environment: fast_environment, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(json: environment.description)
    }
}

@c @implementation
public func fast_environment_reset(
    _ environment: fast_environment, _ has_seed: Int32, _ seed: UInt64,
    _ transition: UnsafeMutablePointer<fast_transition>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try environment.reset(seed: has_seed == 0 ? nil : seed, into: transition.required("transition"))
    }
}

@c @implementation
public func fast_environment_step(
    _ environment: fast_environment, _ action: UnsafePointer<Int64>?, _ action_count: Int,
    _ transition: UnsafeMutablePointer<fast_transition>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try environment.step(
            action.required("action"), count: action_count, into: transition.required("transition"))
    }
}

/// Writes what came of a design to the caller's buffers.
func write(
    _ result: (outcome: Outcome, decisions: [Int?]), to outcome: UnsafeMutablePointer<fast_outcome>?,
    metrics: UnsafeMutablePointer<fast_workload_metrics>?, metricCount: Int,
    decisions: UnsafeMutablePointer<Int64>?, decisionCount: Int, problem: ProblemHandle
) throws {
    let buffer = try OutcomeBuffer(
        outcome, metrics: metrics, metricCount: metricCount, workloads: problem.evaluator.problem.workloads.count)
    if decisions != nil { try requireCount(decisionCount, result.decisions.count, "decision_count") }
    buffer.write(result.outcome)
    if let decisions { write(result.decisions, to: decisions) }
}

@c @implementation
public func fast_environment_outcome(
    _ environment: fast_environment, _ outcome: UnsafeMutablePointer<fast_outcome>?,
    _ metrics: UnsafeMutablePointer<fast_workload_metrics>?, _ metric_count: Int,
    _ decisions: UnsafeMutablePointer<Int64>?, _ decision_count: Int
) -> fast_status {
    withEnvironment(environment) { environment in
        try write(
            environment.result(), to: outcome, metrics: metrics, metricCount: metric_count, decisions: decisions,
            decisionCount: decision_count, problem: environment.problem)
    }
}

@c @implementation
public func fast_environment_info(
    _ environment: fast_environment, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(environment.infoText())
    }
}

@c @implementation
public func fast_environment_chip(
    _ environment: fast_environment, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(environment.chipText())
    }
}

@c @implementation
public func fast_environment_snapshot(
    _ environment: fast_environment, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withEnvironment(environment) { environment in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(environment.snapshotText())
    }
}

@c @implementation
public func fast_environment_restore(
    _ environment: fast_environment, _ snapshot: UnsafePointer<CChar>?
) -> fast_status {
    withEnvironment(environment) { environment in try environment.restore(text(snapshot, "snapshot")) }
}
