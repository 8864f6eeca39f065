import Accelerators
import Configuration
import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing
import Training

/// Enumerations on the real simulator, against plain loops.
@Suite struct GroundTruthTests {
    private static let files = Repository.files

    /// 288 designs, some over budget, some too slow.
    private static let text = """
        name: small
        workloads: [efficientnet-b0]
        constraints: {areaMM2: 150, tdpWatts: 100, latencySeconds: 0.004}
        searchSpace:
          peGridX: [2, 4, 16]
          peGridY: 4
          arrayX: [8, 16]
          arrayY: 32
          vectorMultiplier: 2
          l1Configuration: private
          l1InputKiB: [16, 64]
          l1WeightKiB: 16
          l1OutputKiB: 16
          l2Configuration: [disabled, shared]
          l2InputMultiplier: [2, 4]
          l2WeightMultiplier: 2
          l2OutputMultiplier: 2
          globalMemoryMiB: [8, 32]
          gddr6Channels: 2
          batch: [1, 8]
          fusion: [regions, residency]
          padding: array
          softmax: two-pass
          dataflow: best
          order: given
        """

    private static func evaluator(_ text: String = text) throws -> ProblemEvaluator {
        try ProblemEvaluator(Problem(yaml: text, file: "small.yaml"), files: files)
    }

    /// Every design of the space, by loops over what the file says.
    private static var designs: [Design] {
        var designs: [Design] = []
        let l2s: [L2Buffers?] =
            [nil]
            + [2, 4].map {
                L2Buffers(configuration: .shared, inputMultiplier: $0, weightMultiplier: 2, outputMultiplier: 2)
            }
        for peX in [2, 4, 16] {
            for arrayX in [8, 16] {
                for input in [16, 64] {
                    for l2 in l2s {
                        for memory in [8, 32] {
                            for batch in [1, 8] {
                                for fusion in [CompilerOptions.Fusion.regions, .residency] {
                                    let datapath = Datapath(
                                        peGrid: Extent2D(x: peX, y: 4), array: Extent2D(x: arrayX, y: 32),
                                        vectorMultiplier: 2,
                                        l1: L1Buffers(
                                            configuration: .private, inputKiB: input, weightKiB: 16, outputKiB: 16),
                                        l2: l2, globalMemoryMiB: memory, dram: .gddr6(channels: 2))
                                    designs.append(
                                        Design(
                                            datapath: datapath, batch: batch,
                                            compiler: CompilerOptions(
                                                fusion: fusion, padding: .array, softmax: .twoPass, dataflow: .best)))
                                }
                            }
                        }
                    }
                }
            }
        }
        return designs
    }

    private struct Row: Equatable {
        var index: UInt64
        var objective: UInt64
        var excess: UInt32
        var reason: UInt32
    }

    /// The rows of a table as its documentation describes them.
    private static func rows(_ path: String) throws -> [Row] {
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(data.count % 24 == 0)
        return stride(from: 0, to: data.count, by: 24).map { start in
            func word(_ offset: Int, _ count: Int) -> UInt64 {
                (0..<count).reduce(0) { $0 | UInt64(data[start + offset + $1]) << UInt64(8 * $1) }
            }
            return Row(
                index: word(0, 8), objective: word(8, 8), excess: UInt32(word(16, 4)), reason: UInt32(word(20, 4)))
        }
    }

    private static func enumerate(
        _ path: String, threads: Int = 2, stop: StopSignal = StopSignal(), timeSlice: Duration = .milliseconds(20),
        report: (EnumerationProgress) -> Void = { _ in }
    ) throws -> GroundTruth? {
        var enumeration = try Enumeration(of: evaluator(), in: path, threads: threads, timeSlice: timeSlice)
        return try enumeration.run(stop: stop, report: report)
    }

