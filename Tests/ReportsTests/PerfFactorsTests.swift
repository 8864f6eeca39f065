import Accelerators
import Reports
import Simulation
import Testing

@Suite struct PerfFactorsTests {
    /// Twice the arrays at a quarter of the utilisation, and half the TDP: worked by hand.
    @Test func knownFactors() {
        let baseline = Design.sample(side: 32, batch: 1)
        let design = Design.sample(side: 64, batch: 1)
        let slow = Evaluation.sample(
            "w", on: baseline, tdpWatts: 200, regions: [.sample("a", microseconds: 100, dramBytes: 4000)])
        let fast = Evaluation.sample(
            "w", on: design, tdpWatts: 100, regions: [.sample("a", microseconds: 50, dramBytes: 1000)])
        let factors = PerfFactors(of: fast, on: design.datapath, over: slow, on: baseline.datapath)
        #expect(factors.peak == 4)
        #expect(abs(factors.perf - 2) < 1e-12)
        #expect(abs(factors.utilization - 0.5) < 1e-12)
        #expect(factors.inverseTDP == 2)
        #expect(abs(factors.perfPerTDP - 4) < 1e-12)
        #expect(factors.dramBytes == 0.25)
        #expect(factors.explainPerf)
    }

    /// Per inference, whatever the batch.
    @Test func bytesAreOfAnInference() {
        let design = Design.sample(side: 32, batch: 8)
        let evaluation = Evaluation.sample(
            "w", on: design, tdpWatts: 100, regions: [.sample("a", microseconds: 100, dramBytes: 4000)])
        #expect(evaluation.dramBytesPerInference == 500)
    }

    @Test func withoutMACsUtilisationExplainsNothing() {
        let design = Design.sample(side: 32, batch: 1)
        let evaluation = Evaluation.sample(
            "w", on: design, tdpWatts: 100, regions: [.sample("a", microseconds: 100, macs: 0, dramBytes: 0)])
        let factors = PerfFactors(of: evaluation, on: design.datapath, over: evaluation, on: design.datapath)
        #expect(!factors.explainPerf)
        #expect(factors.dramBytes == nil)
    }
}
