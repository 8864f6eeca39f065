import Accelerators
import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct TechnologyFileTests {
    static func text() throws -> String {
        try readTextFile(Repository.files.file(named: "7nm", in: "environments/technologies"))
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
        // 60% less power from 16 to 7 nm; from 28 nm the middle of 55% less again, and of the ratio of register energies.
        #expect(abs(try Samples.technology("16nm").scale.logicEnergy * 0.4 - 1) < 0.01)
        #expect(abs(try Samples.technology("28nm").scale.logicEnergy - (2.5 / 0.45 * 2.8).squareRoot()) < 0.01)
        // The middles of write and read energies of a register bit, fJ.
        #expect(abs(try Samples.technology("16nm").scale.registerEnergy - (2.05 + 2.4) / (1.05 + 1.3)) < 0.01)
        #expect(abs(try Samples.technology("28nm").scale.registerEnergy - (3.0 + 3.5) / (1.05 + 1.3)) < 0.01)
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
                "source: \"Jouppi et al., ISCA 2021, DDR3/DDR4\"", "source: \"-\"", "constants.dram.ddr3.access.source",
                "expected where the value comes from"
            ),
            (
                ", source: \"Jouppi et al., ISCA 2021, DDR3/DDR4\"", "", "constants.dram.ddr3.access",
                "expected the key 'source'"
            ),
            (
                "value: 350, unit: pJ/64b, range: [250, 450]", "value: 350, unit: pJ/64b, range: [351, 450]",
                "constants.dram.hbm2.access.range", "that contains the value 350.0, found [351.0, 450.0]"
            ),
            (
                "value: 350, unit: pJ/64b, range: [250, 450]", "value: 350, unit: pJ/64b, range: [450, 250]",
                "constants.dram.hbm2.access.range", "expected a range [low, high]"
            ),
            (
                "value: 350, unit: pJ/64b, range: [250, 450]", "value: 350, unit: pJ/64b, range: [0, 450]",
                "constants.dram.hbm2.access.range[0]", "found '0'"
            ),
            (
                "value: 350, unit: pJ/64b, range: [250, 450]", "value: 350, unit: pJ/64b, range: 450",
                "constants.dram.hbm2.access.range", "expected a list"
            ),
            (
                "value: 350, unit: pJ/64b, range: [250, 450]", "value: 350, unit: pJ/64b, range: [300, 350, 450]",
                "constants.dram.hbm2.access.range", "expected two numbers"
            ),
            (
                "range: [6, 18], calibrated: true", "calibrated: true", "constants.vector.laneOperation",
                "expected the key 'range'"
            ),
            (
                "range: [6, 18], calibrated: true", "range: [6, 18], calibrated: yes",
                "constants.vector.laneOperation.calibrated", "expected true or false"
            ),
            (
                "range: [0.47, 0.62], source", "range: [0.47, 0.62], calibrated: true, source", "scale.sramEnergy",
                "unknown key 'calibrated'"
            ),
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

    @Test func everyNumberSaysWhereItComesFromAndItsRangeHoldsIt() throws {
        for node in ["7nm", "16nm", "28nm"] {
            let technology = try Samples.technology(node)
            #expect(Set(technology.entries.map(\.name)).count == technology.entries.count)
            for entry in technology.entries {
                #expect(entry.source.count > 15, "\(entry.name)")
                if let range = entry.range { #expect(range.contains(technology[entry]), "\(entry.name)") }
                // An estimate is uncertain, unless nothing but published chips depends on it.
                #expect(
                    !entry.source.hasPrefix("estimate") || entry.range != nil || entry.name.hasPrefix("host.link"),
                    "\(entry.name)")
            }
            let fitted = technology.entries.filter(\.isCalibrated).map(\.name)
            #expect(fitted == ["vector.laneOperation", "vector.laneArea"])
        }
    }

    @Test func constantsComeFromTheFileNextToIt() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sixteen = try readTextFile(Repository.files.file(named: "16nm", in: "environments/technologies"))
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
        let error = try #require(throws: DiagnosticError.self) { try Technology(named: "5nm", in: Repository.files) }
        #expect(error.kind == .missingInput)
        #expect(error.remedy?.contains("16nm, 28nm, 7nm") == true)
    }
}
