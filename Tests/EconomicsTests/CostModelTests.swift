import Accelerators
import Diagnostics
import Economics
import TestSupport
import Testing

@Suite struct CostModelTests {
    /// Worked by hand: 200 mm of wafer, 100 mm², 0.5 defects a cm².
    ///
    ///     N = π 200² / 400 − π 200 / √200 = 314.1593 − 44.4288 = 269.7304;  Y = e^−0.5 = 0.6065307
    ///     die = (1000 / 269.7304 + 1) / 0.6065307 = 7.761199
    ///     packaged = (7.761199 + 2 + 10) / 0.5 + 3 = 42.522398, of which the package 34.761199
    ///     memory = 40 (0.25 · 10 + 0.5) = 120;  board = 20 + (0.2 + 0.6) 50 = 60;  capital = 222.522398
    ///     electricity = 0.05 kW · 0.5 · 2 · 8766 h · 2 · 0.1 = 87.66;  repairs = 0.2 · 222.522398 = 44.50448
    ///     facility = 50 (8 / 4 + 0.5) · 2 = 250;  total = 604.686877
    @Test func ownershipIsTheSumOfItsParts() throws {
        let cost = try tinyModel().ownership(of: .small)
        #expect(isClose(cost.dieUSD, 7.761198955043829))
        #expect(isClose(cost.packageUSD, 34.76119895504383))
        #expect(isClose(cost.memoryUSD, 120) && isClose(cost.boardUSD, 60))
        #expect(isClose(cost.capitalUSD, 222.522397910087657))
        #expect(abs(cost.interestUSD) < 1e-9)
        #expect(isClose(cost.repairsUSD, 44.50447958201753))
        #expect(isClose(cost.electricityUSD, 87.66) && isClose(cost.facilityUSD, 250))
        #expect(isClose(cost.totalUSD, 604.6868774921052))
        #expect(isClose(try tinyModel().ownership(of: .large).totalUSD, 2291.618087598443))
    }

    /// At 10%, two years are paid back with 0.5761905 a year, of which 2 · 0.5761905 − 1 = 0.1523810 is interest; four years of
    /// building with 0.3154708.
    @Test func interestIsThatOfEqualPayments() throws {
        let cost = try tinyModel([.interestRate: 0.1]).ownership(of: .small)
        #expect(isClose(cost.interestUSD, 222.522397910087657 * 0.152380952380952))
        #expect(isClose(cost.facilityUSD, 50 * (8 * 0.315470803706098 + 0.5) * 2))
        // The limit of no interest is met without a jump.
        let nearly = try tinyModel([.interestRate: 1e-9]).ownership(of: .small)
        #expect(isClose(nearly.totalUSD, try tinyModel().ownership(of: .small).totalUSD, within: 1e-6))
    }

    /// 6 engineer-years at 100 + 40, IP 7, 2 · 10 of masks, 4 · 1 · 100 of software.
    @Test func designCostIsTheSumOfItsParts() throws {
        let cost = try tinyModel().designCost
        #expect(cost.hardwareUSD == 600 && cost.toolsUSD == 240 && cost.intellectualPropertyUSD == 7)
        #expect(cost.masksUSD == 20 && cost.softwareUSD == 400 && cost.totalUSD == 1267)
    }

    @Test func costsRiseWithAreaPowerAndBandwidth() throws {
        let model = try Economics(named: "datacenter", in: Repository.files).costModel(node: "7nm")
        func total(_ area: Double, _ watts: Double, _ bandwidth: Double) -> Double {
            model.ownership(
                of: ChipProfile(
                    areaMM2: area, tdpWatts: watts, dram: DRAM(technology: .gddr6, gigabytesPerSecond: bandwidth))
            ).totalUSD
        }
        for step in 1..<40 {
            let value = Double(step) * 20
            #expect(total(value, 100, 100) < total(value + 20, 100, 100))
            #expect(total(100, value, 100) < total(100, value + 20, 100))
            #expect(total(100, 100, value) < total(100, 100, value + 20))
        }
    }

    @Test func whatCannotBeMadeOrPricedIsNamed() throws {
        let model = try tinyModel()
        var chip = ChipProfile.small
        chip.areaMM2 = 901
        let large = try #require(throws: DiagnosticError.self) { try model.requireCosts(of: chip, named: "design") }
        #expect(large.kind == .configuration && large.message.contains("at most 900.0 mm²"))
        chip = .small
        chip.dram.technology = .hbm2
        let memory = try #require(throws: DiagnosticError.self) { try model.requireCosts(of: chip, named: "design") }
        #expect(memory.message.contains("hbm2") && memory.remedy?.contains("memory.hbm2") == true)
        try model.requireCosts(of: .small, named: "design")
    }
}
