import Accelerators
import Scheduling

/// What `fast schedule` reports of operators.
struct ScheduleSummary: Encodable {
    var schedulingSeconds: Double
    /// What the mapper made small.
    var objective: String
    var operators: [Row]

    struct Row: Encodable {
        var name: String
        /// How often the loop nest runs, one time after another: what follows is of one.
        var steps: Int
        var cycles: Double
        var lowerBoundCycles: Double
        var energyPJ: Double
        var provenOptimal: Bool
        /// Whether no mapping of as few cycles takes less energy.
        var provenLeastEnergy: Bool
        var unit: String
        var mapping: Mapping
        /// Cycles that each resource is busy; `start` is what nothing overlaps.
        var cyclesByResource: [String: Double]
        /// The busiest resource.
        var bound: String
        var utilization: Double
        var activePEs: Int
        var idlePEs: Int
        /// Bytes that each level moves.
        var bytes: [String: Bytes]
        /// How the mapper does; nil where the mapping is the mapper's, or it finds none.
        var mapper: Comparison?

        /// What the text is made from.
        let evaluation: MappingEvaluation

        private enum CodingKeys: String, CodingKey {
            case name, steps, cycles, lowerBoundCycles, energyPJ, provenOptimal, provenLeastEnergy, unit, mapping
            case cyclesByResource, bound, utilization, activePEs, idlePEs, bytes, mapper
        }
    }

    struct Bytes: Encodable {
        var inputReads: Double
        var weightReads: Double
        var outputReads: Double
        var outputWrites: Double

        init(_ traffic: LevelTraffic) {
            inputReads = traffic.inputReads
            weightReads = traffic.weightReads
            outputReads = traffic.outputReads
            outputWrites = traffic.outputWrites
        }
    }

    struct Comparison: Encodable {
        var cycles: Double
        /// Cycles of the mapping over those of the mapper's.
        var cyclesRatio: Double
        var isSameMapping: Bool
    }
}

extension ScheduleSummary.Row {
    /// - Parameters:
    ///   - mapper: what the mapper found, if anything.
    ///   - isUsers: whether the mapping is a user's.
    init(
        name: String, steps: Int, _ evaluation: MappingEvaluation, _ energies: AccessEnergy, mapper: MappedOperator?,
        objective: MappingConstraints.Objective, isUsers: Bool
    ) {
        let mapped = evaluation.mapped(lowerBoundCycles: mapper?.lowerBoundCycles ?? 0)
        let cost = evaluation.cost
        self.name = name
        self.steps = steps
        self.evaluation = evaluation
        cycles = mapped.cycles
        lowerBoundCycles = mapped.lowerBoundCycles
        energyPJ = mapped.energyPJ(energies, on: evaluation.view)
        if isUsers {
            let isFewestCycles = objective == .latency || objective == .latencyThenEnergy
            let isAsFast = mapper.map { isFewestCycles && $0.provenOptimal && mapped.cycles <= $0.cycles } ?? false
            provenOptimal = mapped.provenOptimal || isAsFast
            let leastPJ = mapper.flatMap { $0.provenLeastEnergy ? $0.energyPJ(energies, on: evaluation.view) : nil }
            provenLeastEnergy = isAsFast && (leastPJ.map { [energyPJ] in energyPJ <= $0 * (1 + 1e-12) } ?? false)
        } else {
            provenOptimal = mapper?.provenOptimal ?? false
            provenLeastEnergy = mapper?.provenLeastEnergy ?? false
        }
        unit = mapped.mapping.unit.name
        mapping = mapped.mapping
        cyclesByResource = ["start": evaluation.startCycles]
        for resource in MappingEvaluation.Resource.allCases {
            cyclesByResource[resource.rawValue] = evaluation.cycles(of: resource)
        }
        bound = evaluation.bound.rawValue
        utilization = evaluation.utilization
        activePEs = cost.activePEs
        idlePEs = evaluation.idlePEs
        bytes = [
            "dram": .init(cost.dram), "globalMemory": .init(cost.globalMemory), "l2": .init(cost.l2),
            "l1": .init(cost.l1),
        ]
        if isUsers, let mapper {
            self.mapper = .init(
                cycles: mapper.cycles, cyclesRatio: mapped.cycles / mapper.cycles,
                isSameMapping: mapper.mapping == mapping)
        }
    }
}
