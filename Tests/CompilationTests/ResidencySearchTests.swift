import Accelerators
import Compilation
import Foundation
import MILP
import Scheduling
import Testing
import Workloads

/// The residency solvers against all subsets of small problems, and against each other on networks.
@Suite struct ResidencySearchTests {
    private static func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
        abs(a - b) <= tolerance * max(abs(a), abs(b))
    }

    // MARK: - Small problems

    @Test(arguments: 0..<400)
    func findsTheBestSubset(seed: Int) {
        let problem = RandomResidency.problem(seed: seed)
        let best = RandomResidency.bestCycles(problem)
        let residency = ResidencySearch().solve(problem)
        RandomResidency.check(residency, of: problem)
        #expect(residency.objectiveCycles >= best * (1 - 1e-12))
        #expect(residency.lowerBoundCycles <= best * (1 + 1e-12))
        #expect(residency.objectiveCycles <= RandomResidency.cycles(problem, keeping: []) * (1 + 1e-12))
        if residency.isProvenOptimal { #expect(Self.isClose(residency.objectiveCycles, best)) }
        #expect(residency.objectiveCycles <= best * 1.02)
    }

    @Test func provesMostSmallProblems() {
        let residencies = (0..<400).map { ResidencySearch().solve(RandomResidency.problem(seed: $0)) }
        #expect(residencies.count(where: \.isProvenOptimal) >= 350)
    }

    /// Whether there is a residency below a limit, against all subsets.
    @Test(arguments: 0..<400)
    func findsWhatIsBelowALimit(seed: Int) throws {
        let problem = RandomResidency.problem(seed: seed)
        let best = RandomResidency.bestCycles(problem)
        #expect(ResidencySearch().solve(problem, below: best * (1 - 1e-12)) == nil)
        let limit = best * 1.02 + 1e-6
        let residency = try #require(ResidencySearch().solve(problem, below: limit))
        RandomResidency.check(residency, of: problem)
        #expect(residency.objectiveCycles < limit)
        #expect(residency.lowerBoundCycles <= best * (1 + 1e-12))
    }

    /// So little work that the search hardly begins: bounds must hold all the same.
    @Test(arguments: 0..<200)
    func boundsHoldWithLittleWork(seed: Int) {
        let problem = RandomResidency.problem(seed: seed)
        let residency = ResidencySearch(work: 1).solve(problem)
        RandomResidency.check(residency, of: problem)
        #expect(residency.lowerBoundCycles <= RandomResidency.bestCycles(problem) * (1 + 1e-12))
    }

    /// More tensors alive at once, and more weights a region, than the search decides about exactly.
    @Test(arguments: 0..<60)
    func boundsHoldWithManyTensorsAtOnce(seed: Int) {
        let problem = RandomResidency.problem(seed: seed, regions: 4, activations: 11, weights: 5, isCrowded: true)
        let best = RandomResidency.bestCycles(problem)
        let residency = ResidencySearch().solve(problem)
        RandomResidency.check(residency, of: problem)
        #expect(residency.lowerBoundCycles <= best * (1 + 1e-12))
        #expect(residency.objectiveCycles >= best * (1 - 1e-12))
        #expect(residency.objectiveCycles <= best * 1.1)
    }

    @Test(arguments: 0..<60)
    func highsFindsTheBestSubset(seed: Int) throws {
        let problem = RandomResidency.problem(seed: seed)
        let best = RandomResidency.bestCycles(problem)
        var milp = try MILPResidency(timeLimitSeconds: 20)
        for startsFromSearch in [false, true] {
            milp.startsFromSearch = startsFromSearch
            let residency = milp.solve(problem)
            RandomResidency.check(residency, of: problem)
            #expect(residency.isProvenOptimal && residency.warning == nil)
            #expect(Self.isClose(residency.objectiveCycles, best, 1e-7))
        }
    }

    @Test func withoutRoomNothingIsKept() {
        let problem = RandomResidency.problem(seed: 3)
        let residency = ResidencySearch().solve(
            ResidencyProblem(problem.schedules, on: problem.view, capacityBytes: 0, candidates: problem.candidates))
        #expect(residency.kept.isEmpty && residency.isProvenOptimal)
        let nothing = ResidencyProblem(problem.schedules, on: problem.view, capacityBytes: 0, candidates: [])
        #expect(ResidencySearch().solve(nothing).isProvenOptimal)
        let empty = ResidencyProblem([], on: problem.view, capacityBytes: 0, candidates: [])
        #expect(ResidencySearch().solve(empty).objectiveCycles == 0)
    }

    @Test func whereEverythingFitsAllThatSavesIsKept() {
        for seed in 0..<50 {
            let random = RandomResidency.problem(seed: seed)
            let problem = ResidencyProblem(
                random.schedules, on: random.view, capacityBytes: 1 << 40, candidates: random.candidates)
            let residency = ResidencySearch().solve(problem)
            #expect(residency.isProvenOptimal)
            let saving = problem.candidates.indices.filter { index in
                problem.candidates[index].uses.contains { use in
                    let movement = problem.schedules[use.region].movements[use.movement]
                    return movement.bytes > 0 || movement.exposedBytes > 0
                }
            }
            // What saves neither time nor traffic may be left out.
            let kept = Set(residency.kept)
            #expect(kept.isSubset(of: saving))
            let left = Set(saving).subtracting(kept)
            for index in left {
                #expect(
                    problem.candidates[index].uses.allSatisfy {
                        problem.schedules[$0.region].movements[$0.movement].bytes == 0
                    })
            }
            #expect(
                Self.isClose(residency.objectiveCycles, RandomResidency.cycles(problem, keeping: saving)))
        }
    }

    // MARK: - Networks

    static let networks = Samples.zoo.flatMap { name in [2, 16, 128].map { (name, $0) } }

    private static func problem(_ name: String, globalMemoryMiB: Int) throws -> ResidencyProblem {
        try Samples.compile(name, fusion: .residency, batch: 4, globalMemoryMiB: globalMemoryMiB).residencyProblem
    }

    @Test(arguments: networks)
    func agreesWithHighs(name: String, globalMemoryMiB: Int) throws {
        let problem = try Self.problem(name, globalMemoryMiB: globalMemoryMiB)
        let ours = ResidencySearch().solve(problem)
        let milp = try MILPResidency(timeLimitSeconds: 5).solve(problem)
        RandomResidency.check(ours, of: problem)
        RandomResidency.check(milp, of: problem)
        #expect(milp.objectiveCycles <= ours.objectiveCycles)
        #expect(ours.lowerBoundCycles <= milp.objectiveCycles * (1 + 1e-9))
        #expect(milp.lowerBoundCycles <= ours.objectiveCycles * (1 + 1e-9))
        if milp.isProvenOptimal { #expect(ours.objectiveCycles <= milp.objectiveCycles * 1.001) }
        #expect(milp.isProvenOptimal == (milp.warning == nil))
    }

    @Test(arguments: Samples.zoo)
    func isAFunctionOfTheProblem(name: String) throws {
        let problem = try Self.problem(name, globalMemoryMiB: 8)
        #expect(ResidencySearch().solve(problem) == ResidencySearch().solve(problem))
    }

    @Test func timeOutGivesTheBestKnownWithItsGap() throws {
        let problem = try Self.problem("efficientnet-b7", globalMemoryMiB: 16)
        var milp = try MILPResidency(timeLimitSeconds: 0)
        milp.startsFromSearch = false
        let residency = milp.solve(problem)
        RandomResidency.check(residency, of: problem)
        #expect(!residency.isProvenOptimal && residency.gap > 0)
        #expect(residency.warning?.contains("time limit") == true)
        #expect(residency.lowerBoundCycles > 0)
    }

    /// The MPS file is the same problem: its optimum is the best residency's time.
    @Test(arguments: ["efficientnet-b0", "resnet-50-v2", "bert-base-128"])
    func mpsFileHasTheSameOptimum(name: String) throws {
        let problem = try Self.problem(name, globalMemoryMiB: 4)
        let unitsPerCycle = 1.0 / 700
        let file = TemporaryFile()
        try problem.program(unitsPerCycle: unitsPerCycle).mps().write(
            toFile: file.path, atomically: true, encoding: .utf8)
        let solver = try HighsSolver()
        let read = try solver.solve(mpsFile: file.path)
        let ours = ResidencySearch().solve(problem)
        let objective = try #require(read.objective)
        #expect(read.status == .optimal)
        #expect(ours.lowerBoundCycles * unitsPerCycle <= objective * (1 + 1e-6))
        #expect(ours.objectiveCycles * unitsPerCycle <= objective * 1.001)
        #expect(ours.objectiveCycles * unitsPerCycle >= objective * (1 - 1e-4))
    }
}
