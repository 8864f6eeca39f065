import Accelerators
import Workloads

/// What mappings of an operator are compared by.
struct Criterion {
    private let objective: MappingConstraints.Objective
    /// What makes mappings of at most so many cycles compare by energy, and rules out all others.
    private let cycleLimit: Double?
    private let energies: MappingEnergies?
    private let macs: Double
    private let macPJ: Double
    private let hasGlobalMemory: Bool
    /// No mapping takes less: the cheaper unit's products, and every byte moved once at each level. 0 without energies.
    private let leastEnergyPJ: Double

    init(_ constraints: MappingConstraints, _ analysis: NestAnalysis, cycleLimit: Double? = nil) {
        objective = constraints.objective
        self.cycleLimit = cycleLimit.map { $0 * (1 + 1e-12) }
        energies = constraints.energies
        macs = analysis.macs
        hasGlobalMemory = analysis.view.stagingBytes != nil
        guard let energies = constraints.energies else {
            leastEnergyPJ = 0
            macPJ = 0
            return
        }
        macPJ = energies.macPJ.pj(analysis.nest.types)
        let operations = Double(analysis.operationsPerTap)
        var once = LevelTraffic()
        let bytes = analysis.compulsoryOperandBytes
        once.inputReads = bytes.input
        once.weightReads = bytes.weight
        once.outputWrites = bytes.output
        leastEnergyPJ =
            macs * min(macPJ, energies.vectorOperationPJ * operations) + energies.l1PJPerByte.energyPJ(once)
            + (analysis.view.l2 == nil ? 0 : energies.l2PJPerByte.energyPJ(once))
            + once.total * (energies.globalMemoryPJPerByte * (hasGlobalMemory ? 2 : 1) + energies.dramPJPerByte)
    }

    /// Energy in pJ, or what stands in for it.
    func movement(_ unit: ComputeUnit, _ cost: MappingCost) -> Double {
        guard let energies else { return cost.movement }
        let throughGlobalMemory = cost.globalMemory.total + (hasGlobalMemory ? cost.dram.total : 0)
        return (unit == .vector ? 0 : macs * macPJ) + cost.vectorOperations * energies.vectorOperationPJ
            + energies.l1PJPerByte.energyPJ(cost.l1) + energies.l2PJPerByte.energyPJ(cost.l2)
            + throughGlobalMemory * energies.globalMemoryPJPerByte + cost.dram.total * energies.dramPJPerByte
    }

    /// Whether energy decides between equal scores, and not which is less busy on the chip.
    var breaksTiesByEnergy: Bool { energies != nil }

    @inline(__always)
    func score(cycles: Double, onChipCycles: Double, energyPJ: Double) -> Score {
        if let cycleLimit {
            return Score(
                value: cycles <= cycleLimit ? energyPJ : .infinity, cycles: cycles, onChipCycles: onChipCycles)
        }
        let value =
            switch objective {
            case .latency, .latencyThenEnergy: cycles
            case .residency: cycles + onChipCycles
            case .edp: cycles * energyPJ
            }
        return Score(value: value, cycles: cycles, onChipCycles: onChipCycles)
    }

    /// The least score with so many cycles.
    @inline(__always)
    func leastScore(cycles: Double, onChipCycles: Double) -> Score {
        score(cycles: cycles, onChipCycles: onChipCycles, energyPJ: leastEnergyPJ)
    }
}
