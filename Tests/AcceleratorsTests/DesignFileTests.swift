import Accelerators
import Configuration
import Diagnostics
import Foundation
import RandomNumbers
import Testing

@Suite struct DesignFileTests {
    /// DESIGN section 4's example.
    static let example = """
        datapath:
          peGrid: {x: 8, y: 8}
          array: {x: 32, y: 32}
          vectorMultiplier: 2
          l1: {configuration: private, inputKiB: 32, weightKiB: 32, outputKiB: 32}
          l2: {configuration: disabled}
          globalMemoryMiB: 128
          gddr6Channels: 8
        batch: 8
        compiler: {fusion: residency, padding: array, softmax: two-pass, dataflow: best}

        """

    @Test func theDocumentedExampleIsRead() throws {
        let design = try Design(yaml: DesignFileTests.example, file: "d.yaml")
        let expected = Design(
            datapath: Datapath(
                peGrid: Extent2D(x: 8, y: 8), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
                l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 32, outputKiB: 32), l2: nil,
                globalMemoryMiB: 128, dram: DRAM(technology: .gddr6, gigabytesPerSecond: 448), clockGHz: 1,
                overlapsWeightLoading: true),
            batch: 8,
            compiler: CompilerOptions(fusion: .residency, padding: .array, softmax: .twoPass, dataflow: .best))
        #expect(design == expected)
        #expect(design.datapath.macUnits == 65_536)
        #expect(design.yamlText == DesignFileTests.example)
    }

    @Test func randomDesignsComeBackFromYamlAndJson() throws {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let design = Design(
                datapath: Samples.datapath(using: &generator), batch: Int.random(in: 1...256, using: &generator),
                compiler: CompilerOptions(
                    fusion: .allCases.randomElement(using: &generator) ?? .none,
                    padding: .allCases.randomElement(using: &generator) ?? .none,
                    softmax: .allCases.randomElement(using: &generator) ?? .twoPass,
                    dataflow: .allCases.randomElement(using: &generator) ?? .best,
                    order: .allCases.randomElement(using: &generator) ?? .given,
                    depthwise: .allCases.randomElement(using: &generator) ?? .best))
            #expect(try Design(yaml: design.yamlText, file: "d.yaml") == design)
            let json = try JSONEncoder().encode(design)
            #expect(try JSONDecoder().decode(Design.self, from: json) == design)
            // JSON is YAML: with the same keys, the reader of files takes it too.
            #expect(try Design(yaml: String(decoding: json, as: UTF8.self), file: "d.json") == design)
        }
    }

    @Test func theOrderIsWrittenOnlyWhereItIsNotTheGivenOne() throws {
        let key = "dataflow: best}"
        #expect(try Design(yaml: DesignFileTests.example, file: "d.yaml").compiler.order == .given)
        let text = DesignFileTests.example.replacingOccurrences(of: key, with: "dataflow: best, order: memory}")
        var design = try Design(yaml: text, file: "d.yaml")
        #expect(design.compiler.order == .memory)
        #expect(design.yamlText == text)
        #expect(String(decoding: try JSONEncoder().encode(design), as: UTF8.self).contains("\"order\":\"memory\""))
        let given = DesignFileTests.example.replacingOccurrences(of: key, with: "dataflow: best, order: given}")
        design = try Design(yaml: given, file: "d.yaml")
        #expect(design.yamlText == DesignFileTests.example)
        #expect(!String(decoding: try JSONEncoder().encode(design), as: UTF8.self).contains("order"))
    }

    @Test func channelsStandForTheirBandwidth() throws {
        let text = DesignFileTests.example.replacingOccurrences(
            of: "gddr6Channels: 8", with: "dram: {technology: lpddr5, channels: 4}")
        let design = try Design(yaml: text, file: "d.yaml")
        #expect(design.datapath.dram == DRAM(technology: .lpddr5, gigabytesPerSecond: 51.2))
        #expect(try Design(yaml: design.yamlText, file: "d.yaml") == design)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var line: Int
        var field: String?
        var complaint: String
        var testDescription: String { "\(old) -> \(new)" }
    }

    @Test(arguments: [
        Fault(
            old: "peGrid: {x: 8, y: 8}", new: "peGrid: {x: 0, y: 8}", line: 2, field: "datapath.peGrid.x",
            complaint: "from 1 to 1024, found '0'"),
        Fault(
            old: "array: {x: 32, y: 32}", new: "array: {x: 32, y: 1025}", line: 3, field: "datapath.array.y",
            complaint: "from 1 to 1024, found '1025'"),
        Fault(
            old: "array: {x: 32, y: 32}", new: "array: {x: 32}", line: 3, field: "datapath.array",
            complaint: "expected the key 'y', found x"),
        Fault(
            old: "array: {x: 32, y: 32}", new: "array: 32", line: 3, field: "datapath.array",
            complaint: "expected a mapping, found '32'"),
        Fault(
            old: "vectorMultiplier: 2", new: "vectorMultiplier: two", line: 4, field: "datapath.vectorMultiplier",
            complaint: "a whole number from 1 to 1024, found 'two'"),
        Fault(
            old: "vectorMultiplier: 2", new: "vectorMultipler: 2", line: 4, field: "datapath",
            complaint: "unknown key 'vectorMultipler'; did you mean 'vectorMultiplier'?"),
        Fault(
            old: "inputKiB: 32", new: "inputKiB: 65537", line: 5, field: "datapath.l1.inputKiB",
            complaint: "from 1 to 65536"),
        Fault(
            old: "configuration: private", new: "configuration: privat", line: 5,
            field: "datapath.l1.configuration",
            complaint: "expected one of private, shared, found 'privat'; did you mean 'private'?"),
        Fault(
            old: "{configuration: disabled}", new: "{configuration: disabled, inputMultiplier: 2}", line: 6,
            field: "datapath.l2.inputMultiplier", complaint: "no multiplier where L2 is disabled"),
        Fault(
            old: "{configuration: disabled}", new: "{configuration: shared, inputMultiplier: 2}", line: 6,
            field: "datapath.l2", complaint: "expected the key 'weightMultiplier'"),
        Fault(
            old: "{configuration: disabled}", new: "{configuration: off}", line: 6,
            field: "datapath.l2.configuration", complaint: "expected one of disabled, private, shared"),
        Fault(
            old: "globalMemoryMiB: 128", new: "globalMemoryMiB: -1", line: 7, field: "datapath.globalMemoryMiB",
            complaint: "from 0 to 4096, found '-1'"),
        Fault(
            old: "gddr6Channels: 8", new: "gddr6Channels: 8.5", line: 8, field: "datapath.gddr6Channels",
            complaint: "a whole number from 1 to 128"),
        Fault(
            old: "gddr6Channels: 8", new: "dram: {technology: hbm3, gigabytesPerSecond: 1}", line: 8,
            field: "datapath.dram.technology", complaint: "expected one of gddr6, hbm2, ddr3"),
        Fault(
            old: "gddr6Channels: 8", new: "dram: {technology: hbm2, gigabytesPerSecond: .inf}", line: 8,
            field: "datapath.dram.gigabytesPerSecond", complaint: "a number from 0.1 to 10000.0"),
        Fault(
            old: "gddr6Channels: 8", new: "dram: {technology: lpddr5, channels: 782}", line: 8,
            field: "datapath.dram.channels", complaint: "a whole number from 1 to 781, found '782'"),
        Fault(
            old: "gddr6Channels: 8", new: "dram: {technology: lpddr5, channels: 2, gigabytesPerSecond: 25.6}", line: 8,
            field: "datapath.dram.gigabytesPerSecond", complaint: "no bandwidth beside 'channels'"),
        Fault(
            old: "gddr6Channels: 8", new: "dram: {technology: lpddr5}", line: 8, field: "datapath.dram",
            complaint: "expected the key 'gigabytesPerSecond'"),
        Fault(
            old: "gddr6Channels: 8", new: "gddr6Channels: 8\n  dram: {technology: hbm2, gigabytesPerSecond: 1}",
            line: 9, field: "datapath.dram", complaint: "either 'gddr6Channels' or 'dram', found both"),
        Fault(
            old: "  gddr6Channels: 8\n", new: "", line: 2, field: "datapath",
            complaint: "the key 'gddr6Channels' or 'dram', found peGrid"),
        Fault(
            old: "gddr6Channels: 8", new: "gddr6Channels: 8\n  clockGHz: 9", line: 9, field: "datapath.clockGHz",
            complaint: "a number from 0.05 to 5.0"),
        Fault(
            old: "gddr6Channels: 8", new: "gddr6Channels: 8\n  overlapsWeightLoading: no", line: 9,
            field: "datapath.overlapsWeightLoading", complaint: "true or false, found 'no'"),
        Fault(old: "batch: 8\n", new: "", line: 1, field: nil, complaint: "expected the key 'batch'"),
        Fault(old: "batch: 8", new: "batch:", line: 9, field: "batch", complaint: "found nothing"),
        Fault(old: "batch: 8", new: "batch: 0", line: 9, field: "batch", complaint: "from 1 to 65536"),
        Fault(
            old: ", dataflow: best", new: "", line: 10, field: "compiler",
            complaint: "expected the key 'dataflow', found fusion, padding, softmax"),
        Fault(
            old: "softmax: two-pass", new: "softmax: one-pass", line: 10, field: "compiler.softmax",
            complaint: "expected one of three-pass, two-pass, online, found 'one-pass'"),
        Fault(
            old: "dataflow: best", new: "dataflow: best, order: memmory", line: 10, field: "compiler.order",
            complaint: "expected one of given, memory, found 'memmory'; did you mean 'memory'?"),
        Fault(old: "compiler:", new: "compilers:", line: 10, field: nil, complaint: "did you mean 'compiler'?"),
        Fault(
            old: "batch: 8", new: "published: {tdpWats: 3}\nbatch: 8", line: 9, field: "published",
            complaint: "did you mean 'tdpWatts'?"),
    ])
    func aFaultyFileIsRefusedAtItsLineAndField(fault: Fault) throws {
        #expect(DesignFileTests.example.contains(fault.old))
        let text = DesignFileTests.example.replacingOccurrences(of: fault.old, with: fault.new)
        let error = try #require(throws: DiagnosticError.self) { try Design(yaml: text, file: "d.yaml") }
        #expect(error.kind == .badData)
        #expect(error.location == SourceLocation(file: "d.yaml", line: fault.line, field: fault.field))
        #expect(error.description.contains(fault.complaint), "\(error)")
    }

    @Test func aChipBeyondAllMeasureIsRefused() throws {
        let text = DesignFileTests.example
            .replacingOccurrences(of: "x: 8, y: 8", with: "x: 1024, y: 1024")
            .replacingOccurrences(of: "x: 32, y: 32", with: "x: 1024, y: 1024")
        let error = try #require(throws: DiagnosticError.self) { try Design(yaml: text, file: "d.yaml") }
        #expect(error.message == "expected at most 2147483648 MACs on the chip, found 1099511627776")
        #expect(error.location.line == 3)
    }

    @Test func aMissingFileIsNamed() throws {
        let error = try #require(throws: DiagnosticError.self) { try Design(contentsOfFile: "nowhere/chip.yaml") }
        #expect(error.kind == .missingInput)
        #expect(error.location.file == "nowhere/chip.yaml")
    }

    @Test func decodedJsonIsValidated() throws {
        let json = String(decoding: try JSONEncoder().encode(Samples.design), as: UTF8.self)
            .replacingOccurrences(of: "\"batch\":8", with: "\"batch\":0")
        let error = try #require(throws: DiagnosticError.self) {
            try JSONDecoder().decode(Design.self, from: Data(json.utf8))
        }
        #expect(error.location.field == "batch")
    }
}
