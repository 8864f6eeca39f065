import Accelerators
import Diagnostics
import Environments
import Foundation
import ONNX
import Scheduling
import Simulation
import TestSupport
import Testing
import Workloads

/// Networks whose files fix the batch, and networks at other sizes of their inputs.
@Suite struct ProblemNetworksTests {
    /// A recogniser of text lines whose file says that the batch is 1, and a network whose file says 8.
    private static let ofBatch1 = fixture("crnn_32x320.ts17"), ofBatch8 = fixture("efficientnet_b0_batch8.dyn18")
    /// The batch of the baseline that problems have if they don't name one.
    private static let baselineBatch = 64

    private static func fixture(_ name: String) -> String {
        Repository.fixtures.appendingPathComponent("onnx/\(name).onnx").path
    }

    private static func evaluator(_ workloads: [Problem.WeightedWorkload], space: SearchSpace = .full) throws
        -> ProblemEvaluator
    {
        try ProblemEvaluator(
            Problem(name: "networks", workloads: workloads, searchSpace: space), files: Repository.files)
    }

    private static func simulator() throws -> Simulator {
        Simulator(hardware: HardwareModel(technology: try Technology(named: "7nm", in: Repository.files)))
    }

    /// A design that both networks run on.
    private static func design(batch: Int) throws -> Design {
        var design = try Design(named: "tpu-v3", in: Repository.files)
        design.batch = batch
        return design
    }

    @Test(arguments: [(ofBatch1, 1), (ofBatch8, 8)])
    func aBatchThatAllFilesFixIsNotSearched(path: String, batch: Int) throws {
        let evaluator = try Self.evaluator([.init(name: path)])
        #expect(evaluator.problem.searchSpace[.batch].codes == [batch])
        for name in ParameterName.allCases where name != .batch {
            #expect(evaluator.problem.searchSpace[name] == SearchSpace.full[name])
        }
        #expect(evaluator.baseline.batch == Self.baselineBatch)
        #expect(evaluator.baselineEvaluations[0].batch == batch)
        #expect(try evaluator.baselineOutcome().objective == 1)
        var episode = evaluator.episode()
        var stream = RandomStream(seed: 1, episode: 0, purpose: .action)
        episode.completeRandomly(using: &stream)
        #expect(try #require(episode.design).batch == batch)
        // As the simulator finds it on a design of the file's own batch.
        let alone = try Self.simulator().evaluate(
            ONNXImporter.network(at: path).workload, on: try Self.design(batch: batch))
        #expect(evaluator.baselineEvaluations[0].inferencesPerSecond == alone.inferencesPerSecond)
    }

    /// A symbolic batch axis may be given like any other.
    @Test func aBatchGivenAsDimensionIsFixed() throws {
        let path = Self.fixture("resnetv2_50_dynN.dyn18")
        #expect(try Self.evaluator([.init(name: path)]).problem.searchSpace == .full)
        let network = try ONNXImporter.network(at: path, options: ImportOptions(batch: 4))
        let evaluator = try Self.evaluator([.init(name: path, dimensions: ["N": 4])])
        #expect(evaluator.problem.searchSpace[.batch].codes == [4])
        #expect(evaluator.baselineEvaluations[0].batch == 4)
        #expect(network.workload.batch == 4 && !network.hasFixedBatch)
    }

    @Test func besideOtherWorkloadsAFixedBatchStays() throws {
        let evaluator = try Self.evaluator([.init(name: Self.ofBatch1), .init(name: "mobilenet-v2")])
        #expect(evaluator.problem.searchSpace == .full)
        #expect(evaluator.baselineEvaluations.map(\.batch) == [1, Self.baselineBatch])
        let (small, large) = (
            try evaluator.outcome(of: Self.design(batch: 2)), try evaluator.outcome(of: Self.design(batch: 32))
        )
        #expect(small.workloads[0] == large.workloads[0])
        #expect(small.workloads[1].inferencesPerSecond != large.workloads[1].inferencesPerSecond)
        #expect(small.workloads[0].objectiveRatio == 1)
    }

    @Test func filesOfSeveralBatchesGiveDesignsTheLargest() throws {
        let evaluator = try Self.evaluator([.init(name: Self.ofBatch1), .init(name: Self.ofBatch8)])
        #expect(evaluator.problem.searchSpace[.batch].codes == [8])
        #expect(evaluator.baselineEvaluations.map(\.batch) == [1, 8])
    }

    @Test func aSearchSpaceOfOtherBatchesIsRefused() throws {
        let workloads = [Problem.WeightedWorkload(name: Self.ofBatch1)]
        let error = try #require(throws: DiagnosticError.self) {
            try Self.evaluator(workloads, space: SearchSpace(replacing: [Parameter(.batch, codes: [4, 8])]))
        }
        #expect(error.kind == .configuration && error.location.field == "searchSpace.batch")
        #expect(error.message.contains("expected a batch among 4, 8, found files that fix it at 1"))
        let space = SearchSpace(replacing: [Parameter(.batch, codes: [1, 8])])
        #expect(try Self.evaluator(workloads, space: space).problem.searchSpace[.batch].codes == [1])
    }

    @Test func residencyOfAFileThatFixesTheBatch() throws {
        let evaluator = try Self.evaluator([.init(name: Self.ofBatch1)])
        for check in EnvironmentChecker(episodes: 1, probes: 2).checks(of: evaluator) {
            #expect(check.passed, "\(check.name): \(check.failure ?? "")")
        }
    }

    /// BERT at sequence 128 is a network of the zoo by itself.
    @Test func dimensionsAreTheNetworks() throws {
        let changed = try Self.evaluator([.init(name: "bert-base-1024", dimensions: ["sequence": 128])])
        let own = try Self.evaluator([.init(name: "bert-base-128")])
        let plain = try Self.evaluator([.init(name: "bert-base-1024")])
        let rates = [changed, own, plain].map { $0.baselineEvaluations[0].inferencesPerSecond }
        #expect(rates[0] == rates[1] && rates[0] != rates[2])
        // The embedding of positions has as many rows as the network by the name has.
        #expect(changed.workloadFeatures[0].rows == own.workloadFeatures[0].rows)
        let design = try Self.design(batch: 4)
        #expect(
            try changed.outcome(of: design).workloads[0].latencySeconds
                == own.outcome(of: design).workloads[0].latencySeconds)
    }

    @Test func anUnknownDimensionIsNamed() throws {
        let error = try #require(throws: DiagnosticError.self) {
            try Self.evaluator([.init(name: "bert-base-1024", dimensions: ["seq": 128])])
        }
        #expect(error.message.contains("no dimension 'seq'"))
    }
}
