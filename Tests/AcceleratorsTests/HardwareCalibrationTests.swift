import Accelerators
import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct HardwareCalibrationTests {
    /// Published: Jouppi et al., ISCA 2017 and ISCA 2021, table 1. Areas but the first are upper bounds.
    static let published: [(name: String, watts: Double, mm2: Double)] = [
        ("tpu-v1", 75, 331), ("tpu-v2", 280, 625), ("tpu-v3", 450, 700), ("tpu-v4i", 175, 400),
    ]

    @Test func fourPublishedChipsArePredictedWithinAFifthByOneSetOfConstants() throws {
        let calibration = try HardwareCalibration(files: Repository.files)
        #expect(calibration.chips.count == HardwareCalibrationTests.published.count)
        for (chip, figures) in zip(calibration.chips, HardwareCalibrationTests.published) {
            #expect(chip.name == figures.name)
            #expect(chip.publishedTdpWatts == figures.watts)
            #expect(chip.publishedAreaMM2 == figures.mm2)
            #expect(abs(chip.predictedTdpWatts / figures.watts - 1) < 0.2, "\(chip)")
            #expect(abs(chip.predictedAreaMM2 / figures.mm2 - 1) < 0.2, "\(chip)")
        }
    }

    @Test func aChipThatTheFitNeverSawIsPredictedWithinAFifth() throws {
        let calibration = try HardwareCalibration(files: Repository.files)
        #expect(calibration.leaveOneOut.map(\.name) == calibration.chips.map(\.name))
        for chip in calibration.leaveOneOut {
            #expect(abs(chip.predictedTdpWatts / chip.publishedTdpWatts - 1) < 0.2, "\(chip)")
            #expect(abs(chip.predictedAreaMM2 / chip.publishedAreaMM2 - 1) < 0.2, "\(chip)")
            #expect(try #require(chip.constants).allSatisfy { (0.8...1.25).contains($0.fitted / $0.shipped) })
        }
        #expect(calibration.degreesOfFreedom == 6)
        #expect(try HardwareCalibration(files: Repository.files) == calibration)
    }

    /// What ships is the fit to all four chips, rounded to three digits.
    @Test func theFittedConstantsAreThoseThatShip() throws {
        for constant in try HardwareCalibration(files: Repository.files).fitted {
            #expect(abs(constant.fitted / constant.shipped - 1) < 0.005, "\(constant)")
        }
    }

    /// The objective, written out anew: no point nearby is lower.
    @Test func theFitIsAMinimum() throws {
        let subjects = try HardwareCalibration.subjects(in: Repository.files)
        let fitted = try HardwareCalibration(files: Repository.files).fitted
        func misfit(_ values: [Double]) throws -> Double {
            var sum = 0.0
            for subject in subjects {
                let chip = subject.chip
                var technology = subject.technology
                for (constant, value) in zip(fitted, values) {
                    let entry = try #require(technology.entries.first { $0.name == constant.name })
                    technology[entry] = value
                }
                let cost = chip.predictedCost(model: HardwareModel(technology: technology))
                sum +=
                    pow(log(cost.tdpWatts / chip.tdpWatts) / 0.15, 2) + pow(log(cost.areaMM2 / chip.areaMM2) / 0.15, 2)
            }
            for (constant, value) in zip(fitted, values) {
                sum += pow(log(value * value / (constant.low * constant.high)) / log(constant.high / constant.low), 2)
            }
            return sum
        }
        let best = fitted.map(\.fitted)
        let least = try misfit(best)
        for step in [0.9, 0.99, 0.999, 1.001, 1.01, 1.1] {
            for (first, second) in [(step, 1), (1, step), (step, step), (step, 1 / step)] {
                #expect(try misfit([best[0] * first, best[1] * second]) > least)
            }
        }
    }

    /// A chip that is left out has no say: its published figures may be anything.
    @Test func aChipLeftOutHasNoSayInItsOwnPrediction() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Repository.root.path + "/environments", toPath: folder.path + "/environments")
        let path = folder.path + "/environments/baselines/tpu-v4i.yaml"
        let text = try readTextFile(path).replacingOccurrences(of: "tdpWatts: 175", with: "tdpWatts: 120")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let files = InstalledFiles(currentFolder: folder.path, executableFolder: nil, home: nil)
        let changed = try HardwareCalibration(files: files).leaveOneOut
        let original = try HardwareCalibration(files: Repository.files).leaveOneOut
        #expect(changed[3].constants == original[3].constants)
        #expect(changed[3].predictedTdpWatts == original[3].predictedTdpWatts)
        #expect(changed[0].constants != original[0].constants)
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
            #expect(other.constants[.hbm2] == base.constants[.hbm2])
            #expect(other.constants.control == base.constants.control)
        }
    }

    /// DESIGN's check of figures: 123 TFLOPS at 0.94 GHz, and so on, for each chip's file.
    @Test(arguments: [("tpu-v3", 123.0, 32), ("tpu-v4i", 138, 144 - 16), ("a100-like", 312, 40)])
    func aBaselineHasThePublishedPeakAndMemory(name: String, teraflops: Double, memoryMiB: Int) throws {
        let design = try Design(named: name, in: Repository.files)
        #expect(abs(design.datapath.peakTFLOPS - teraflops) < 1)
        #expect(design.datapath.globalMemoryMiB == memoryMiB)
    }

    @Test func aBaselineHasNeitherLinksNorAnotherCompiler() throws {
        let baseline = try Design(named: "tpu-v3", in: Repository.files)
        #expect(baseline.compiler.fusion == .regions)
        #expect(baseline.compiler.padding == .array)
        #expect(baseline.compiler.dataflow == .weightStationary)
        let model = HardwareModel(technology: try Samples.technology("16nm"))
        let chip = try PublishedChip(
            contentsOfFile: Repository.files.file(named: "tpu-v3", in: "environments/baselines"))
        // 4 links of 82 GB/s, both directions, at 8 pJ/bit.
        let links = chip.predictedCost(model: model).tdpWatts - model.cost(of: baseline.datapath).tdpWatts
        #expect(abs(links - 4 * 82 * 2 * 8 * 8e-3) < 0.01)
    }

    @Test func anUnknownBaselineIsRefusedWithTheNearest() throws {
        let error = try #require(throws: DiagnosticError.self) { try Design(named: "tpu-v4", in: Repository.files) }
        #expect(error.kind == .missingInput)
        #expect(error.remedy?.contains("'tpu-v3'") == true || error.remedy?.contains("'tpu-v4i'") == true)
    }

    @Test func anInt8ChipIsNoDesign() throws {
        let path = Repository.root.path + "/environments/technologies/chips/tpu-v1.yaml"
        let error = try #require(throws: DiagnosticError.self) { try Design(contentsOfFile: path) }
        #expect(error.location.field == "published")
    }
}
