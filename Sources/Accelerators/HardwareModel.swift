/// Area, power and energies of a datapath at a technology node.
///
///     let model = HardwareModel(technology: try Technology(named: "7nm"))
///     let cost = model.cost(of: design.datapath)
///
/// TDP is the power of full activity: every MAC and lane busy, and every port of `Datapath+Bandwidth` moving its full width, in
/// every cycle; DRAM at peak bandwidth; clocks and leakage. `energies(of:)` gives the same energies an event, so that full
/// activity costed by events comes to the TDP.
///
/// With the L1 and L2 configurations held fixed, area and TDP never fall when a capacity, an extent, a multiplier, the DRAM
/// bandwidth or the clock grows. Area and TDP of a shared pool may be below or above those of private buffers.
public struct HardwareModel: Sendable {
    public let technology: Technology
    private let sram: SRAMModel
    private let laneOperationPJ: Double
    private let laneMM2: Double

    public init(technology: Technology) {
        self.technology = technology
        sram = SRAMModel(technology: technology)
        laneOperationPJ = technology.constants.vector.laneOperationPJ * technology.scale.logicEnergy
        laneMM2 = technology.constants.vector.laneUM2 * 1e-6 * technology.scale.logicArea
    }

    /// Area and TDP with their components.
    public func cost(of datapath: Datapath) -> HardwareCost {
        cost(of: datapath, arithmetic: .bfloat16, linkGigabytesPerSecond: 0)
    }

    /// Area and TDP with their components, of a chip that may compute in int8 and have links to others.
    public func cost(
        of datapath: Datapath, arithmetic: Arithmetic, linkGigabytesPerSecond: Double
    ) -> HardwareCost {
        let breakdown = breakdown(of: datapath, arithmetic, linkGigabytesPerSecond: linkGigabytesPerSecond)
        let totals = breakdown.totals
        return HardwareCost(
            areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts,
            components: HardwareComponent.allCases.map { component in
                let share = breakdown[component]
                return ComponentCost(name: component, areaMM2: share.areaMM2, tdpWatts: share.watts)
            })
    }

    /// Area and TDP alone: the same figures as `cost(of:)`, without allocating memory.
    public func totals(of datapath: Datapath) -> HardwareTotals {
        breakdown(of: datapath, .bfloat16, linkGigabytesPerSecond: 0).totals
    }

    /// The energy of every event on the datapath, and the power that flows without any.
    ///
    /// The network's energy is part of Global Memory's; without a Global Memory it stands there alone.
    public func energies(of datapath: Datapath) -> AccessEnergy {
        breakdown(of: datapath, .bfloat16, linkGigabytesPerSecond: 0).energies
    }