    @Test func itFindsWhatALoopFinds() throws {
        let folder = try TemporaryFolder()
        let truth = try #require(try Self.enumerate(folder.path))
        let evaluator = try Self.evaluator()
        let outcomes = try Self.designs.map { try evaluator.outcome(of: $0) }
        #expect(truth.designs == 288 && outcomes.count == 288)
        let over = outcomes.count { $0.infeasibility.map { $0.reason == .area || $0.reason == .tdp } ?? false }
        let slow = outcomes.count { $0.infeasibility?.reason == .latency }
        let objectives = outcomes.compactMap(\.objective).sorted()
        #expect(over > 0 && slow > 0 && objectives.count > 50)
        #expect(truth.overBudget == over && truth.evaluated == 288 - over)
        #expect(truth.infeasible == ["latency": slow] && truth.feasible == objectives.count)
        let best = try #require(outcomes.indices.max { outcomes[$0].reward < outcomes[$1].reward })
        let optimum = try #require(truth.optimum)
        #expect(optimum.objective == outcomes[best].objective && optimum.reward == outcomes[best].reward)
        #expect(optimum.design == Self.designs[best] && optimum.areaMM2 == outcomes[best].areaMM2)
        #expect(truth.optima == objectives.count { $0 == objectives.last })
        for near in truth.near {
            #expect(near.designs == objectives.count { $0 >= (1 - near.within) * optimum.objective })
        }
        for quantile in truth.quantiles {
            let atMost = objectives.count { $0 <= quantile.objective }
            #expect(Double(atMost) >= quantile.share * Double(objectives.count))
            #expect(Double(objectives.count { $0 < quantile.objective }) <= quantile.share * Double(objectives.count))
        }
        #expect(truth.histogram.counts.reduce(0, +) == objectives.count)
        #expect(truth.histogram.lowest == objectives.first && truth.histogram.highest == objectives.last)

        // The loops run in the order of the indices.
        let expected = outcomes.indices.filter { !Self.isOverBudget(outcomes[$0]) }.map { index in
            Row(
                index: UInt64(index), objective: (outcomes[index].objective ?? .nan).bitPattern,
                excess: Float(outcomes[index].infeasibility?.excess ?? 0).bitPattern,
                reason: outcomes[index].isFeasible ? 0 : 3)
        }
        #expect(try Self.rows(folder.path + "/outcomes.bin") == expected)
    }

    private static func isOverBudget(_ outcome: Outcome) -> Bool {
        outcome.infeasibility.map { $0.reason == .area || $0.reason == .tdp } ?? false
    }

    @Test func stopsAndThreadsChangeNothing() throws {
        let whole = try TemporaryFolder()
        let parts = try TemporaryFolder()
        let expected = try #require(try Self.enumerate(whole.path, threads: 1))
        var sessions = 0
        var found: GroundTruth?
        while found == nil {
            let stop = StopSignal()
            found = try Self.enumerate(parts.path, threads: 2, stop: stop, timeSlice: .zero) { _ in stop.request() }
            sessions += 1
            guard found == nil else { break }
            // What kill -9 in the middle of a write leaves, and a power cut.
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: parts.path + "/outcomes.bin"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(count: sessions % 2 == 0 ? 7 : 48))
            try handle.close()
        }
        #expect(sessions > 3)
        #expect(try Self.rows(parts.path + "/outcomes.bin") == Self.rows(whole.path + "/outcomes.bin"))
        var same = try #require(found)
        (same.seconds, same.threads) = (expected.seconds, expected.threads)
        #expect(same == expected)
        #expect(try GroundTruth(contentsOfFile: parts.path + "/ground-truth.json") == found)
        // A finished one is not made again.
        let stop = StopSignal()
        stop.request()
        #expect(try Self.enumerate(parts.path, stop: stop) == found)
    }

    @Test func whatDoesNotBelongThereIsRefused() throws {
        let folder = try TemporaryFolder()
        let stop = StopSignal()
        #expect(try Self.enumerate(folder.path, stop: stop, timeSlice: .zero) { _ in stop.request() } == nil)
        let other = try Self.evaluator(Self.text.replacing("batch: [1, 8]", with: "batch: [1, 4]"))
        let changed = DiagnosticError.thrown {
            _ = try Enumeration(of: other, in: folder.path, threads: 1)
        }
        #expect(changed?.kind == .configuration)

        // Another model: the first recorded objective is not what comes out.
        let table = folder.path + "/outcomes.bin"
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: table)))
        for row in stride(from: 0, to: bytes.count, by: 24) { bytes[row + 13] ^= 1 }
        try Data(bytes).write(to: URL(fileURLWithPath: table))
        let drift = DiagnosticError.thrown { _ = try Self.enumerate(folder.path) }
        #expect(drift?.kind == .configuration && drift?.description.contains("does not come out") == true)

        let stranger = try TemporaryFolder()
        try Data("x".utf8).write(to: URL(fileURLWithPath: stranger.path + "/thesis.tex"))
        let refusal = DiagnosticError.thrown { _ = try Self.enumerate(stranger.path) }
        #expect(refusal?.kind == .cannotCreate && refusal?.description.contains("thesis.tex") == true)
    }

    @Test func tooLargeSpacesAreRefusedWithWhatToDo() throws {
        let folder = try TemporaryFolder()
        for limit in [10, 287] {
            let error = DiagnosticError.thrown {
                _ = try Enumeration(
                    of: Self.evaluator(Self.text.replacing("150, tdpWatts: 100", with: "900, tdpWatts: 900")),
                    in: folder.path + "/new", threads: 2, limit: limit)
            }
            #expect(error?.kind == .usage && error?.description.contains("one of 288 designs") == true)
            #expect(error?.description.contains("searchSpace") == true)
        }
        let full = try ProblemEvaluator(Problem(named: "efficientnet-b0", in: Self.files), files: Self.files)
        let error = DiagnosticError.thrown {
            _ = try Enumeration(of: full, in: folder.path + "/new", threads: 2)
        }
        #expect(error?.kind == .usage && error?.description.contains("years") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
    }

    @Test func anOutdatedTruthIsNoticed() throws {
        let folder = try TemporaryFolder()
        let truth = try #require(try Self.enumerate(folder.path))
        let evaluator = try Self.evaluator()
        try truth.requireFresh(for: evaluator)
        var drifted = truth
        drifted.probes[9].objective = (drifted.probes[9].objective ?? 1) * 1.001
        let error = DiagnosticError.thrown { try drifted.requireFresh(for: evaluator) }
        #expect(error?.kind == .configuration && error?.description.contains("\(drifted.probes[9].index)") == true)
        let other = try Self.evaluator(Self.text.replacing("latencySeconds: 0.004", with: "latencySeconds: 0.005"))
        #expect(throws: DiagnosticError.self) { try truth.requireFresh(for: other) }
    }

    @Test func regretIsWhatIsMissing() throws {
        let folder = try TemporaryFolder()
        let truth = try #require(try Self.enumerate(folder.path))
        let optimum = try #require(truth.optimum)
        let evaluator = try Self.evaluator()
        var history: [Trial] = [Trial(index: 0, decisions: [], outcome: try evaluator.baselineOutcome())]
        for (position, design) in Self.designs.enumerated() {
            let decisions = try #require(evaluator.problem.searchSpace.decisions(of: design))
            history.append(
                Trial(index: position + 1, decisions: decisions, outcome: try evaluator.outcome(of: design)))
        }
        let curve = try RegretCurve(of: TrialHistory(history), against: truth)
        #expect(curve.points.count == 288 && curve.points.last?.regret == 0)
        #expect(curve.trialOfOptimum == optimum.index + 1)
        var best: Double?
        for (point, trial) in zip(curve.points, history.dropFirst()) {
            best = [best, trial.outcome.objective].compactMap { $0 }.max()
            #expect(point.best == best)
            if let best, let regret = point.regret {
                #expect(abs(exp(-regret) - best / optimum.objective) < 1e-12)
            } else {
                #expect(best == nil && point.regret == nil)
            }
        }
        #expect(curve.csvText.split(separator: "\n").count == 289)
        // What beats the optimum is not of this problem.
        history[3].outcome.objective = optimum.objective * 1.01
        history[3].outcome.infeasibility = nil
        #expect(throws: DiagnosticError.self) { try RegretCurve(of: TrialHistory(history), against: truth) }
    }
}

