import Accelerators
import RandomNumbers
import Testing

@Suite struct HardwareModelTests {
    static let seeds = 0..<400 as Range<UInt64>

    static func forEachDatapath(_ body: (Datapath, HardwareModel) throws -> Void) throws {
        for node in ["7nm", "16nm", "28nm"] {
            let model = HardwareModel(technology: try Samples.technology(node))
            for seed in seeds {
                var generator = SplitMix64(seed: seed)
                try body(Samples.datapath(using: &generator), model)
            }
        }
    }

    @Test func totalsAreTheSumsOfTheComponents() throws {
        try HardwareModelTests.forEachDatapath { datapath, model in
            let cost = model.cost(of: datapath)
            #expect(cost.components.map(\.name) == HardwareComponent.allCases)
            #expect(cost.areaMM2 == cost.components.reduce(0) { $0 + $1.areaMM2 })
            #expect(cost.tdpWatts == cost.components.reduce(0) { $0 + $1.tdpWatts })
            #expect(model.totals(of: datapath) == HardwareTotals(areaMM2: cost.areaMM2, tdpWatts: cost.tdpWatts))
            #expect(cost.components.allSatisfy { $0.areaMM2.isFinite && $0.tdpWatts.isFinite })
            #expect(cost.components.allSatisfy { $0.areaMM2 >= 0 && $0.tdpWatts >= 0 })
        }
    }

    /// Counts the events of a second of full activity by the rules of ports, and costs them one by one.
    @Test func fullActivityCostedByEventsIsTheTdp() throws {
        try HardwareModelTests.forEachDatapath { datapath, model in
            let energy = model.energies(of: datapath)
            let cycles = datapath.clockGHz * 1e9
            let pes = Double(datapath.peCount)
            var pj = cycles * Double(datapath.macUnits) * energy.macPJ.bfloat16
            pj += cycles * pes * Double(datapath.vectorLanes) * energy.vectorOperationPJ
            let ports = (
                input: Double(datapath.array.y * 2), weight: Double(datapath.array.x * 2),
                output: Double(datapath.array.x * 4)
            )
            pj += cycles * pes * ports.input * energy.l1PJPerByte.input
            pj += cycles * pes * ports.weight * energy.l1PJPerByte.weight
            pj += cycles * pes * 2 * ports.output * energy.l1PJPerByte.output
            pj += cycles * pes * ports.input * energy.l2PJPerByte.input
            pj += cycles * pes * ports.weight * energy.l2PJPerByte.weight
            pj += cycles * pes * ports.output * energy.l2PJPerByte.output
            pj += cycles * 2 * Double(datapath.globalMemoryBytesPerCycle) * energy.globalMemoryPJPerByte
            pj += datapath.dram.gigabytesPerSecond * 1e9 * energy.dramPJPerByte
            let watts = pj * 1e-12 + energy.staticWatts
            let tdp = model.totals(of: datapath).tdpWatts
            #expect(abs(watts / tdp - 1) < 1e-9)
            #expect(energy.staticWatts < tdp)
        }
    }

    @Test func areaAndTdpNeverFallWhenAnythingGrows() throws {
        typealias Growth = (name: String, grow: (inout Datapath) -> Void)
        let growths: [Growth] = [
            ("peGrid.x", { $0.peGrid.x *= 2 }), ("peGrid.y", { $0.peGrid.y *= 2 }),
            ("array.x", { $0.array.x *= 2 }), ("array.y", { $0.array.y *= 2 }),
            ("vectorMultiplier", { $0.vectorMultiplier *= 2 }),
            ("l1.inputKiB", { $0.l1.inputKiB *= 2 }), ("l1.weightKiB", { $0.l1.weightKiB *= 2 }),
            ("l1.outputKiB", { $0.l1.outputKiB *= 2 }),
            ("l2.inputMultiplier", { $0.l2?.inputMultiplier *= 2 }),
            ("l2.weightMultiplier", { $0.l2?.weightMultiplier *= 2 }),
            ("l2.outputMultiplier", { $0.l2?.outputMultiplier *= 2 }),
            ("globalMemoryMiB", { $0.globalMemoryMiB = max(1, 2 * $0.globalMemoryMiB) }),
            ("dram", { $0.dram.gigabytesPerSecond *= 2 }), ("clockGHz", { $0.clockGHz *= 1.1 }),
            (
                "l2",
                {
                    $0.l2 =
                        $0.l2
                        ?? L2Buffers(
                            configuration: .private, inputMultiplier: 1, weightMultiplier: 1, outputMultiplier: 1)
                }
            ),
        ]
        try HardwareModelTests.forEachDatapath { datapath, model in
            let before = model.totals(of: datapath)
            for (name, grow) in growths {
                var larger = datapath
                grow(&larger)
                let after = model.totals(of: larger)
                #expect(after.areaMM2 >= before.areaMM2, "\(name) of \(datapath)")
                #expect(after.tdpWatts >= before.tdpWatts, "\(name) of \(datapath)")
            }
        }
    }