    private func breakdown(
        of datapath: Datapath, _ arithmetic: Arithmetic, linkGigabytesPerSecond: Double
    ) -> HardwareBreakdown {
        let constants = technology.constants
        let pes = Double(datapath.peCount)
        let clock = datapath.clockGHz
        var result = HardwareBreakdown()
        // Picojoules a cycle times 10⁹ cycles a second are milliwatts.
        func watts(_ pjPerCycle: Double) -> Double { pjPerCycle * clock * 1e-3 }

        let cell = cell(arithmetic)
        let macs = Double(datapath.macUnits)
        result.arrays.areaMM2 = macs * cell.areaMM2
        result.arrays.dynamicWatts = watts(macs * cell.pj)
        result.arrays.staticWatts = logicLeakage(result.arrays.areaMM2)

        // An int8 lane is as much simpler than a float32 one as the MACs are.
        let lanes = Double(datapath.vectorLanes) * pes
        let laneRatio = arithmetic == .bfloat16 ? 1 : cell.pj / self.cell(.bfloat16).pj
        result.vectors.areaMM2 = lanes * laneMM2 * laneRatio
        result.vectors.dynamicWatts = watts(lanes * laneOperationPJ * laneRatio)
        result.vectors.staticWatts = logicLeakage(result.vectors.areaMM2)

        // The rules of ports count operands of bfloat16.
        let operandRatio = Double(arithmetic.operandBytes) / Double(Datapath.operandBytes)
        let input = Double(datapath.l1ReadBytesPerCycle(.input)) * operandRatio
        let weight = Double(datapath.l1ReadBytesPerCycle(.weight)) * operandRatio
        let output = Double(datapath.l1ReadBytesPerCycle(.output))
        let l1 = scratchpads(
            datapath.l1.configuration, kib: { Double(datapath.l1[$0]) },
            portBytes: (input, weight, output + Double(datapath.l1WriteBytesPerCycle)))
        result.l1 = l1.share(pes: pes, clockGHz: clock)
        var l2Energies = (input: 0.0, weight: 0.0, output: 0.0)
        if let buffers = datapath.l2 {
            let l2 = scratchpads(
                buffers.configuration, kib: { Double(datapath.l1[$0]) * Double(buffers[$0]) },
                portBytes: (input, weight, output))
            result.l2 = l2.share(pes: pes, clockGHz: clock)
            l2Energies = l2.pjPerByte
        }

        // It reads and writes its full width in the same cycle.
        let globalBytes = 2 * Double(datapath.globalMemoryBytesPerCycle) * operandRatio
        let globalCapacity = Double(datapath.globalMemoryBytes)
        var globalPJ = 0.0
        if globalCapacity > 0 {
            globalPJ = sram.pjPerByte(capacityBytes: globalCapacity)
            result.globalMemory.areaMM2 = sram.areaMM2(capacityBytes: globalCapacity, portBytes: globalBytes)
            result.globalMemory.dynamicWatts = watts(globalBytes * globalPJ)
            result.globalMemory.staticWatts = sram.leakageWatts(
                capacityBytes: globalCapacity, portBytes: globalBytes)
        }

        // A byte crosses the PE grid, whose side is the root of its area.
        let gridSideMM =
            (result.arrays.areaMM2 + result.vectors.areaMM2 + result.l1.areaMM2 + result.l2.areaMM2).squareRoot()
        let wirePJ = constants.network.wirePJPerByteMM * technology.scale.wireEnergy * gridSideMM
        result.network.areaMM2 = constants.network.wireMM2PerByteMM * globalBytes * gridSideMM
        result.network.dynamicWatts = watts(globalBytes * wirePJ)

        let offChip = constants[datapath.dram.technology]
        let dramPJ = offChip.pjPer64Bits / 8
        let bandwidth = datapath.dram.gigabytesPerSecond
        result.dram.areaMM2 = offChip.interfaceMM2PerGigabytePerSecond * bandwidth
        result.dram.dynamicWatts = dramPJ * bandwidth * 1e-3
        result.dram.staticWatts = offChip.idleWattsPerGigabytePerSecond * bandwidth

        let clocked = result.clockedBlocks
        let sequencersMM2 = pes * constants.control.sequencerMM2 * technology.scale.logicArea
        let sequencerPJ = constants.control.sequencerPJPerCycle * technology.scale.logicEnergy
        result.control.areaMM2 = constants.control.areaFactor * clocked.areaMM2 + sequencersMM2
        // The clock is not gated: it runs, and the sequencers with it, whether or not there is work.
        result.control.staticWatts =
            constants.control.clockPowerFactor * clocked.dynamicWatts + watts(pes * sequencerPJ)
            + logicLeakage(sequencersMM2)

        result.host.areaMM2 =
            constants.host.areaMM2 + constants.host.linkMM2PerGigabytePerSecond * linkGigabytesPerSecond
        result.host.staticWatts = constants.host.watts + constants.host.linkPJPerByte * linkGigabytesPerSecond * 1e-3

        result.energies = AccessEnergy(
            macPJ: macEnergies(arithmetic), vectorOperationPJ: laneOperationPJ * laneRatio, l1PJPerByte: l1.pjPerByte,
            l2PJPerByte: l2Energies, globalMemoryPJPerByte: globalPJ + wirePJ, dramPJPerByte: dramPJ,
            staticWatts: result.staticWatts)
        return result
    }

