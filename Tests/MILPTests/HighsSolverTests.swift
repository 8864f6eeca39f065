import Diagnostics
import MILP
import RandomNumbers
import TestSupport
import Testing

@Suite struct HighsSolverTests {
    /// The market split problem of Cornuéjols and Dawande, which branch and bound takes ages for: as equations, or to come as close
    /// to them as can be.
    static func marketSplit(exact: Bool) -> MixedIntegerProgram {
        var random = SplitMix64(seed: 5)
        var program = MixedIntegerProgram(name: "market split")
        let shops = (0..<50).map { program.addBinary("shop \($0)") }
        for product in 0..<6 {
            let sales = shops.map { _ in Double(random.number(0...99)) }
            var terms = Array(zip(shops, sales))
            if !exact {
                terms.append((program.addVariable("over \(product)", objective: 1), -1))
                terms.append((program.addVariable("under \(product)", objective: 1), 1))
            }
            program.addConstraint("product \(product)", terms, equalTo: (sales.reduce(0, +) / 2).rounded(.down))
        }
        return program
    }

    @Test func anExampleIsSolved() throws {
        var program = MixedIntegerProgram(name: "knapsack", objectiveOffset: 0.5)
        let tea = program.addBinary("tea", objective: -10)
        let pots = program.addVariable("pots", lower: 0, upper: 3, objective: -6, isInteger: true)
        program.addConstraint("weight", [(tea, 4), (pots, 3)], upper: 10)
        let solution = try HighsSolver().solve(program)
        #expect(solution.status == .optimal)
        #expect(solution.objective == -21.5)
        #expect(solution.values == [1, 2])
        #expect(solution.seconds > 0 && solution.seconds < 10)
    }

    @Test func emptyProgramsAreSolved() throws {
        var program = MixedIntegerProgram(objectiveOffset: 3)
        #expect(try HighsSolver().solve(program).objective == 3)
        program.addConstraint("nothing", [], upper: -1)
        #expect(try HighsSolver().solve(program).status == .infeasible)
        var free = MixedIntegerProgram()
        free.addVariable("x", lower: -2, objective: 1)
        #expect(try HighsSolver().solve(free).objective == -2)
    }

    @Test func linearProgramsHaveNoGap() throws {
        var program = MixedIntegerProgram()
        let x = program.addVariable("x", objective: -1)
        let y = program.addVariable("y", objective: -1)
        program.addConstraint("a", [(x, 1), (y, 2)], upper: 4)
        program.addConstraint("b", [(x, 3), (y, 1)], lower: 1, upper: 6)
        var solver = try HighsSolver()
        solver.options.relativeGap = 0.01
        let solution = try solver.solve(program)
        #expect(solution.status == .optimal)
        #expect(abs(try #require(solution.objective) + 2.8) < 1e-9)
        #expect(solution.relativeGap == 0)
    }

    @Test func tinyAndHugeUnitsFindTheSameAssignment() throws {
        let costs = [7.0, 7.000001, 9, 12, 3, 11, 5]
        for unit in [1e-15, 1e-6, 1, 1e12] {
            var program = MixedIntegerProgram()
            let items = costs.enumerated().map { program.addBinary("i\($0.offset)", objective: -$0.element * unit) }
            program.addConstraint("one", items.prefix(2).map { ($0, 1) }, upper: 1)
            program.addConstraint("three", items.map { ($0, 1) }, upper: 3)
            let solution = try HighsSolver().solve(program)
            #expect(solution.values == [0, 0, 1, 1, 0, 1, 0], "unit \(unit)")
            program.addConstraint("some", [(items[2], 1), (items[3], 1), (items[5], 1)], upper: 0)
            #expect(try HighsSolver().solve(program).values == [0, 1, 0, 0, 1, 0, 1], "unit \(unit)")
        }
    }

    @Test func infeasibleAndUnboundedAreToldApart() throws {
        var program = MixedIntegerProgram()
        let x = program.addVariable("x", lower: -.infinity, objective: 1, isInteger: true)
        let y = program.addVariable("y", lower: -.infinity)
        program.addConstraint("difference", [(x, 2), (y, -2)], equalTo: 0)
        let unbounded = try HighsSolver().solve(program)
        #expect(unbounded.status == .unbounded)
        #expect(unbounded.objective == nil && unbounded.values.isEmpty && unbounded.bestBound == -.infinity)
        // The relaxation stays unbounded, but no whole numbers are left: 2x − 2z is never 1.
        let z = program.addVariable("z", lower: -.infinity, isInteger: true)
        program.addConstraint("parity", [(x, 2), (z, -2)], equalTo: 1)
        let infeasible = try HighsSolver().solve(program)
        #expect(infeasible.status == .infeasible)
        #expect(infeasible.bestBound == .infinity && infeasible.relativeGap == nil)
    }

