import Accelerators
import Compilation
import Simulation
import Testing
import Workloads

/// Whether the modelled TPU-v3 is believable.
@Suite struct BaselineTests {
    /// ResNet-50 throughput at the best batch.
    static func bestThroughput(of design: Design) throws -> (batch: Int, imagesPerSecond: Double) {
        let simulator = try Samples.simulator()
        var best = (batch: 0, imagesPerSecond: 0.0)
        for exponent in 0...8 {
            var design = design
            design.batch = 1 << exponent
            let workload = try WorkloadZoo.workload(named: "resnet-50-v2", batch: design.batch)
            let rate = try simulator.evaluate(workload, on: design).inferencesPerSecond
            if rate > best.imagesPerSecond { best = (design.batch, rate) }
        }
        return best
    }

    /// MLPerf Inference v0.5: 4 chips serve 21,029 ResNet-50 images/s, and 128 chips do just over a million offline,
    /// 7,800 a chip. The model may be faster than that by at most 1.6, and must not be slower than a chip of the server.
    @Test func resNetRunsAsFastAsMLPerfReports() throws {
        let best = try Self.bestThroughput(of: try Samples.baseline())
        #expect(best.imagesPerSecond >= 21_029.0 / 4, "\(best)")
        #expect(best.imagesPerSecond <= 1.6 * 7_812.5, "\(best)")
    }

    /// Depthwise convolutions: a few per cent of EfficientNet's MACs, a large share of its time, far below peak.
    @Test func efficientNetRunsFarBelowPeak() throws {
        let design = try Samples.baseline()
        let workload = try WorkloadZoo.workload(named: "efficientnet-b7", batch: design.batch)
        let evaluation = try Samples.simulator().evaluate(workload, on: design)
        let depthwise = evaluation.regions.filter { $0.kind == "depthwise" }
        let macs = Double(depthwise.reduce(0) { $0 + $1.macs }) / Double(workload.macs)
        let time = depthwise.reduce(0) { $0 + $1.seconds } / evaluation.latencySeconds
        #expect(macs < 0.1)
        #expect(time > 3 * macs)
        #expect(evaluation.utilization < 0.5)
    }

    @Test func theBaselineKeepsNoTensorOnChip() throws {
        let design = try Samples.baseline()
        let workload = try WorkloadZoo.workload(named: "bert-base-128", batch: design.batch)
        let simulator = try Samples.simulator()
        let compiled = try simulator.compile(workload, for: design)
        #expect(compiled.residency.residentTensors.isEmpty && compiled.residency.pinnedWeights.isEmpty)
        #expect(simulator.evaluation(of: compiled) == (try simulator.evaluate(workload, on: design)))
    }
}