    private func logicLeakage(_ areaMM2: Double) -> Double {
        technology.constants.logic.leakageWattsPerMM2 * areaMM2
    }

    /// Energy of one MAC with the registers of its cell, and the cell's area.
    private func cell(_ arithmetic: Arithmetic) -> (pj: Double, areaMM2: Double) {
        let array = technology.constants.array
        let area = 1e-6 * technology.scale.logicArea
        return switch arithmetic {
        case .bfloat16:
            (macPJ(array.bfloat16MultiplyPJ + array.float32AddPJ, operandBits: 16), array.bfloat16CellUM2 * area)
        case .int8: (macPJ(array.int8MultiplyPJ + array.int32AddPJ, operandBits: 8), array.int8CellUM2 * area)
        }
    }

    /// Energy of one MAC: its arithmetic, and the registers that pass an operand and a partial sum of 32 bits on in every cycle.
    /// The stationary operand's register is not clocked.
    private func macPJ(_ arithmeticPJ: Double, operandBits: Double) -> Double {
        let registersPJ = (operandBits + 32) * technology.constants.array.registerPJPerBit
        return arithmeticPJ * technology.scale.logicEnergy + registersPJ * technology.scale.registerEnergy
    }

    /// Energy of a MAC in a cell, an operand type: a bfloat16 cell takes the other types too, an int8 cell nothing else.
    private func macEnergies(_ arithmetic: Arithmetic) -> AccessEnergy.MAC {
        let int8 = cell(.int8).pj
        guard arithmetic == .bfloat16 else { return AccessEnergy.MAC(int8) }
        let array = technology.constants.array
        return AccessEnergy.MAC(
            bfloat16: cell(.bfloat16).pj,
            float16: macPJ(array.float16MultiplyPJ + array.float32AddPJ, operandBits: 16), int8: int8)
    }

    /// The scratchpads of one PE at one level: three SRAMs, or one pool of their summed capacity and ports.
    private func scratchpads(
        _ sharing: BufferSharing, kib: (Operand) -> Double, portBytes: (input: Double, weight: Double, output: Double)
    ) -> Scratchpads {
        let capacity = (input: kib(.input) * 1024, weight: kib(.weight) * 1024, output: kib(.output) * 1024)
        var result = Scratchpads(portBytes: portBytes)
        func add(_ capacityBytes: Double, portBytes: Double) {
            result.areaMM2 += sram.areaMM2(capacityBytes: capacityBytes, portBytes: portBytes)
            result.leakageWatts += sram.leakageWatts(capacityBytes: capacityBytes, portBytes: portBytes)
        }
        switch sharing {
        case .private:
            add(capacity.input, portBytes: portBytes.input)
            add(capacity.weight, portBytes: portBytes.weight)
            add(capacity.output, portBytes: portBytes.output)
            result.pjPerByte = (
                sram.pjPerByte(capacityBytes: capacity.input), sram.pjPerByte(capacityBytes: capacity.weight),
                sram.pjPerByte(capacityBytes: capacity.output)
            )
        case .shared:
            let pool = capacity.input + capacity.weight + capacity.output
            add(pool, portBytes: portBytes.input + portBytes.weight + portBytes.output)
            let energy = sram.pjPerByte(capacityBytes: pool)
            result.pjPerByte = (energy, energy, energy)
        }
        return result
    }
}

/// The scratchpads of one PE at one level.
private struct Scratchpads {
    var portBytes: (input: Double, weight: Double, output: Double)
    var pjPerByte: (input: Double, weight: Double, output: Double) = (0, 0, 0)
    var areaMM2 = 0.0
    var leakageWatts = 0.0

    func share(pes: Double, clockGHz: Double) -> HardwareShare {
        let pjPerCycle =
            portBytes.input * pjPerByte.input + portBytes.weight * pjPerByte.weight
            + portBytes.output * pjPerByte.output
        return HardwareShare(
            areaMM2: pes * areaMM2, dynamicWatts: pes * pjPerCycle * clockGHz * 1e-3, staticWatts: pes * leakageWatts)
    }
}
