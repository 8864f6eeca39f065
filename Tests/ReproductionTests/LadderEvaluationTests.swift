import Accelerators
import Environments
import Reproduction
import Simulation
import TestSupport
import Testing
import Training

/// The best that each rung allows, against plain maxima over all options.
@Suite struct LadderEvaluationTests {
    /// Perf that depends on all that may matter, in no order; some designs don't map.
    private struct FakeSimulator: DesignSimulating {
        func totals(of datapath: Datapath) -> HardwareTotals { HardwareTotals(areaMM2: 1, tdpWatts: 1) }

        static func perf(_ options: CompilerOptions, batch: Int, hasSoftmax: Bool) -> Double? {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            let keeps = options.fusion == .residency || options.fusion == .tiles
            let parts = [
                options.fusion.rawValue, options.padding.rawValue, hasSoftmax ? options.softmax.rawValue : "",
                options.dataflow.rawValue, keeps ? options.order.rawValue : "", "\(batch)",
            ]
            for byte in parts.joined(separator: "/").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            hash ^= hash >> 29
            return hash % 7 == 0 ? nil : 1 + Double(hash % 10_007)
        }

        func evaluate(workload name: String, on design: Design, detail: Evaluation.Detail) throws -> Evaluation {
            guard let perf = Self.perf(design.compiler, batch: design.batch, hasSoftmax: name.hasPrefix("bert")) else {
                throw UnmappableWorkload(workload: name, excess: 2)
            }
            return Evaluation(
                workload: name, batch: design.batch, inferencesPerSecond: perf, latencySeconds: 1, energyJoules: 1,
                utilization: 1, areaMM2: 1, tdpWatts: 1, regions: [])
        }
    }

    @Test(arguments: ["bert-base-128", "efficientnet-b0"], [1, 2]) func levelsAreTheMaxima(
        workload: String, threads: Int
    ) throws {
        let batches = [1, 8, 32]
        let design = try Samples.design("tpu-v3")
        let found = try #require(
            try LadderEvaluation(
                of: workload, on: design, batches: batches, simulator: FakeSimulator(), threads: threads,
                stop: StopSignal()))
        let hasSoftmax = workload.hasPrefix("bert")
        func best(_ isAllowed: (CompilerOptions) -> Bool, _ batches: [Int]) -> Double? {
            var best: Double?
            for fusion in CompilerOptions.Fusion.allCases {
                for padding in CompilerOptions.Padding.allCases {
                    for softmax in CompilerOptions.Softmax.allCases {
                        for dataflow in CompilerOptions.DataflowChoice.allCases {
                            for order in CompilerOptions.Order.allCases {
                                let options = CompilerOptions(
                                    fusion: fusion, padding: padding, softmax: softmax, dataflow: dataflow, order: order
                                )
                                guard isAllowed(options) else { continue }
                                for batch in batches {
                                    if let perf = FakeSimulator.perf(options, batch: batch, hasSoftmax: hasSoftmax) {
                                        best = max(best ?? 0, perf)
                                    }
                                }
                            }
                        }
                    }
                }
            }
            return best
        }
        let all = batches + [64]
        #expect(found.inferencesPerSecond("own") == best({ $0 == design.compiler }, [64]))
        #expect(found.inferencesPerSecond("batch") == best({ $0 == design.compiler }, all))
        for rung in CompilerRung.ladder(from: design.compiler).dropFirst() {
            #expect(found.inferencesPerSecond(rung.name) == best(rung.admits, all), "\(rung.name)")
        }
        #expect(found.unmappable > 0 && found.compilations == (hasSoftmax ? 36 : 12) * 6 * all.count)
        for (lower, upper) in zip(found.levels, found.levels.dropFirst()) {
            #expect(lower.inferencesPerSecond <= upper.inferencesPerSecond)
        }
    }

    @Test func aStopGivesNothing() throws {
        let stop = StopSignal()
        stop.request()
        #expect(
            try LadderEvaluation(
                of: "efficientnet-b0", on: Samples.design("tpu-v3"), batches: [1], simulator: FakeSimulator(),
                threads: 1,
                stop: stop) == nil)
    }

    /// What the enumeration leaves out because it cannot matter: an order where no tensor is kept, and a softmax that isn't there.
    @Test func whatIsNotVariedDoesNotMatter() throws {
        let technology = try Technology(named: "7nm", in: Repository.files)
        let simulator = ZooSimulator(Simulator(hardware: HardwareModel(technology: technology)))
        var design = try Samples.design("tpu-v3")
        design.batch = 4
        func perf(_ workload: String, _ change: (inout CompilerOptions) -> Void) throws -> Double {
            var changed = design
            change(&changed.compiler)
            return try simulator.evaluate(workload: workload, on: changed, detail: .totals).inferencesPerSecond
        }
        for workload in ["efficientnet-b0", "bert-base-1024"] {
            for fusion in [CompilerOptions.Fusion.none, .regions] {
                let given = try perf(workload) { $0.fusion = fusion }
                #expect(try perf(workload) { ($0.fusion, $0.order) = (fusion, .memory) } == given)
            }
        }
        for fusion in CompilerOptions.Fusion.allCases {
            let threePass = try perf("efficientnet-b0") { $0.fusion = fusion }
            #expect(try perf("efficientnet-b0") { ($0.fusion, $0.softmax) = (fusion, .online) } == threePass)
        }
    }
}
