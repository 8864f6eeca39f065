import Foundation
import Accelerators
import Configuration
import Diagnostics
import Economics
import TestSupport
import Testing

@Suite struct EconomicsFileTests {
    @Test func everyInputIsRead() throws {
        let economics = try Economics(yaml: tinyText, file: "tiny.yaml")
        #expect(economics.yieldModel == .poisson)
        let model = try economics.costModel(node: "round")
        #expect(model[.waferPrice] == 1000 && model[.electricityPrice] == 0.1 && model[.memoryPrice(.gddr6)] == 10)
        // 5 of a process, 10 of manufacturing, 3 of a memory, 3 of a board, 1 of purchase, 9 of operation, 6 of design.
        #expect(model.inputs.count == 37)
        #expect(Set(model.inputs.map(\.input.path)).count == 37)
        #expect(model.inputs.first { $0.input == .pue }?.entry.range == 1...2)
    }

    @Test func theFileThatShipsIsComplete() throws {
        let economics = try Economics(named: "datacenter", in: Repository.files)
        for node in ["7nm", "16nm", "28nm"] {
            let model = try economics.costModel(node: node)
            for technology in DRAM.Technology.allCases {
                let chip = ChipProfile(
                    areaMM2: 300, tdpWatts: 100, dram: DRAM(technology: technology, gigabytesPerSecond: 100))
                try model.requireCosts(of: chip, named: "chip")
                #expect(model.ownership(of: chip).totalUSD > 0)
            }
            #expect(model.inputs.allSatisfy { !$0.entry.source.isEmpty && $0.entry.range.contains($0.entry.value) })
        }
        // Gartner, 2019: 120 to 420 million USD for a 7 nm system-on-a-chip, 10 to 35 for a 28 nm chip without its software.
        #expect((120e6...420e6).contains(try economics.costModel(node: "7nm").designCost.totalUSD))
        let planar = try economics.costModel(node: "28nm").designCost
        #expect((10e6...35e6).contains(planar.totalUSD - planar.softwareUSD))
        let error = try #require(throws: DiagnosticError.self) { try economics.costModel(node: "3nm") }
        #expect(error.kind == .configuration && error.message.contains("16nm, 28nm, 7nm"))
        let unknown = try #require(throws: DiagnosticError.self) {
            try Economics(named: "datacentre", in: Repository.files)
        }
        #expect(unknown.kind == .missingInput && unknown.description.contains("datacenter"))
    }

    @Test(arguments: [
        ("waferPrice: {value: 1000", "waferPrice: {value: -1000", "process.round.waferPrice.value"),
        ("value: 0.1, unit: USD/kWh", "value: 0.1, unit: EUR/kWh", "the unit 'USD/kWh'"),
        ("electricityPrice", "electricityPrize", "did you mean 'electricityPrice'?"),
        ("  pue: {value: 2, unit: x, range: [1, 2], source: s}\n", "", "expected the key 'pue'"),
        ("value: 2, unit: x, range: [1, 2]", "value: 2, unit: x, range: [2, 1]", "the least and the greatest value"),
        ("value: 2, unit: x, range: [1, 2]", "value: 2, unit: x, range: [1, 1.5]", "a value within its range"),
        ("value: 2, unit: x, range: [1, 2]", "value: 0.5, unit: x, range: [0.5, 2]", "operation.pue.value"),
        ("value: 2, unit: years, range: [1, 4]", "value: 0, unit: years, range: [0, 4]", "operation.serviceYears"),
        ("value: 0.5, unit: share, range: [0.25, 1]", "value: 1.5, unit: share, range: [0.25, 2]", "packageYield"),
        ("value: 7, unit: USD", "value: .inf, unit: USD", "process.round.intellectualProperty.value"),
        ("value: 200, unit: mm, range: [200, 200]", "value: 30, unit: mm, range: [30, 30]", "a wafer with room"),
        ("  gddr6:", "  gddr7:", "did you mean 'gddr6'?"),
        ("yield: poisson", "yield: poison", "did you mean 'poisson'?"),
        ("source: s", "sauce: s", "unknown key 'sauce'"),
    ])
    func mistakesAreNamed(good: String, bad: String, part: String) throws {
        #expect(tinyText.contains(good))
        let range = try #require(tinyText.range(of: good))
        let text = tinyText.replacingCharacters(in: range, with: bad)
        let error = try #require(throws: DiagnosticError.self) { try Economics(yaml: text, file: "e.yaml") }
        #expect(error.kind == .badData && error.location.file == "e.yaml" && error.location.line != nil)
        #expect(error.description.contains(part), "\(error)")
    }
}
