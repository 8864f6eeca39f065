/// A mapping under consideration, with what mappings are compared by.
struct Candidate {
    var mapping: Mapping
    /// Cycles in all.
    var cycles: Double
    /// Cycles of the busiest resource on the chip.
    var onChipCycles: Double
    var score: Score
    /// Energy in pJ where it is known; bytes weighted by the relative cost of the level that moves them stand in for it otherwise.
    var movement: Double
    private let breaksTiesByEnergy: Bool

    init(_ mapping: Mapping, _ cost: MappingCost, on view: SchedulingView, by criterion: Criterion) {
        self.mapping = mapping
        onChipCycles = max(cost.arrayCycles, cost.vectorCycles, cost.l2Cycles, cost.globalMemoryCycles(on: view))
        cycles = max(onChipCycles, cost.dram.total / view.dramBytesPerCycle) + cost.startCycles(on: view)
        breaksTiesByEnergy = criterion.breaksTiesByEnergy
        movement = criterion.movement(mapping.unit, cost)
        score = criterion.score(cycles: cycles, onChipCycles: onChipCycles, energyPJ: movement)
    }

    func isBetter(than other: Candidate) -> Bool {
        if score.value != other.score.value { return score.value < other.score.value }
        if !breaksTiesByEnergy, onChipCycles != other.onChipCycles { return onChipCycles < other.onChipCycles }
        return movement < other.movement
    }
}
