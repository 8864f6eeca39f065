/// Solves mixed-integer programs with HiGHS.
///
///     var solver = try HighsSolver()
///     solver.options.timeLimitSeconds = 10
///     let solution = try solver.solve(program, startingFrom: greedy)
///
/// With one thread the same program, options and start give the same solution, as long as time doesn't run out. A solver may be
/// used from several threads at once; each call works on its own and keeps its thread busy until it is done.
public struct HighsSolver: Sendable {
    public struct Options: Hashable, Sendable {
        /// After how many seconds of wall-clock time to stop, approximately.
        public var timeLimitSeconds: Double = .infinity
        /// How much better, as a part of the objective, a still better assignment may be when the search stops: 0 asks for the best.
        public var relativeGap = 0.0
        public var threads = 1
        /// Whether HiGHS's log on standard output is left out.
        public var isQuiet = true

        public init() {}
    }

    public let library: HighsLibrary
    public var options: Options

    /// A solver with the library that `HighsLibrary.standard` finds.
    public init(options: Options = Options()) throws(MILPError) {
        self.init(library: try HighsLibrary.standard, options: options)
    }

    public init(library: HighsLibrary, options: Options = Options()) {
        self.library = library
        self.options = options
    }

    /// Finds the assignment with the smallest objective.
    ///
    /// HiGHS keeps constraints to 1e-6, absolutely; choose units that make that negligible. It takes objectives for equal that
    /// differ by less than 1e-9 of the largest objective coefficient, for which the objective is scaled by a power of 2: its unit
    /// doesn't matter.
    ///
    /// - Parameters:
    ///   - start: an assignment to improve on. If it keeps the constraints, the solution is at least as good, up to rounding.
    /// - Throws: what `validate()` throws; `badOption` and `badStart`; `solverFailed`.
    public func solve(
        _ program: MixedIntegerProgram, startingFrom start: [Double]? = nil
    ) throws(MILPError) -> MixedIntegerSolution {
        let begin = ContinuousClock.now
        try checkOptions()
        try program.validate()
        if let start { try Self.check(start, fits: program) }

        // HiGHS takes a model without variables for empty, whatever its constraints say.
        guard program.variableCount > 0 else { return Self.solutionWithoutVariables(program) }

        let largest = program.objective.reduce(0) { max($0, abs($1)) }
        let factor = largest > 0 ? Double(sign: .plus, exponent: 9 - largest.exponent, significand: 1) : 1
        let model = try HighsModel(library)
        try configure(model, timeLimitSeconds: options.timeLimitSeconds)
        try model.pass(program, objectiveFactor: factor)
        if let start { try model.start(from: start) }
        let outcome = try model.run()

        var solution = MixedIntegerSolution(status: .unsolved, bestBound: -.infinity, seconds: 0)
        switch outcome {
        case .infeasible: solution.status = .infeasible
        case .unbounded, .unboundedOrInfeasible:
            let left = options.timeLimitSeconds - (ContinuousClock.now - begin).inSeconds
            solution.status = try statusOfUnboundedRelaxation(of: program, timeLimitSeconds: max(0, left))
        case .empty, .optimal, .timeLimit, .iterationLimit, .unknown:
            let isProven = outcome == .optimal
            if let values = model.feasibleValues {
                solution = Self.solution(program, values, isProven: isProven)
            } else if isProven {
                throw MILPError(.solverFailed, "expected HiGHS \(library.version) to show the optimum it found")
            }
            // Of a program without integer variables HiGHS tells no bound.
            let bound = program.isInteger.contains(true) ? model.bound / factor : -.infinity
            if !isProven || options.relativeGap > 0, bound > -.infinity {
                solution.bestBound = min(bound, solution.objective ?? .infinity)
            }
        }
        if solution.status == .infeasible { solution.bestBound = .infinity }
        if let start { solution = Self.better(solution, start: start, of: program) }
        solution.seconds = (ContinuousClock.now - begin).inSeconds
        return solution
    }

    /// What HiGHS makes of an MPS file, objective and bound in HiGHS's words: the other half of `writeMPS(to:)`'s tests.
    package func solve(mpsFile path: String) throws(MILPError) -> MixedIntegerSolution {
        let begin = ContinuousClock.now
        let model = try HighsModel(library)
        try configure(model, timeLimitSeconds: options.timeLimitSeconds)
        try model.readModel(from: path)
        let outcome = try model.run()
        let status: MixedIntegerSolution.Status =
            switch outcome {
            case .optimal, .empty: .optimal
            case .infeasible: .infeasible
            case .unbounded: .unbounded
            case .unboundedOrInfeasible, .timeLimit, .iterationLimit, .unknown: .unsolved
            }
        return MixedIntegerSolution(
            status: status, objective: status == .optimal ? model.objective : nil, bestBound: model.bound,
            values: model.feasibleValues ?? [], seconds: (ContinuousClock.now - begin).inSeconds)
    }

