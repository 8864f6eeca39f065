/// One instance of HiGHS with the model that it solves.
///
/// HiGHS keeps its workers in thread-local storage, and up to 1.15 destroying an instance ends the workers of the thread that
/// does so (ERGO-Code/HiGHS#3141). An instance must therefore be destroyed where it ran, while no other runs there: as a local
/// variable of a synchronous function, which nothing else can hold, it is. Instances of different threads don't meet.
struct HighsModel: ~Copyable {
    private let library: HighsLibrary
    private let handle: HighsLibrary.Model

    init(_ library: HighsLibrary) throws(MILPError) {
        guard let handle = library.create() else {
            throw MILPError(.solverFailed, "HiGHS couldn't create a model", at: library.path)
        }
        self.library = library
        self.handle = handle
    }

    deinit { library.destroy(handle) }

    func set(_ option: String, to value: Bool) throws(MILPError) {
        try check(library.setBool(handle, option, value ? 1 : 0), "option \(option) = \(value)")
    }

    func set(_ option: String, to value: Int) throws(MILPError) {
        try check(library.setInt(handle, option, Int32(clamping: value)), "option \(option) = \(value)")
    }

    func set(_ option: String, to value: Double) throws(MILPError) {
        try check(library.setDouble(handle, option, value), "option \(option) = \(value)")
    }

    func set(_ option: String, to value: String) throws(MILPError) {
        try check(library.setString(handle, option, value), "option \(option) = \(value)")
    }

    /// Hands over a program, its objective multiplied by a factor; with a factor of 0, any feasible assignment is optimal.
    func pass(_ program: MixedIntegerProgram, objectiveFactor: Double) throws(MILPError) {
        let (rowwise, minimise): (Int32, Int32) = (2, 1)
        let status = library.passMip(
            handle, Int32(program.variableCount), Int32(program.constraintCount), Int32(program.termVariables.count),
            rowwise, minimise, program.objectiveOffset * objectiveFactor,
            program.objective.map { $0 * objectiveFactor },
            program.lowerBounds, program.upperBounds, program.constraintLowerBounds, program.constraintUpperBounds,
            program.termStarts, program.termVariables, program.termCoefficients,
            program.isInteger.map { $0 ? 1 : 0 })
        try check(status, "the model")
    }

    func readModel(from path: String) throws(MILPError) {
        try check(library.readModel(handle, path), "the model of \(path)")
    }

    /// Gives a first assignment to improve on; HiGHS ignores one that breaks the constraints.
    func start(from values: [Double]) throws(MILPError) {
        try check(library.setSolution(handle, values, nil, nil, nil), "the initial solution")
    }

    func run() throws(MILPError) -> Outcome {
        try check(library.run(handle), "the run")
        guard let outcome = Outcome(rawValue: library.modelStatus(handle)) else {
            throw MILPError(
                .solverFailed,
                "expected HiGHS to solve or to run out of time, found model status \(library.modelStatus(handle))",
                at: library.path)
        }
        return outcome
    }

    /// How a run ended: the model statuses of HiGHS that a model without its own limits can end with.
    enum Outcome: Int32 {
        case empty = 6
        case optimal = 7
        case infeasible = 8
        case unboundedOrInfeasible = 9
        case unbounded = 10
        case timeLimit = 13
        case iterationLimit = 14
        case unknown = 15
    }

    /// The assignment found, if it keeps the constraints.
    var feasibleValues: [Double]? {
        var status: Int32 = 0
        guard library.intInfo(handle, "primal_solution_status", &status) >= 0, status == 2 else { return nil }
        var values = [Double](repeating: 0, count: Int(library.columnCount(handle)))
        guard library.solution(handle, &values, nil, nil, nil) >= 0 else { return nil }
        return values
    }

    /// What HiGHS says of the objective, as multiplied.
    var objective: Double { info("objective_function_value") }

    /// What HiGHS says no assignment goes below, as multiplied; meant for models with integer variables.
    var bound: Double { info("mip_dual_bound") }

    var variableCount: Int { Int(library.columnCount(handle)) }
    var constraintCount: Int { Int(library.rowCount(handle)) }

    private func info(_ name: String) -> Double {
        var value = 0.0
        return library.doubleInfo(handle, name, &value) >= 0 ? value : .nan
    }

    /// HiGHS answers 0 for fine, 1 for a warning, e.g. that time ran out, and -1 for an error.
    private func check(_ status: Int32, _ what: String) throws(MILPError) {
        guard status >= 0 else {
            throw MILPError(.solverFailed, "expected HiGHS \(library.version) to accept \(what), found that it didn't")
        }
    }
}
