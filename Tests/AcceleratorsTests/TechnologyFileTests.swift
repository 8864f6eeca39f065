import Accelerators
import Configuration
import Diagnostics
import Foundation
import Testing

@Suite struct TechnologyFileTests {
    static func text() throws -> String {
        try readTextFile(Samples.files.file(named: "7nm", in: "environments/technologies"))
    }

    @Test func theScaleFactorsAreWhatTheirSourcesSay() throws {
        // Cell area in um2 and supply in V; 22 nm is CACTI's.
        let reference = (cell: 0.0707, volts: 0.80)
        for (node, cell, volts) in [("7nm", 0.027, 0.75), ("16nm", 0.070, 0.80), ("28nm", 0.127, 0.90)] {
            let scale = try Samples.technology(node).scale
            let supply = (volts / reference.volts) * (volts / reference.volts)
            #expect(abs(scale.sramArea - cell / reference.cell) < 0.001)
            #expect(abs(scale.sramEnergy - (cell / reference.cell).squareRoot() * supply) < 0.001)
            #expect(abs(scale.wireEnergy - volts * volts / (0.75 * 0.75)) < 0.001)
        }
        #expect(try Samples.technology("7nm").scale.logicEnergy == 1)
        // 60% less power from 16 to 7 nm, 55% less from 28 to 16.
        #expect(abs(try Samples.technology("16nm").scale.logicEnergy * 0.4 - 1) < 0.01)
        #expect(abs(try Samples.technology("28nm").scale.logicEnergy * 0.4 * 0.45 - 1) < 0.01)
    }

    @Test(
        arguments: [
            (
                "bfloat16Multiply: {value: 0.21, unit: pJ,", "bfloat16Multiply: {value: 0.21, unit: fJ,",
                "constants.array.bfloat16Multiply.unit", "expected the unit 'pJ', found 'fJ'"
            ),
            (
                "bfloat16Multiply: {value: 0.21,", "bfloat16Multiply: {value: -0.21,",
                "constants.array.bfloat16Multiply.value", "found '-0.21'"
            ),
            (
                "bfloat16Multiply: {value: 0.21, unit: pJ,", "bfloat16Multiply: {value: 0.21,",
                "constants.array.bfloat16Multiply", "expected the key 'unit'"
            ),
            ("bfloat16Multiply:", "bfloat16Multipy:", "constants.array", "did you mean 'bfloat16Multiply'?"),
            (
                "source: \"calibrated: PCIe and management\"", "source: \"-\"", "constants.host.power.source",
                "expected where the value comes from"
            ),
            (", source: \"calibrated: PCIe and management\"", "", "constants.host.power", "expected the key 'source'"),
            ("    gddr6:", "    gddr5:", "constants.dram", "did you mean 'gddr6'?"),
            ("  logicArea: {", "  logicAreas: {", "scale", "did you mean 'logicArea'?"),
            ("node: 7nm", "nodes: 7nm", nil, "did you mean 'node'?"),
            ("node: 7nm", "# none", nil, "expected the key 'node'"),
        ] as [(String, String, String?, String)])
    func aFaultyFileIsRefusedAtItsLineAndField(old: String, new: String, field: String?, complaint: String) throws {
        let text = try TechnologyFileTests.text()
        let before = try #require(text.range(of: old)).lowerBound
        let line = text[..<before].count { $0 == "\n" } + 1
        let error = try #require(throws: DiagnosticError.self) {
            try Technology(yaml: text.replacingOccurrences(of: old, with: new), file: "t.yaml")
        }
        #expect(error.kind == .badData)
        #expect(error.location.file == "t.yaml")
        #expect(error.location.field == field)
        #expect(error.description.contains(complaint), "\(error)")
        if !complaint.contains("'node'") && field != nil { #expect(error.location.line == line, "\(error)") }
    }

    @Test func constantsComeFromTheFileNextToIt() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sixteen = try readTextFile(Samples.files.file(named: "16nm", in: "environments/technologies"))
        let path = folder.appendingPathComponent("16nm.yaml").path
        try sixteen.write(toFile: path, atomically: true, encoding: .utf8)
        let missing = try #require(throws: DiagnosticError.self) { try Technology(contentsOfFile: path) }
        #expect(missing.kind == .missingInput)
        #expect(missing.location.file?.hasSuffix("/7nm.yaml") == true)
        let cheaper = try TechnologyFileTests.text()
            .replacingOccurrences(of: "bfloat16Multiply: {value: 0.21", with: "bfloat16Multiply: {value: 0.11")
        try cheaper.write(
            toFile: folder.appendingPathComponent("7nm.yaml").path, atomically: true, encoding: .utf8)
        #expect(try Technology(contentsOfFile: path).constants.array.bfloat16MultiplyPJ == 0.11)
        #expect(try Technology(contentsOfFile: path).scale.logicEnergy == 2.5)

        let both = sixteen + "constants: {}\n"
        try both.write(toFile: path, atomically: true, encoding: .utf8)
        let error = try #require(throws: DiagnosticError.self) { try Technology(contentsOfFile: path) }
        #expect(error.location.field == "constants")
    }

    @Test func anUnknownNodeIsRefusedWithTheKnownOnes() throws {
        let error = try #require(throws: DiagnosticError.self) { try Technology(named: "5nm", in: Samples.files) }
        #expect(error.kind == .missingInput)
        #expect(error.remedy?.contains("16nm, 28nm, 7nm") == true)
    }
}
