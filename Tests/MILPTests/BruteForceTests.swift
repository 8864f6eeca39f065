import Foundation
import MILP
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

    @Test func threadsDoNotMeet() async throws {
        let programs = (0..<60).map { RandomProgram.make(RandomProgram.allCases[$0 % 3], seed: 777 + $0) }
        let solver = try HighsSolver()
        let expected = try programs.map { program in
            var solution = try solver.solve(program)
            solution.seconds = 0
            return solution
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<24 {
                group.addTask {
                    var own = try HighsSolver()
                    for (program, expected) in zip(programs, expected) {
                        own.options.threads = 1 + task % 2
                        var solution = try own.solve(program)
                        solution.seconds = 0
                        if own.options.threads == 1 {
                            #expect(solution == expected)
                        } else {
                            #expect(solution.status == expected.status)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