    /// Area and TDP are sums of products of constants, all positive.
    @Test func areaAndTdpNeverFallWhenAConstantGrows() throws {
        for node in ["7nm", "16nm", "28nm"] {
            let technology = try Samples.technology(node)
            #expect(technology.entries.count == 52)
            for seed in 0..<20 as Range<UInt64> {
                var generator = SplitMix64(seed: seed)
                let datapath = Samples.datapath(using: &generator)
                let before = HardwareModel(technology: technology).totals(of: datapath)
                for entry in technology.entries {
                    var dearer = technology
                    dearer[entry] *= 1.5
                    let after = HardwareModel(technology: dearer).totals(of: datapath)
                    #expect(after.areaMM2 >= before.areaMM2, "\(entry.name)")
                    #expect(after.tdpWatts >= before.tdpWatts, "\(entry.name)")
                }
            }
        }
    }

    /// Two chips in one: twice the PEs along x, memory of twice the bandwidth; what a PE holds is paid for twice, exactly.
    @Test func whatAPEHoldsIsPaidForByThePE() throws {
        try HardwareModelTests.forEachDatapath { datapath, model in
            var double = datapath
            double.peGrid.x *= 2
            double.dram.gigabytesPerSecond *= 2
            let costs = [model.cost(of: datapath), model.cost(of: double)]
            for name in [HardwareComponent.systolicArrays, .vectorUnits, .l1, .l2, .dramInterface] {
                let parts = costs.compactMap { cost in cost.components.first { $0.name == name } }
                #expect(abs(parts[1].areaMM2 - 2 * parts[0].areaMM2) <= 1e-9 * parts[1].areaMM2, "\(name)")
                #expect(abs(parts[1].tdpWatts - 2 * parts[0].tdpWatts) <= 1e-9 * parts[1].tdpWatts, "\(name)")
            }
        }
    }

