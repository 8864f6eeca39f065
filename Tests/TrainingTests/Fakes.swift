import Accelerators
import Agents
import Diagnostics
import Environments
import Foundation
import RandomNumbers
import Synchronization
import Tensors
import Testing
import Training

/// A search space of three parameters with eight choices each, whose outcomes are written down below.
struct FakeEvaluator: TrialEvaluator {
    var baselineObjective = 1.0
    var baselineArea = 100.0
    /// Is called before each evaluation with its number, from 1 on, in this process.
    var beforeEvaluation: @Sendable (Int) throws -> Void = { _ in }
    var outcomeOf: @Sendable ([Int?]) -> Outcome = FakeEvaluator.outcome
    let counter = Counter()

    var baselineDesign: Design { FakeEvaluator.design(batch: 64) }

    func baselineOutcome() throws -> Outcome {
        Outcome(
            objective: baselineObjective, reward: log(baselineObjective), infeasibility: nil, areaMM2: baselineArea,
            tdpWatts: 200, workloads: [])
    }

    func design(of decisions: [Int?]) throws -> Design {
        FakeEvaluator.design(batch: 1 << (decisions[0] ?? 0))
    }

    func outcome(of decisions: [Int?]) throws -> Outcome {
        try beforeEvaluation(counter.next())
        return outcomeOf(decisions)
    }

    /// Infeasible where the choices add up to 14 or more; else best at (5, 6, 2).
    static func outcome(of decisions: [Int?]) -> Outcome {
        let (a, b, c) = (Double(decisions[0] ?? 0), Double(decisions[1] ?? 0), Double(decisions[2] ?? 0))
        guard a + b + c < 14 else {
            return Outcome(
                objective: nil, reward: -9 - a / 10,
                infeasibility: Infeasibility(reason: .area, excess: (a + b + c) / 13),
                areaMM2: 13 * (a + b + c), tdpWatts: 100, workloads: [])
        }
        let objective = 4 / (1 + (pow(a - 5, 2) + pow(b - 6, 2) + pow(c - 2, 2)) / 7)
        return Outcome(
            objective: objective, reward: log(objective), infeasibility: nil, areaMM2: 13 * (a + b + c),
            tdpWatts: 100 / 3,
            workloads: [
                WorkloadMetrics(
                    workload: "fake", inferencesPerSecond: 1000 * objective, latencySeconds: 1 / (7 + a),
                    energyJoules: 0.1 + b, utilization: 1 / (1 + c), objectiveRatio: objective)
            ])
    }

    static func design(batch: Int) -> Design {
        Design(
            datapath: Datapath(
                peGrid: Extent2D(x: 2, y: 2), array: Extent2D(x: 128, y: 128), vectorMultiplier: 8,
                l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 32, outputKiB: 32), globalMemoryMiB: 32,
                dram: .gddr6(channels: 8)),
            batch: batch,
            compiler: CompilerOptions(fusion: .regions, padding: .array, softmax: .twoPass, dataflow: .best))
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
}

/// An agent whose every proposal depends on all that it was told, and on the order: a slip in what is told shows.
struct FakeAgent: Agent {
    let seed: UInt64
    let batchSize: Int
    private var weights = Tensor.zeros([3, 8])
    private var episodes = 0
    private var proposals: [[Int?]] = []
    /// Is called when told, with the number of episodes before.
    var beforeTell: @Sendable (Int) throws -> Void = { _ in }

    init(seed: UInt64 = 7, batchSize: Int = 5) {
        self.seed = seed
        self.batchSize = batchSize
    }

    mutating func ask() throws -> [[Int?]] {
        proposals = (0..<batchSize).map { lane in
            (0..<3).map { parameter in
                let scores = (0..<8).map { choice in
                    let key = seed &+ UInt64(((episodes + lane) * 3 + parameter) * 8 + choice)
                    return Double(weights[parameter, choice]) + Double(FakeAgent.hash(key) >> 11) * 0x1p-53 * 3
                }
                // The last parameter doesn't apply to the first choice of the first.
                return parameter == 2 && episodes % 11 == 0 ? nil : scores.indices.max { scores[$0] < scores[$1] }
            }
        }
        return proposals
    }

    mutating func tell(_ outcomes: [Outcome]) throws -> [AgentMetric] {
        try beforeTell(episodes)
        #expect(outcomes.count == proposals.count)
        for (position, (proposal, outcome)) in zip(proposals, outcomes).enumerated() {
            for (parameter, choice) in proposal.enumerated() {
                guard let choice else { continue }
                weights[parameter, choice] =
                    weights[parameter, choice] * 0.9 + Float(outcome.reward) / Float(position + 2)
            }
        }
        episodes += outcomes.count
        proposals = []
        return [AgentMetric(name: "norm", value: Double(weights.values.reduce(0) { $0 + $1 * $1 }))]
    }

    var state: AgentState {
        AgentState(tensors: [("weights", weights)], counters: [("episodes", episodes)])
    }

    mutating func restore(_ state: AgentState) throws {
        weights = try #require(state.tensors.first { $0.name == "weights" }).tensor
        episodes = try #require(state.counters.first { $0.name == "episodes" }).value
    }

    /// SplitMix64's output function.
    private static func hash(_ key: UInt64) -> UInt64 {
        var z = key &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

func configuration(trials: Int, seed: UInt64 = 7, threads: Int = 1) -> RunConfiguration {
    RunConfiguration(
        seed: seed, trials: trials, threads: threads,
        documents: [.init(role: "problem", name: "fake", text: "name: fake\nworkloads: [fake]\n")])
}

struct Crash: Error {}

/// Starts a run, or goes on with it.
@discardableResult
func session(
    _ path: String, trials: Int, threads: Int = 1, evaluator: FakeEvaluator = FakeEvaluator(),
    agent: FakeAgent = FakeAgent(), checkpointInterval: Int = 1, stop: StopSignal = StopSignal(),
    report: (TrainingProgress) -> Void = { _ in }, warn: @escaping (String) -> Void = { Issue.record("warning: \($0)") }
) throws -> TrainingSummary {
    let folder =
        FileManager.default.fileExists(atPath: path + "/configuration.yaml")
        ? try RunFolder(resuming: path)
        : try RunFolder.create(at: path, configuration: configuration(trials: trials, threads: threads))
    var trainer = try Trainer(
        folder: folder, evaluator: evaluator, agent: agent, trials: trials, threads: threads,
        options: Trainer.Options(checkpointInterval: checkpointInterval, timeSlice: .zero), warn: warn)
    return try trainer.run(stop: stop, report: report)
}

/// What two equal runs have in common.
struct RunContent: Equatable {
    var trials: [Trial]
    var designs: [String]
    var metrics: [String]
    var newestCheckpoint: [UInt8]
    var newestCheckpointName: String

    init(_ path: String) throws {
        let folder = try RunFolder(reading: path)
        let store = try TrialStore(opening: folder.trialsPath)
        trials = try store.trials()
        designs = try trials.map { try store.designText(ofTrial: $0.index) }
        metrics = try store.metrics().map { "\($0.trial) \($0.metric.name) \($0.metric.value.bitPattern)" }
        let checkpoints = CheckpointFolder(folder.checkpointsPath)
        newestCheckpointName = checkpoints.file(trials: try #require(try checkpoints.trials().last))
        newestCheckpoint = [UInt8](try Data(contentsOf: URL(fileURLWithPath: newestCheckpointName)))
        newestCheckpointName = (newestCheckpointName as NSString).lastPathComponent
    }
}
