import Accelerators
import RandomNumbers
import TestSupport
import Testing

@Suite struct HardwareSensitivityTests {
    static func quantity(_ name: String, of sensitivity: HardwareSensitivity) throws -> HardwareSensitivity.Quantity {
        try #require(sensitivity.quantities.first { $0.name == name })
    }

    /// The host's power is a term of the TDP: 5 W, from 3 to 8.
    @Test func aTermMovesTheSumByItsRange() throws {
        let technology = try Samples.technology()
        let sensitivity = HardwareSensitivity(of: Samples.datapath, technology: technology, chips: [])
        let tdp = try HardwareSensitivityTests.quantity("tdpWatts", of: sensitivity)
        #expect(tdp.value == HardwareModel(technology: technology).totals(of: Samples.datapath).tdpWatts)
        let effect = try #require(tdp.effects.first { $0.constant == "host.power" })
        #expect((effect.low, effect.value, effect.high) == (3, 5, 8))
        #expect(abs(effect.atLow - (tdp.value - 2)) < 1e-9 && abs(effect.atHigh - (tdp.value + 3)) < 1e-9)
        let area = try HardwareSensitivityTests.quantity("areaMM2", of: sensitivity)
        #expect(!area.effects.contains { $0.constant == "host.power" })
        let host = try #require(area.effects.first { $0.constant == "host.area" })
        #expect(abs(host.atHigh - host.atLow - 40) < 1e-9)
        #expect(sensitivity.quantities.count == 2)
    }

    @Test func theWidestEffectStandsFirstAndWhatMovesNothingIsLeftOut() throws {
        for seed in 0..<50 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let datapath = Samples.datapath(using: &generator)
            let sensitivity = HardwareSensitivity(
                of: datapath, technology: try Samples.technology("28nm"), chips: [], samples: 20)
            for quantity in sensitivity.quantities {
                let widths = quantity.effects.map { abs($0.atHigh - $0.atLow) }
                #expect(widths == widths.sorted(by: >))
                #expect(widths.allSatisfy { $0 > 0 })
                let memories = quantity.effects.filter { $0.constant.hasPrefix("dram.") }
                #expect(memories.allSatisfy { $0.constant.hasPrefix("dram.\(datapath.dram.technology.rawValue).") })
            }
        }
    }

    /// Both figures rise with every constant, so all constants at their low ends, or high ends, bound them.
    @Test func quantilesLieBetweenAllLowAndAllHigh() throws {
        let technology = try Samples.technology("16nm")
        var (cheap, dear) = (technology, technology)
        for entry in technology.entries {
            guard let range = entry.range else { continue }
            cheap[entry] = range.lowerBound
            dear[entry] = range.upperBound
        }
        let least = HardwareModel(technology: cheap).totals(of: Samples.datapath)
        let most = HardwareModel(technology: dear).totals(of: Samples.datapath)
        let sensitivity = HardwareSensitivity(of: Samples.datapath, technology: technology, chips: [])
        for (name, low, high) in [
            ("tdpWatts", least.tdpWatts, most.tdpWatts), ("areaMM2", least.areaMM2, most.areaMM2),
        ] {
            let quantiles = try HardwareSensitivityTests.quantity(name, of: sensitivity).combined
            #expect(low < quantiles.p10 && quantiles.p10 < quantiles.p50)
            #expect(quantiles.p50 < quantiles.p90 && quantiles.p90 < high)
        }
    }

    /// With constants fitted anew, what is drawn of the others matters less, and the published chip itself stays near its figures.
    @Test func chipsThatArePublishedHoldTheConstantsTogether() throws {
        let tpu = try Design(named: "tpu-v3", in: Repository.files).datapath
        let technology = try Samples.technology("16nm")
        let apart = HardwareSensitivity(of: tpu, technology: technology, chips: [], samples: 200)
        let chips = try HardwareCalibration.subjects(in: Repository.files)
        let together = HardwareSensitivity(of: tpu, technology: technology, chips: chips, samples: 200)
        for (free, fitted) in zip(apart.quantities, together.quantities) {
            #expect(fitted.effects == free.effects)
            let width = fitted.combined.p90 - fitted.combined.p10
            #expect(width < 0.6 * (free.combined.p90 - free.combined.p10), "\(fitted.name)")
            #expect(fitted.combined.p10 < 1.05 * fitted.value && fitted.value < 1.05 * fitted.combined.p90)
        }
        #expect(HardwareSensitivity(of: tpu, technology: technology, chips: chips, samples: 200) == together)
    }

    @Test func theSameSeedGivesTheSameQuantiles() throws {
        let technology = try Samples.technology()
        func sensitivity(seed: UInt64) -> HardwareSensitivity {
            HardwareSensitivity(of: Samples.datapath, technology: technology, chips: [], samples: 100, seed: seed)
        }
        #expect(sensitivity(seed: 7) == sensitivity(seed: 7))
        #expect(sensitivity(seed: 7).quantities[0].combined != sensitivity(seed: 8).quantities[0].combined)
    }

    @Test func theRatioToItselfIsOneUnderAnyConstants() throws {
        let sensitivity = HardwareSensitivity(
            of: Samples.datapath, technology: try Samples.technology(),
            against: HardwareSensitivity.Comparison(baseline: Samples.datapath, perfRatio: 1), chips: [])
        let ratio = try HardwareSensitivityTests.quantity("perfPerTdpRatio", of: sensitivity)
        #expect(ratio.value == 1 && ratio.effects.isEmpty)
        #expect(ratio.combined.p10 == 1 && ratio.combined.p90 == 1)
    }

    /// Both chips stand under the same constant: the ratio is the quotient of two TDPs, each evaluated with it.
    @Test func theBaselineIsEvaluatedUnderTheSameConstants() throws {
        let technology = try Samples.technology()
        let baseline = try Design(named: "tpu-v3", in: Repository.files).datapath
        let sensitivity = HardwareSensitivity(
            of: Samples.datapath, technology: technology,
            against: HardwareSensitivity.Comparison(baseline: baseline, perfRatio: 1.7), chips: [])
        let ratio = try HardwareSensitivityTests.quantity("perfPerTdpRatio", of: sensitivity)
        for effect in ratio.effects {
            var changed = technology
            changed[try #require(technology.entries.first { $0.name == effect.constant })] = effect.high
            let model = HardwareModel(technology: changed)
            let expected =
                1.7 * model.totals(of: baseline).tdpWatts / model.totals(of: Samples.datapath).tdpWatts
            #expect(abs(effect.atHigh / expected - 1) < 1e-12, "\(effect.constant)")
        }
    }
}
