import Accelerators
import Diagnostics
import RandomNumbers
import TestSupport
import Testing

@Suite struct DatapathValidationTests {
    @Test func theWholeSearchSpaceAndTheBaselinesAreValid() throws {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let datapath = Samples.datapath(using: &generator)
            if datapath.macUnits <= 1 << 31 { try datapath.validate() }
        }
        try Design(named: "tpu-v3", in: Repository.files).validate()
        try Design(named: "tpu-v4i", in: Repository.files).validate()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var field: String
        var change: @Sendable (inout Datapath) -> Void
        var testDescription: String { field }
    }

    @Test(arguments: [
        Case(field: "peGrid.x") { $0.peGrid.x = 0 },
        Case(field: "peGrid.y") { $0.peGrid.y = 1025 },
        Case(field: "array.x") { $0.array.x = -1 },
        Case(field: "array.y") { $0.array.y = Int.max },
        Case(field: "vectorMultiplier") { $0.vectorMultiplier = 0 },
        Case(field: "l1.inputKiB") { $0.l1.inputKiB = 0 },
        Case(field: "l1.weightKiB") { $0.l1.weightKiB = 65_537 },
        Case(field: "l1.outputKiB") { $0.l1.outputKiB = 0 },
        Case(field: "l2.inputMultiplier") { $0.l2?.inputMultiplier = 0 },
        Case(field: "l2.weightMultiplier") { $0.l2?.weightMultiplier = 1025 },
        Case(field: "l2.outputMultiplier") { $0.l2?.outputMultiplier = 0 },
        Case(field: "globalMemoryMiB") { $0.globalMemoryMiB = 4097 },
        Case(field: "dram.gigabytesPerSecond") { $0.dram.gigabytesPerSecond = .nan },
        Case(field: "dram.gigabytesPerSecond") { $0.dram.gigabytesPerSecond = 0 },
        Case(field: "clockGHz") { $0.clockGHz = .infinity },
    ])
    func aParameterOutOfRangeIsNamed(test: Case) throws {
        var datapath = Samples.datapath
        try datapath.validate()
        test.change(&datapath)
        let error = try #require(throws: DiagnosticError.self) { try datapath.validate() }
        #expect(error.kind == .badData)
        #expect(error.location.field == "datapath." + test.field)
    }

    @Test func aWholeNumberOfChannelsIsRecognised() {
        #expect(DRAM.gddr6(channels: 8).gddr6Channels == 8)
        #expect(DRAM(technology: .gddr6, gigabytesPerSecond: 100).gddr6Channels == nil)
        #expect(DRAM(technology: .hbm2, gigabytesPerSecond: 448).gddr6Channels == nil)
        #expect(DRAM(technology: .lpddr5, channels: 4).gddr6Channels == nil)
    }

    /// Data pins × transfers a second / 8, of the standards' usual speed grades.
    @Test(
        arguments: [
            (DRAM.Technology.gddr6, 32, 14), (.hbm2, 1024, 2.4), (.ddr3, 64, 2.133), (.ddr4, 64, 3.2),
            (.lpddr4x, 16, 4.266), (.lpddr5, 16, 6.4),
        ] as [(DRAM.Technology, Double, Double)])
    func aChannelHasItsStandardsBandwidth(technology: DRAM.Technology, pins: Double, gigatransfers: Double) {
        let bandwidth = DRAM(technology: technology, channels: 3).gigabytesPerSecond
        #expect(abs(bandwidth / (3 * pins * gigatransfers / 8) - 1) < 1e-12)
    }
}