    @Test func timeRunsOutWithAnAssignmentAndABound() throws {
        let program = Self.marketSplit(exact: false)
        var solver = try HighsSolver()
        solver.options.timeLimitSeconds = 1
        let solution = try solver.solve(program)
        #expect(solution.status == .feasible)
        let objective = try #require(solution.objective)
        #expect(program.largestViolation(of: solution.values) <= 1e-6)
        #expect(solution.bestBound >= 0 && solution.bestBound < objective)
        #expect(try #require(solution.relativeGap) > 0)
        #expect(solution.seconds < 5)
    }

    @Test func timeRunsOutWithNothing() throws {
        var solver = try HighsSolver()
        solver.options.timeLimitSeconds = 0.5
        let solution = try solver.solve(Self.marketSplit(exact: true))
        #expect(solution.status == .unsolved)
        #expect(solution.objective == nil && solution.values.isEmpty)
    }

    @Test func aGapEndsTheSearchEarlier() throws {
        var random = SplitMix64(seed: 3)
        var program = MixedIntegerProgram()
        let items = (0..<60).map { program.addBinary("i\($0)", objective: -Double(random.number(50...150))) }
        for row in 0..<5 {
            program.addConstraint("r\(row)", items.map { ($0, Double(random.number(20...200))) }, upper: 1_500)
        }
        var solver = try HighsSolver()
        solver.options.relativeGap = 0.2
        let loose = try solver.solve(program)
        #expect(loose.status == .optimal)
        #expect(try #require(loose.relativeGap) <= 0.2)
        solver.options.relativeGap = 0
        let tight = try solver.solve(program)
        #expect(try #require(tight.objective) <= (try #require(loose.objective)))
        #expect(loose.bestBound <= (try #require(tight.objective)) + 1e-6)
    }

    @Test func aStartIsNeverLost() throws {
        let program = Self.marketSplit(exact: false)
        // Every shop to one side, and the excess of each product.
        var start = [Double](repeating: 0, count: program.variableCount)
        for row in 0..<program.constraintCount { start[51 + 2 * row] = program.constraintUpperBounds[row] }
        #expect(program.largestViolation(of: start) == 0)
        var solver = try HighsSolver()
        solver.options.timeLimitSeconds = 0
        let kept = try solver.solve(program, startingFrom: start)
        #expect(kept.status == .feasible)
        #expect(try #require(kept.objective) <= program.objective(of: start))
        solver.options.timeLimitSeconds = 0.5
        let improved = try solver.solve(program, startingFrom: start)
        #expect(try #require(improved.objective) < program.objective(of: start))
    }

    @Test func anInfeasibleStartIsIgnored() throws {
        let program = RandomProgram.make(.knapsack, seed: 4)
        let all = [Double](repeating: 1, count: program.variableCount)
        #expect(program.largestViolation(of: all) > 1)
        var (with, without) = (
            try HighsSolver().solve(program, startingFrom: all), try HighsSolver().solve(program)
        )
        (with.seconds, without.seconds) = (0, 0)
        #expect(with.objective == without.objective && with.status == .optimal)
    }

    @Test func aSolutionThatTheStartContradictsIsNotBelieved() {
        var program = MixedIntegerProgram()
        program.addBinary("x", objective: -4)
        let infeasible = MixedIntegerSolution(status: .infeasible, bestBound: .infinity, seconds: 1)
        let kept = HighsSolver.better(infeasible, start: [1], of: program)
        #expect(kept.status == .feasible && kept.objective == -4 && kept.bestBound == -.infinity)
        let worse = MixedIntegerSolution(status: .optimal, objective: 0, bestBound: 0, values: [0], seconds: 1)
        let better = HighsSolver.better(worse, start: [1], of: program)
        #expect(better.status == .feasible && better.values == [1] && better.bestBound == -.infinity)
        #expect(HighsSolver.better(worse, start: [2], of: program) == worse)
    }

    @Test func optionsAndStartsAreChecked() throws {
        let program = RandomProgram.make(.knapsack, seed: 1)
        func code(_ change: (inout HighsSolver) -> Void, start: [Double]? = nil) throws -> MILPError.Code {
            var solver = try HighsSolver()
            change(&solver)
            return try #require(throws: MILPError.self) { try solver.solve(program, startingFrom: start) }.code
        }
        #expect(try code { $0.options.timeLimitSeconds = -1 } == .badOption)
        #expect(try code { $0.options.timeLimitSeconds = .nan } == .badOption)
        #expect(try code { $0.options.relativeGap = -0.1 } == .badOption)
        #expect(try code { $0.options.threads = 0 } == .badOption)
        #expect(try code({ _ in }, start: [1]) == .badStart)
        let nothing = [Double](repeating: .nan, count: program.variableCount)
        #expect(try code({ _ in }, start: nothing) == .badStart)
    }

    @Test func aFaultyProgramIsNotSolved() throws {
        var program = MixedIntegerProgram()
        program.addVariable("x", lower: 2, upper: 1)
        #expect(try #require(throws: MILPError.self) { try HighsSolver().solve(program) }.code == .boundsCrossed)
    }
}