/// The ground truths that come with the project.
@Suite struct InstalledGroundTruthTests {
    private static let files = Repository.files

    static let names = files.names(in: "environments/ground-truth", extension: "json")

    @Test func thereAreAtLeastThree() { #expect(Self.names.count >= 3) }

    @Test(arguments: names)
    func eachIsOfItsProblemAndUpToDate(name: String) throws {
        let problem = try Problem(named: name, in: Self.files)
        let truth = try #require(try GroundTruth.installed(for: problem, in: Self.files))
        #expect((1e5...1e6).contains(Double(truth.designs)) && problem.searchSpace.size == Double(truth.designs))
        #expect(truth.overBudget + truth.evaluated == truth.designs)
        #expect(truth.infeasible.values.reduce(truth.feasible, +) == truth.evaluated)
        let evaluator = try ProblemEvaluator(problem, files: Self.files)
        try truth.requireFresh(for: evaluator)
        let optimum = try #require(truth.optimum)
        let outcome = try evaluator.outcome(of: optimum.design)
        #expect(abs((outcome.objective ?? 0) / optimum.objective - 1) < 1e-9)

        // Designs drawn anew: none is better, about half lie below the median, and budgets exclude the share that was counted.
        let median = try #require(truth.quantiles.first { $0.share == 0.5 }).objective
        var stream = RandomStream(seed: 2026, purpose: .checking)
        var (over, below, feasible, drawn) = (0, 0, 0, 0)
        while feasible < 150 {
            let outcome = try evaluator.outcome(of: problem.searchSpace.randomDecisions(using: &stream))
            drawn += 1
            if let reason = outcome.infeasibility?.reason, reason == .area || reason == .tdp { over += 1 }
            guard let objective = outcome.objective else { continue }
            feasible += 1
            #expect(objective <= optimum.objective * (1 + 1e-9))
            if objective <= median { below += 1 }
        }
        // Five standard deviations.
        #expect(abs(Double(below) - 75) < 5 * (150.0 * 0.25).squareRoot())
        let share = Double(truth.overBudget) / Double(truth.designs)
        #expect(abs(Double(over) / Double(drawn) - share) < 5 * (share * (1 - share) / Double(drawn)).squareRoot())
    }
}
