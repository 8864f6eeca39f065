import Accelerators
import Configuration
import Diagnostics
import Testing

@Suite struct HardwareCalibrationTests {
    /// Published: Jouppi et al., ISCA 2017 and ISCA 2021, table 1. Areas but the first are upper bounds.
    static let published: [(name: String, watts: Double, mm2: Double)] = [
        ("tpu-v1", 75, 331), ("tpu-v2", 280, 625), ("tpu-v3", 450, 700), ("tpu-v4i", 175, 400),
    ]

    @Test func fourPublishedChipsArePredictedWithinAFifthByOneSetOfConstants() throws {
        let calibration = try HardwareCalibration(files: Samples.files)
        #expect(calibration.chips.count == HardwareCalibrationTests.published.count)
        for (chip, figures) in zip(calibration.chips, HardwareCalibrationTests.published) {
            #expect(chip.name == figures.name)
            #expect(chip.publishedTdpWatts == figures.watts)
            #expect(chip.publishedAreaMM2 == figures.mm2)
            #expect(abs(chip.predictedTdpWatts / figures.watts - 1) < 0.2, "\(chip)")
            #expect(abs(chip.predictedAreaMM2 / figures.mm2 - 1) < 0.2, "\(chip)")
        }
    }

    @Test func nodesShareTheirConstants() throws {
        let base = try Samples.technology("7nm")
        for name in ["16nm", "28nm"] {
            let other = try Samples.technology(name)
            #expect(other.name == name)
            #expect(other.scale != base.scale)
            // A group of each kind stands for all: the reader takes them from one file.
            #expect(other.constants.array == base.constants.array)
            #expect(other.constants.sram == base.constants.sram)
            #expect(other.constants.hbm2 == base.constants.hbm2)
            #expect(other.constants.control == base.constants.control)
        }
    }

    /// DESIGN's check of figures: 123 TFLOPS at 0.94 GHz, and so on, for each chip's file.
    @Test(arguments: [("tpu-v3", 123.0, 32), ("tpu-v4i", 138, 144 - 16)])
    func aBaselineHasThePublishedPeakAndMemory(name: String, teraflops: Double, memoryMiB: Int) throws {
        let design = try Design(named: name, in: Samples.files)
        #expect(abs(design.datapath.peakTFLOPS - teraflops) < 1)
        #expect(design.datapath.globalMemoryMiB == memoryMiB)
    }

    @Test func aBaselineHasNeitherLinksNorAnotherCompiler() throws {
        let baseline = try Design(named: "tpu-v3", in: Samples.files)
        #expect(baseline.compiler.fusion == .regions)
        #expect(baseline.compiler.padding == .array)
        #expect(baseline.compiler.dataflow == .weightStationary)
        let model = HardwareModel(technology: try Samples.technology("16nm"))
        let chip = try PublishedChip(
            contentsOfFile: Samples.files.file(named: "tpu-v3", in: "environments/baselines"))
        // 4 links of 82 GB/s, both directions, at 8 pJ/bit.
        let links = chip.predictedCost(model: model).tdpWatts - model.cost(of: baseline.datapath).tdpWatts
        #expect(abs(links - 4 * 82 * 2 * 8 * 8e-3) < 0.01)
    }

    @Test func anUnknownBaselineIsRefusedWithTheNearest() throws {
        let error = try #require(throws: DiagnosticError.self) { try Design(named: "tpu-v4", in: Samples.files) }
        #expect(error.kind == .missingInput)
        #expect(error.remedy?.contains("'tpu-v3'") == true || error.remedy?.contains("'tpu-v4i'") == true)
    }

    @Test func anInt8ChipIsNoDesign() throws {
        let path = Samples.repository + "/environments/technologies/chips/tpu-v1.yaml"
        let error = try #require(throws: DiagnosticError.self) { try Design(contentsOfFile: path) }
        #expect(error.location.field == "published")
    }
}
