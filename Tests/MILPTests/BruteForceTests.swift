import Foundation
import MILP
import Synchronization
import Testing

@Suite struct BruteForceTests {
    /// Equal up to what the solver's tolerances allow, whatever the objective's unit.
    static func agree(_ a: Double, _ b: Double, in program: MixedIntegerProgram) -> Bool {
        let unit = program.objective.reduce(abs(program.objectiveOffset)) { max($0, abs($1)) }
        return abs(a - b) <= 1e-6 * max(unit, abs(b))
    }

    @Test(arguments: RandomProgram.allCases)
    func highsFindsTheOptimumOfSmallPrograms(_ kind: RandomProgram) throws {
        let solver = try HighsSolver()
        var counts: [MixedIntegerSolution.Status: Int] = [:]
        for seed in 0..<1_000 {
            let program = RandomProgram.make(kind, seed: seed)
            let solution = try solver.solve(program)
            counts[solution.status, default: 0] += 1
            switch bruteForce(program) {
            case .infeasible: #expect(solution.status == .infeasible, "seed \(seed)")
            case .unbounded: #expect(solution.status == .unbounded, "seed \(seed)")
            case .optimal(let best):
                #expect(solution.status == .optimal, "seed \(seed)")
                let objective = try #require(solution.objective, "seed \(seed)")
                #expect(Self.agree(objective, best, in: program), "seed \(seed): \(objective), not \(best)")
                #expect(program.objective(of: solution.values) == objective)
                #expect(program.largestViolation(of: solution.values) <= 1e-6, "seed \(seed)")
                #expect(solution.bestBound == objective)
                #expect(solution.relativeGap == 0)
            }
        }
        #expect(counts[.optimal, default: 0] > 200)
        if kind == .general {
            #expect(counts[.infeasible, default: 0] > 30)
            #expect(counts[.unbounded, default: 0] > 30)
        }
    }

    @Test(arguments: RandomProgram.allCases)
    func highsReadsWhatWasWritten(_ kind: RandomProgram) throws {
        let solver = try HighsSolver()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("fast-\(UUID()).mps")
        defer { try? FileManager.default.removeItem(at: file) }
        for seed in 10_000..<10_300 {
            let program = RandomProgram.make(kind, seed: seed)
            try program.mps().write(to: file, atomically: false, encoding: .utf8)
            let solution = try solver.solve(mpsFile: file.path)
            switch bruteForce(program) {
            case .infeasible: #expect([.infeasible, .unsolved].contains(solution.status), "seed \(seed)")
            case .unbounded: #expect([.unbounded, .unsolved].contains(solution.status), "seed \(seed)")
            case .optimal(let best):
                // HiGHS's own settings end within 1e-6 of the best, which of tiny units is everything.
                guard program.objective.contains(where: { abs($0) > 0.1 }) else { continue }
                let objective = try #require(solution.objective, "seed \(seed)")
                #expect(Self.agree(objective, best, in: program), "seed \(seed): \(objective), not \(best)")
            }
        }
    }

    @Test func threadsDoNotMeet() throws {
        let programs = (0..<60).map { RandomProgram.make(RandomProgram.allCases[$0 % 3], seed: 777 + $0) }
        let solver = try HighsSolver()
        let expected = try programs.map { try Self.solveIgnoringTime(solver, $0) }
        // Threads, because tasks would run on no more of them than the machine has cores.
        let done = DispatchGroup()
        let faults = Mutex<[String]>([])
        for number in 0..<8 {
            done.enter()
            Thread.detachNewThread {
                defer { done.leave() }
                for (index, (program, expected)) in zip(programs, expected).enumerated() {
                    // HiGHS keeps workers for each thread of ours; their number changes from solve to solve.
                    var own = solver
                    own.options.threads = number < 6 ? 1 : 1 + index % 2
                    let found = Result { try Self.solveIgnoringTime(own, program) }
                    let isRight =
                        switch found {
                        // Two threads may find another of several optima.
                        case .success(let solution):
                            own.options.threads == 1 ? solution == expected : solution.status == expected.status
                        case .failure: false
                        }
                    if !isRight { faults.withLock { $0.append("\(index): \(found), not \(expected)") } }
                }
            }
        }
        #expect(done.wait(timeout: .now() + 120) == .success)
        #expect(faults.withLock { $0 } == [])
    }

    static func solveIgnoringTime(
        _ solver: HighsSolver, _ program: MixedIntegerProgram
    ) throws -> MixedIntegerSolution {
        var solution = try solver.solve(program)
        solution.seconds = 0
        return solution
    }
}