    private func configure(_ model: borrowing HighsModel, timeLimitSeconds: Double) throws(MILPError) {
        try model.set("output_flag", to: !options.isQuiet)
        try model.set("threads", to: options.threads)
        if options.threads == 1 { try model.set("parallel", to: "off") }
        try model.set("time_limit", to: timeLimitSeconds)
        // At the default of 1e-6 an answer that breaks a capacity by rounding may pass, and a better one be missed.
        try model.set("mip_feasibility_tolerance", to: 1e-9)
        try model.set("primal_feasibility_tolerance", to: 1e-9)
        try model.set("mip_rel_gap", to: options.relativeGap)
        // By default a difference of 1e-6 would end the search, whatever the objective's unit.
        try model.set("mip_abs_gap", to: 0.0)
    }

    /// Whether a program whose relaxation is unbounded or infeasible is the one or the other: with integer variables as without,
    /// it is unbounded if anything keeps its constraints.
    private func statusOfUnboundedRelaxation(
        of program: MixedIntegerProgram, timeLimitSeconds: Double
    ) throws(MILPError) -> MixedIntegerSolution.Status {
        let model = try HighsModel(library)
        try configure(model, timeLimitSeconds: timeLimitSeconds)
        try model.pass(program, objectiveFactor: 0)
        return switch try model.run() {
        case .optimal, .empty: .unbounded
        case .infeasible: .infeasible
        case .unbounded, .unboundedOrInfeasible, .timeLimit, .iterationLimit, .unknown: .unsolved
        }
    }

    private static func solutionWithoutVariables(_ program: MixedIntegerProgram) -> MixedIntegerSolution {
        program.largestViolation(of: []) == 0
            ? solution(program, [], isProven: true)
            : MixedIntegerSolution(status: .infeasible, bestBound: .infinity, seconds: 0)
    }

    private static func solution(
        _ program: MixedIntegerProgram, _ values: [Double], isProven: Bool
    ) -> MixedIntegerSolution {
        let values = zip(values, program.isInteger).map { $1 ? $0.rounded() : $0 }
        let objective = program.objective(of: values)
        return MixedIntegerSolution(
            status: isProven ? .optimal : .feasible, objective: objective,
            bestBound: isProven ? objective : -.infinity, values: values,
            largestViolation: program.largestViolation(of: values), seconds: 0)
    }

    /// The start instead of a solution that is worse or denies that there is one: whatever else such a solution claims of
    /// the start isn't to be relied on either.
    package static func better(
        _ solution: MixedIntegerSolution, start: [Double], of program: MixedIntegerProgram
    ) -> MixedIntegerSolution {
        guard solution.status != .unbounded, program.largestViolation(of: start) <= 1e-6 else { return solution }
        var fallback = Self.solution(program, start, isProven: false)
        guard let found = fallback.objective else { return solution }
        if let objective = solution.objective {
            // Of an optimum, only more than rounding is a contradiction.
            let largest = program.objective.reduce(abs(found)) { max($0, abs($1)) }
            let tolerance = solution.status == .optimal ? 1e-6 * largest : 0
            guard found < objective - tolerance else { return solution }
        }
        if solution.bestBound <= found { fallback.bestBound = solution.bestBound }
        return fallback
    }

    private func checkOptions() throws(MILPError) {
        guard options.timeLimitSeconds >= 0 else {
            throw MILPError(
                .badOption, "expected a time limit of at least 0 seconds, found \(options.timeLimitSeconds)")
        }
        guard options.relativeGap >= 0 else {
            throw MILPError(.badOption, "expected a relative gap of at least 0, found \(options.relativeGap)")
        }
        guard (1...1024).contains(options.threads) else {
            throw MILPError(.badOption, "expected 1 to 1024 threads, found \(options.threads)")
        }
    }

    private static func check(_ start: [Double], fits program: MixedIntegerProgram) throws(MILPError) {
        guard start.count == program.variableCount else {
            throw MILPError(
                .badStart,
                "expected an initial value for each of \(program.variableCount) variables, found \(start.count)")
        }
        guard start.allSatisfy(\.isFinite) else {
            throw MILPError(.badStart, "expected finite initial values, found one that isn't")
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
