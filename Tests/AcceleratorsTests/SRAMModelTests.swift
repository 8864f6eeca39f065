import Accelerators
import Configuration
import Foundation
import TestSupport
import Testing

/// The SRAM model against CACTI's table at 22 nm and against published figures at 7 nm.
@Suite struct SRAMModelTests {
    struct Row {
        var bytes: Double
        var blockBytes: Double
        var banks: Double
        var pjPerByte: Double
        var leakageWatts: Double
        var areaMM2: Double
    }

    /// The rows of the variant that the constants were fitted to.
    static func rows() throws -> [Row] {
        let text = try readTextFile(Repository.root.path + "/Tests/Fixtures/Accelerators/sram_cacti.csv")
        return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            let cells = line.split(separator: ",")
            guard cells[0] == "hpperi_lstpcell_360K" else { return nil }
            let numbers = cells.dropFirst().compactMap { Double($0) }
            return Row(
                bytes: numbers[0], blockBytes: numbers[1], banks: numbers[2],
                pjPerByte: (numbers[4] + numbers[5]) / 2 / numbers[1],
                leakageWatts: numbers[6] * 1e-3, areaMM2: numbers[7])
        }
    }

    /// The constants where they were fitted, at 22 nm.
    static func modelAt22nm() throws -> SRAMModel {
        var technology = try Samples.technology()
        technology.scale.sramEnergy = 1
        technology.scale.sramArea = 1
        return SRAMModel(technology: technology)
    }

    /// The share of ratios model/CACTI within a factor, and their median.
    static func spread(_ ratios: [Double], within factor: Double) -> (share: Double, median: Double) {
        let inside = ratios.count { $0 <= factor && $0 >= 1 / factor }
        return (Double(inside) / Double(ratios.count), ratios.sorted()[ratios.count / 2])
    }

    @Test func energyFollowsCactiFrom1KBTo256MB() throws {
        let model = try SRAMModelTests.modelAt22nm()
        let rows = try SRAMModelTests.rows()
        #expect(rows.count == 109)
        let ratios = rows.map { model.arrayPJPerByte(capacityBytes: $0.bytes) / $0.pjPerByte }
        let (share, median) = SRAMModelTests.spread(ratios, within: 1.2)
        #expect(share >= 0.85)
        #expect(abs(median - 1) < 0.05)
        #expect(ratios.allSatisfy { $0 > 1 / 1.7 && $0 < 1.7 })
    }

    @Test func areaFollowsCactiFrom1KBTo256MB() throws {
        let model = try SRAMModelTests.modelAt22nm()
        let ratios = try SRAMModelTests.rows().map {
            model.arrayAreaMM2(capacityBytes: $0.bytes, portBytes: $0.blockBytes) / $0.areaMM2
        }
        let (share, median) = SRAMModelTests.spread(ratios, within: 1.3)
        #expect(share >= 0.8)
        #expect(abs(median - 1) < 0.05)
        #expect(ratios.allSatisfy { $0 > 1 / 1.7 && $0 < 1.7 })
    }

    /// CACTI's own leakage scatters, as it chooses different organisations for neighbouring sizes.
    @Test func leakageFollowsCactiOverSizesWidthsAndBanks() throws {
        let model = try SRAMModelTests.modelAt22nm()
        let rows = try SRAMModelTests.rows()
        func ratio(_ row: Row) -> Double {
            model.leakageWatts(capacityBytes: row.bytes, portBytes: row.blockBytes * row.banks) / row.leakageWatts
        }
        let (share, median) = SRAMModelTests.spread(rows.map(ratio), within: 1.5)
        #expect(share >= 0.8)
        #expect(abs(median - 1) < 0.05)
        #expect(rows.allSatisfy { (1 / 2.2...2.2).contains(ratio($0)) })
        // No trend is left over.
        for banks in [1.0, 16, 64] {
            let ratios = rows.filter { $0.banks == banks }.map(ratio)
            #expect(abs(SRAMModelTests.spread(ratios, within: 1.5).median - 1) < 0.2, "\(banks) banks")
        }
        for width in [16.0, 32, 64, 128] {
            let ratios = rows.filter { $0.blockBytes == width }.map(ratio)
            #expect(abs(SRAMModelTests.spread(ratios, within: 1.5).median - 1) < 0.25, "\(width) bytes")
        }
    }

    /// The model has no banks in energy and area: CACTI's figures must not ask for them.
    @Test(arguments: [1.0, 16, 64])
    func energyAndAreaNeedNoBanks(banks: Double) throws {
        let model = try SRAMModelTests.modelAt22nm()
        let rows = try SRAMModelTests.rows().filter { $0.banks == banks }
        let energies = rows.map { model.arrayPJPerByte(capacityBytes: $0.bytes) / $0.pjPerByte }
        let areas = rows.map { model.arrayAreaMM2(capacityBytes: $0.bytes, portBytes: $0.blockBytes) / $0.areaMM2 }
        #expect(abs(SRAMModelTests.spread(energies, within: 1.2).median - 1) < 0.05)
        #expect(abs(SRAMModelTests.spread(areas, within: 1.2).median - 1) < 0.15)
    }

    /// Jouppi et al., ISCA 2021: a 64-bit access at 7 nm. The intercept was taken from there; the slope is CACTI's, scaled.
    @Test(arguments: [(8.0, 7.5), (32, 8.5), (1024, 14)])
    func energyAt7nmIsWhatWasPublished(kib: Double, published: Double) throws {
        let energy = 8 * SRAMModel(technology: try Samples.technology()).pjPerByte(capacityBytes: kib * 1024)
        #expect(abs(energy / published - 1) < 0.1)
    }

    /// TPU-v1's 24 MiB unified buffer is 29% of its 331 mm².
    @Test func areaAt28nmFitsTheUnifiedBuffer() throws {
        let model = SRAMModel(technology: try Samples.technology("28nm"))
        let area = model.areaMM2(capacityBytes: 24 * 1024 * 1024, portBytes: 512)
        #expect(abs(area / (0.29 * 331) - 1) < 0.2)
    }
}
