import Economics
import Foundation
import Testing

@Suite struct YieldTests {
    /// Hennessy and Patterson, Computer Architecture, section 1.6: a 300 mm wafer has 270 dies of 1.5 cm a side and 640 of 1.0 cm.
    @Test func diesPerWaferAreThoseOfTheTextbook() {
        let wafer = Wafer(diameterMM: 300)
        #expect(wafer.dies(ofMM2: 225).rounded() == 270)
        #expect(wafer.dies(ofMM2: 100).rounded() == 640)
    }

    /// calculator.academy's worked example: 300 mm, 5 mm excluded, dies of 10 mm by 10 mm with 0.1 mm of street: about 583.
    @Test func edgeAndStreetsTakeTheirShare() {
        let wafer = Wafer(diameterMM: 300, edgeExclusionMM: 5, scribeWidthMM: 0.1)
        #expect(Int(wafer.dies(ofMM2: 100)) == 583)
    }

    @Test func largerDiesAreFewerAndNeverNegative() {
        let wafer = Wafer(diameterMM: 300, edgeExclusionMM: 3, scribeWidthMM: 0.1)
        var last = Double.infinity
        for area in stride(from: 1.0, to: 60_000, by: 37) {
            let dies = wafer.dies(ofMM2: area)
            #expect(dies >= 0 && dies <= last && dies * area < .pi * 150 * 150)
            last = dies
        }
        #expect(last == 0)
        #expect(Wafer(diameterMM: 10, edgeExclusionMM: 10).dies(ofMM2: 1) == 0)
    }

    private func yield(_ model: YieldModel, _ area: Double, _ density: Double, _ clustering: Double = 4) -> Double {
        model.yield(areaMM2: area, defectsPerCM2: density, clustering: clustering)
    }

    /// Hennessy and Patterson, 4th edition, section 1.6: 0.4 defects a cm² and α = 4 give 0.44 for 2.25 cm² and 0.68 for 1 cm².
    /// Flynn's Computer Architecture, page 89: with 1 defect a cm², 0.37 of dies of 1 cm² and 0.1 of dies of 2.3 cm² are good.
    @Test func yieldsAreThoseOfTheTextbooks() {
        func twoDigits(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        #expect(twoDigits(yield(.negativeBinomial, 225, 0.4)) == 0.44)
        #expect(twoDigits(yield(.negativeBinomial, 100, 0.4)) == 0.68)
        #expect(twoDigits(yield(.poisson, 100, 1)) == 0.37)
        #expect(twoDigits(yield(.poisson, 230, 1)) == 0.10)
        // ((1 − e⁻¹) / 1)², by hand.
        #expect(isClose(yield(.murphy, 100, 1), 0.399576400893728))
    }

    /// Jensen's inequality: a density that varies yields more than its mean everywhere.
    @Test func variationRaisesYield() {
        for mean in stride(from: 0.01, to: 5, by: 0.13) {
            let poisson = yield(.poisson, 100, mean)
            #expect(yield(.murphy, 100, mean) > poisson)
            #expect(yield(.negativeBinomial, 100, mean, 10) > poisson)
            #expect(yield(.negativeBinomial, 100, mean, 1) > yield(.negativeBinomial, 100, mean, 10))
            #expect(isClose(yield(.negativeBinomial, 100, mean, 1e9), poisson, within: 1e-6))
            #expect(isClose(yield(.negativeBinomial, 100, mean, 1), 1 / (1 + mean)))
        }
    }

    @Test(arguments: YieldModel.allCases)
    func yieldFallsFromOneWithArea(model: YieldModel) {
        #expect(yield(model, 100, 0) == 1 && yield(model, 0, 1) == 1)
        var last = 1.0
        for area in stride(from: 10.0, to: 900, by: 10) {
            let share = yield(model, area, 0.3)
            #expect(share < last && share > 0)
            last = share
        }
    }
}
