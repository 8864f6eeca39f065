// The names are those of fast.h, which the compiler compares.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFastHeader

private func withVector(_ handle: fast_vector, _ body: (any VectorHandle) throws -> Void) -> fast_status {
    call { try body(HandleTable.shared.object(handle, as: "a vector")) }
}

/// Boxes a vector whose environment's type is only known now.
private func box(
    _ environment: some ExportedEnvironment, count: Int, threads: Int, kind: EnvironmentKind, problem: ProblemHandle
) -> any VectorHandle {
    VectorBox(environment, count: count, threads: threads, kind: kind, problem: problem)
}

@c @implementation
public func fast_vector_open(
    _ problem: fast_problem, _ kind: Int32, _ options: UnsafePointer<CChar>?, _ count: Int, _ threads: Int32,
    _ handle: UnsafeMutablePointer<fast_vector>?
) -> fast_status {
    call {
        let handle = try handle.required("handle")
        let problem: ProblemHandle = try HandleTable.shared.object(problem, as: ProblemHandle.kind)
        guard (1...1 << 20).contains(count), (1...1024).contains(threads) else {
            throw InterfaceError.badArgument(
                "expected from 1 to \(1 << 20) environments and from 1 to 1024 threads, found \(count) and \(threads)")
        }
        let kind = try EnvironmentKind(code: kind)
        let options = try options.map { try text($0, "options") }
        let environment = try problem.occupancy.within { try kind.environment(of: problem, options: options) }
        handle.pointee = HandleTable.shared.insert(
            box(environment, count: count, threads: Int(threads), kind: kind, problem: problem))
    }
}

@c @implementation
public func fast_vector_close(_ vector: fast_vector) -> fast_status {
    call { try HandleTable.shared.remove(vector, (any VectorHandle).self, as: "a vector") }
}

@c @implementation
public func fast_vector_describe(
    _ vector: fast_vector, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withVector(vector) { vector in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(json: vector.description)
    }
}

@c @implementation
public func fast_vector_reset(
    _ vector: fast_vector, _ has_seed: Int32, _ seed: UInt64,
    _ transition: UnsafeMutablePointer<fast_vector_transition>?
) -> fast_status {
    withVector(vector) { vector in
        try vector.reset(seed: has_seed == 0 ? nil : seed, into: transition.required("transition"))
    }
}

@c @implementation
public func fast_vector_step(
    _ vector: fast_vector, _ actions: UnsafePointer<Int64>?, _ action_count: Int,
    _ transition: UnsafeMutablePointer<fast_vector_transition>?
) -> fast_status {
    withVector(vector) { vector in
        try vector.step(
            actions.required("actions"), count: action_count, into: transition.required("transition"))
    }
}

@c @implementation
public func fast_vector_outcome(
    _ vector: fast_vector, _ environment: Int, _ outcome: UnsafeMutablePointer<fast_outcome>?,
    _ metrics: UnsafeMutablePointer<fast_workload_metrics>?, _ metric_count: Int,
    _ decisions: UnsafeMutablePointer<Int64>?, _ decision_count: Int
) -> fast_status {
    withVector(vector) { vector in
        try write(
            vector.result(of: environment), to: outcome, metrics: metrics, metricCount: metric_count,
            decisions: decisions, decisionCount: decision_count, problem: vector.problem)
    }
}

@c @implementation
public func fast_vector_final_info(
    _ vector: fast_vector, _ environment: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    withVector(vector) { vector in
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(vector.finalInfoText(of: environment))
    }
}