    /// Each component by hand, from the numbers in the technology file.
    @Test func theComponentsOfOneDatapathAreWhatTheEquationsSay() throws {
        let cost = HardwareModel(technology: try Samples.technology()).cost(of: Samples.datapath)
        func component(_ name: HardwareComponent) throws -> ComponentCost {
            try #require(cost.components.first { $0.name == name })
        }
        func isClose(_ a: Double, _ b: Double) -> Bool { abs(a / b - 1) < 1e-9 }
        let pes = 32.0
        let macs = pes * 32 * 16
        let arrays = try component(.systolicArrays)
        #expect(isClose(arrays.areaMM2, macs * 300e-6))
        #expect(isClose(arrays.tdpWatts, macs * (0.21 + 0.38 + 48 * 0.00235) * 1e-3 + macs * 300e-6 * 0.04))
        let lanes = pes * 64
        #expect(isClose(try component(.vectorUnits).areaMM2, lanes * 0.0192))
        #expect(isClose(try component(.vectorUnits).tdpWatts, lanes * 12.6e-3 + lanes * 0.0192 * 0.04))

        func energy(_ kib: Double) -> Double { 0.86 + 0.543 * 0.001715 * (kib * 1024).squareRoot() }
        func area(_ kib: Double, _ port: Double) -> Double {
            let bytes = kib * 1024
            return 0.382 * (0.109 * 8 * bytes * 2.25 + 1.6 * port * bytes.squareRoot()) * 1e-6
        }
        func leakage(_ kib: Double, _ port: Double) -> Double {
            let bytes = kib * 1024
            return 0.543 * (0.0162 * bytes + 0.121 * port * bytes.squareRoot()) * 1e-6
        }
        // Private L1: 32, 64 and 16 KiB; ports of 16 rows and 32 columns, of 2 bytes, and 32 partial sums in and out.
        let l1 = try component(.l1)
        #expect(isClose(l1.areaMM2, pes * (area(32, 32) + area(64, 64) + area(16, 256))))
        let l1PJ = 32 * energy(32) + 64 * energy(64) + 256 * energy(16)
        #expect(isClose(l1.tdpWatts, pes * (l1PJ * 1e-3 + leakage(32, 32) + leakage(64, 64) + leakage(16, 256))))
        // Shared L2: one pool of 64 + 256 + 128 KiB with a port of 32 + 64 + 128 bytes.
        let l2 = try component(.l2)
        #expect(isClose(l2.areaMM2, pes * area(448, 224)))
        #expect(isClose(l2.tdpWatts, pes * (224 * energy(448) * 1e-3 + leakage(448, 224))))
        // Global Memory: (8 columns of 32 + 4 rows of 16) words of 2 bytes, in and out.
        let globalBytes = 2.0 * (8 * 32 + 4 * 16) * 2
        let global = try component(.globalMemory)
        #expect(isClose(global.areaMM2, area(65_536, globalBytes)))
        #expect(isClose(global.tdpWatts, globalBytes * energy(65_536) * 1e-3 + leakage(65_536, globalBytes)))
        let side = (arrays.areaMM2 + lanes * 0.0192 + l1.areaMM2 + l2.areaMM2).squareRoot()
        #expect(isClose(try component(.network).tdpWatts, globalBytes * 0.5 * side * 1e-3))
        #expect(isClose(try component(.network).areaMM2, globalBytes * 0.0002 * side))
        let dram = try component(.dramInterface)
        #expect(isClose(dram.areaMM2, 224 * 0.09))
        #expect(isClose(dram.tdpWatts, 224 * 415 / 8 * 1e-3 + 224 * 0.01))
        #expect(try component(.host).areaMM2 == 20)
        #expect(try component(.host).tdpWatts == 5)
    }

    @Test func withoutGlobalMemoryOnlyTheNetworkCarriesBytes() throws {
        let model = HardwareModel(technology: try Samples.technology())
        var datapath = Samples.datapath
        datapath.globalMemoryMiB = 0
        let cost = model.cost(of: datapath)
        #expect(cost.components.first { $0.name == .globalMemory }?.areaMM2 == 0)
        #expect(cost.components.first { $0.name == .globalMemory }?.tdpWatts == 0)
        #expect(cost.components.first { $0.name == .network }.map { $0.tdpWatts > 0 } == true)
        let energy = model.energies(of: datapath).globalMemoryPJPerByte
        #expect(energy > 0 && energy < model.energies(of: Samples.datapath).globalMemoryPJPerByte)
    }

    @Test func aSharedPoolCostsMoreEnergyAByteThanAnyPrivateBuffer() throws {
        let model = HardwareModel(technology: try Samples.technology())
        var datapath = Samples.datapath
        let apart = model.energies(of: datapath).l1PJPerByte
        datapath.l1.configuration = .shared
        let pooled = model.energies(of: datapath).l1PJPerByte
        #expect(pooled.input == pooled.weight && pooled.weight == pooled.output)
        #expect(pooled.input > max(apart.input, apart.weight, apart.output))
    }

    @Test func anOlderNodeTakesMoreOfEverything() throws {
        try HardwareModelTests.forEachDatapath { datapath, model in
            guard model.technology.name == "7nm" else { return }
            let costs = try ["7nm", "16nm", "28nm"].map {
                HardwareModel(technology: try Samples.technology($0)).totals(of: datapath)
            }
            #expect(costs[0].areaMM2 < costs[1].areaMM2 && costs[1].areaMM2 < costs[2].areaMM2)
            #expect(costs[0].tdpWatts < costs[1].tdpWatts && costs[1].tdpWatts < costs[2].tdpWatts)
        }
    }
}
