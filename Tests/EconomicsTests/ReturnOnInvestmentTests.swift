import Accelerators
import Economics
import Testing

@Suite struct ReturnOnInvestmentTests {
    private func roi(_ changes: [CostInput: Double] = [:], replaced: Double = 2) throws -> ReturnOnInvestment {
        try ReturnOnInvestment(design: .small, replacing: .large, replaced: replaced, costs: tinyModel(changes))
    }

    /// 2 · 2291.618088 − 604.686877 = 3978.549298 saved a chip, against 1267 once: 0.3185 of a chip, so one pays for 1x and 2x,
    /// two for 4x (1.27) and three for 8x (2.55).
    @Test func savingsAndVolumesAreThoseWorkedByHand() throws {
        let roi = try roi()
        #expect(isClose(roi.savingPerChipUSD, 3978.5492977047807))
        #expect(ReturnOnInvestment.multiples.map { roi.breakEvenVolume($0) } == [1, 1, 2, 3])
        #expect(isClose(roi.ratio(volume: 1), 1 / (1267 / 3978.5492977047807)))
        #expect(isClose(roi.ratio(volume: 10), 10 / (1267 / 3978.5492977047807)))
    }

    /// Chip and memory of the large one cost 364.148406 + 240 to make; at twice that two of them cost 2 · 1.2 · 604.148406 more,
    /// a tenth of it a year for two years of repairs.
    @Test func aBoughtBaselineCostsItsMarkup() throws {
        let bought = try roi([.baselineMarkup: 2])
        #expect(isClose(bought.baselineOwnership.marginUSD, 604.148406332035))
        #expect(isClose(bought.savingPerChipUSD, 3978.5492977047807 + 2.4 * 604.148406332035))
        #expect(try bought.designOwnership == roi().designOwnership && roi().baselineOwnership.marginUSD == 0)
    }

    /// A break-even volume reaches its multiple, and one chip less doesn't.
    @Test func breakEvenVolumesAreTheLeast() throws {
        let roi = try roi([.maskSet: 123_456_789])
        for multiple in [1.0, 2, 4, 8, 3.7] {
            let volume = Int(try #require(roi.breakEvenVolume(multiple)))
            #expect(volume > 1000)
            #expect(roi.ratio(volume: volume) >= multiple && roi.ratio(volume: volume - 1) < multiple)
        }
    }

    @Test func aChipThatSavesNothingNeverBreaksEven() throws {
        let roi = try roi(replaced: 0.1)
        #expect(roi.savingPerChipUSD < 0)
        #expect(ReturnOnInvestment.multiples.allSatisfy { roi.breakEvenVolume($0) == nil })
        #expect(roi.ratio(volume: 1_000_000) < 0)
        let same = try ReturnOnInvestment(design: .small, replacing: .small, replaced: 1, costs: tinyModel())
        #expect(same.savingPerChipUSD == 0 && same.breakEvenVolume(1) == nil && same.ratio(volume: 5) == 0)
    }

    @Test func returnsRiseWithVolumeAndThroughput() throws {
        let roi = try roi()
        for volume in stride(from: 1, to: 1000, by: 7) {
            #expect(roi.ratio(volume: volume) < roi.ratio(volume: volume + 1))
        }
        #expect(try self.roi(replaced: 3).savingPerChipUSD > roi.savingPerChipUSD)
    }

    /// What the design has less of weighs more in the saving when its price rises; the one-off cost doesn't touch the saving.
    @Test func dearerInputsRaiseTheSavingWhereTheDesignNeedsLess() throws {
        let saving = try roi().savingPerChipUSD
        for input in [
            CostInput.electricityPrice, .provisioning, .waferPrice, .pue, .memoryPrice(.gddr6), .defectDensity,
        ] {
            let value = try tinyModel()[input]
            #expect(try roi([input: value * 1.5]).savingPerChipUSD > saving, "\(input.path)")
        }
        for input in [CostInput.maskSet, .engineerYear, .tapeouts] {
            let value = try tinyModel()[input]
            #expect(try roi([input: value * 1.5]).savingPerChipUSD == saving)
            #expect(try roi([input: value * 1.5]).ratio(volume: 100) < roi().ratio(volume: 100))
        }
        // A design that draws more than what it replaces loses by dearer electricity.
        let hungry = { (price: Double) in
            try ReturnOnInvestment(
                design: .large, replacing: .small, replaced: 3.8, costs: tinyModel([.electricityPrice: price])
            ).savingPerChipUSD
        }
        #expect(try hungry(0.2) < hungry(0.1))
    }

    /// Every volume of the table is that of a model with the one input replaced; the widest come first.
    @Test func sensitivitiesAreThoseOfReplacedInputs() throws {
        let roi = try roi([.maskSet: 40_000, .hardwareEngineers: 300])
        let rows = roi.sensitivities
        #expect(rows.count > 10)
        for row in rows {
            for (end, volume) in [
                (row.entry.range.lowerBound, row.volumeAtLow), (row.entry.range.upperBound, row.volumeAtHigh),
            ] {
                var costs = roi.costs
                costs[row.input] = end
                let other = try ReturnOnInvestment(design: .small, replacing: .large, replaced: 2, costs: costs)
                #expect(other.breakEvenVolume(1) == volume)
            }
            #expect(row.volumeAtLow != row.volumeAtHigh)
        }
        let swings = rows.map { row in
            guard let low = row.volumeAtLow, let high = row.volumeAtHigh else { return Double.infinity }
            return max(low, high) / min(low, high)
        }
        #expect(swings == swings.sorted(by: >))
        // Fixed inputs move nothing.
        #expect(!rows.contains { $0.input == .waferDiameter })
    }
}
