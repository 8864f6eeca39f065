internal import Foundation
internal import Workloads

/// A search through the mappings of a `ReferenceSpace`, each costed by the model.
struct ReferenceSearch {
    /// Foundation has units of this name.
    private typealias Dimension = Workloads.Dimension

    struct Candidate {
        var tiling: ReferenceTiling
        var evaluation: TimeloopEvaluation
        /// Logarithm of what is made small.
        var value: Double
        /// The same while annealing: a path may lead over more cycles.
        var smoothValue: Double

        init(_ tiling: ReferenceTiling, _ evaluation: TimeloopEvaluation, _ objective: ReferenceMapper.Objective) {
            self.tiling = tiling
            self.evaluation = evaluation
            let cycles = log(evaluation.cycles)
            let energy = log(max(evaluation.energyPJ, 1))
            // Of equal cycles energy decides: a part in 10⁴ of cycles outweighs a hundredth of the energy.
            value = (objective == .latency ? 100 * cycles : cycles) + energy
            smoothValue = (objective == .latency ? 3 * cycles : cycles) + energy
        }
    }

    let space: ReferenceSpace
    let model: TimeloopModel
    let objective: ReferenceMapper.Objective
    private(set) var best: Candidate
    private(set) var evaluated = 0
    private let open: [(dimension: Dimension, slots: [ReferenceTiling.Slot])]
    private let competitions: [[SpatialChoice]]
    /// DRAM's cycles, and the logarithm of the energy, of every word moved once.
    private let leastCycles: Double
    private let leastLogEnergy: Double

    /// Begins at the best of some tilings; nil where none of them, nor of those grown from them, is valid.
    init?(
        _ space: ReferenceSpace, _ model: TimeloopModel, _ objective: ReferenceMapper.Objective,
        from tilings: [ReferenceTiling]
    ) {
        self.space = space
        self.model = model
        self.objective = objective
        open = Dimension.allCases.filter { space.bounds[$0.rawValue] > 1 }.map { ($0, space.slots(of: $0)) }
        leastCycles = space.leastDRAMCycles
        leastLogEnergy = log(max(space.leastEnergyPJ, 1))
        competitions = SpatialChoice.competitions(in: space)
        func firstValid(_ tilings: [ReferenceTiling]) -> Candidate? {
            for tiling in tilings where tiling.fits(space) {
                if let evaluation = try? model.evaluate(tiling.mapping(in: space)) {
                    return Candidate(tiling, evaluation, objective)
                }
            }
            return nil
        }
        // Small tiles are invalid only where buffers must be filled to some share.
        guard let first = firstValid(tilings) ?? firstValid(tilings.flatMap { $0.grown(in: space) }) else { return nil }
        best = first
        for tiling in tilings { consider(tiling) }
    }

    /// Costs a tiling that fits.
    private mutating func candidate(_ tiling: ReferenceTiling) -> Candidate? {
        evaluated += 1
        guard let evaluation = try? model.evaluate(tiling.mapping(in: space)) else { return nil }
        return Candidate(tiling, evaluation, objective)
    }

    /// Keeps a tiling that fits and is better than the best so far.
    private mutating func consider(_ tiling: ReferenceTiling) {
        if tiling.fits(space), let next = candidate(tiling), next.value < best.value { best = next }
    }

    // MARK: - Annealing

    /// How hot each annealing starts and how cold it ends, as a share of what is made small.
    ///
    /// The first two find the region: where buffers are small, good mappings are far apart. What nearly the best differ by is left to the last.
    private static let phases: [(hottest: Double, coldest: Double)] = [
        (1, 1e-2), (0.3, 3e-3), (0.05, 3e-4), (0.01, 3e-5),
    ]

    /// Simulated annealing from the best so far, in phases, each from the best that the one before found.
    mutating func anneal(steps: Int, using generator: inout some RandomNumberGenerator) {
        guard !open.isEmpty else { return }
        let stepsEach = steps / Self.phases.count
        for (hottest, coldest) in Self.phases {
            var current = best
            for step in 0..<stepsEach {
                let temperature = hottest * pow(coldest / hottest, Double(step) / Double(stepsEach))
                let most = current.smoothValue - temperature * log(Double.random(in: 0x1p-53...1, using: &generator))
                guard let tiling = neighbour(of: current.tiling, atMost: most, using: &generator),
                    let next = candidate(tiling)
                else { continue }
                if next.value < best.value { best = next }
                if next.smoothValue <= most { current = next }
            }
        }
    }

    /// What a tiling's value is at least: the instances that it uses are never idle, and every word moves once.
    private func leastSmoothValue(_ tiling: ReferenceTiling) -> Double {
        let cycles = log(max(space.problem.computes / tiling.instances, leastCycles))
        return (objective == .latency ? 3 * cycles : cycles) + leastLogEnergy
    }

    /// How many changes are tried to find one that fits: that costs little next to an evaluation.
    private static let tries = 2

    /// A tiling a few changes away that fits and may be good enough; nil where none is found.
    private func neighbour(
        of tiling: ReferenceTiling, atMost most: Double, using generator: inout some RandomNumberGenerator
    ) -> ReferenceTiling? {
        for _ in 0..<Self.tries {
            var next = tiling
            for _ in 0..<Int.random(in: 1...3, using: &generator) { change(&next, using: &generator) }
            if next != tiling, leastSmoothValue(next) <= most, next.fits(space) { return next }
        }
        return nil
    }

    private func change(_ tiling: inout ReferenceTiling, using generator: inout some RandomNumberGenerator) {
        let kind = Int.random(in: 0..<8, using: &generator)
        if kind == 0 {
            let choices = competitions[Int.random(in: 0..<competitions.count, using: &generator)]
            let last = Int.random(in: 0..<choices.count, using: &generator)
            let choice = choices[Int.random(in: 0...last, using: &generator)]
            tiling.share(choice, exchanging: Bool.random(using: &generator), in: space)
            return
        }
        if kind <= 2 {
            let inL3 = space.hasL3 && Bool.random(using: &generator)
            var order = inL3 ? tiling.l3Order : tiling.dramOrder
            let moved = order.remove(at: Int.random(in: 0..<order.count, using: &generator))
            order.insert(moved, at: Int.random(in: 0...order.count, using: &generator))
            if inL3 { tiling.l3Order = order } else { tiling.dramOrder = order }
            return
        }
        if kind == 3 { return exchange(&tiling, using: &generator) }
        let (dimension, slots) = open[Int.random(in: 0..<open.count, using: &generator)]
        let slot = slots[Int.random(in: 0..<slots.count, using: &generator)]
        let bound = space.bounds[dimension.rawValue]
        let inner = slot == .rows ? 1 : tiling.extent(dimension, through: slot) / tiling[dimension, slot]
        let left = (bound + inner - 1) / inner
        // As many tiles further out as a power law gives.
        let tiles = max(1, Int(pow(Double(left), Double.random(in: 0...1, using: &generator)).rounded()))
        var factor = (left + tiles - 1) / tiles
        if slot.isSpatial { factor = min(factor, space.limit(slot)) }
        if Bool.random(using: &generator) {
            tiling.setKeepingTiles(dimension, slot, to: factor, in: space)
        } else {
            tiling.set(dimension, slot, to: factor, in: space)
        }
    }

    /// Makes a tile longer in one dimension and shorter in another, so that it takes about as many words.
    private func exchange(_ tiling: inout ReferenceTiling, using generator: inout some RandomNumberGenerator) {
        let slot = space.hasL3 && Bool.random(using: &generator) ? ReferenceTiling.Slot.l3 : .l1
        let longer = open[Int.random(in: 0..<open.count, using: &generator)].dimension
        let shorter = open[Int.random(in: 0..<open.count, using: &generator)].dimension
        guard longer != shorter else { return }
        let ratio = exp2(Double.random(in: 0.2...3, using: &generator))
        let keepsTiles = Bool.random(using: &generator)
        for (dimension, ratio) in [(shorter, 1 / ratio), (longer, ratio)] {
            let factor = max(1, Int((Double(tiling[dimension, slot]) * ratio).rounded()))
            if keepsTiles {
                tiling.setKeepingTiles(dimension, slot, to: factor, in: space)
            } else {
                tiling.set(dimension, slot, to: factor, in: space)
            }
        }
    }

    // MARK: - Descent

    /// Takes a tiling that is better, by more than rounding.
    private mutating func improve(_ tiling: ReferenceTiling) -> Bool {
        guard tiling != best.tiling, tiling.fits(space), let next = candidate(tiling), next.value < best.value - 1e-12
        else { return false }
        best = next
        return true
    }

    /// Descends from the best so far, and again with each way to share out that leaves as few steps.
    mutating func descend() {
        takeWhatHelps()
        for choices in competitions {
            for choice in choices where choice.steps == choices[0].steps {
                let before = best
                var tiling = before.tiling
                tiling.share(choice, exchanging: true, in: space)
                guard tiling != before.tiling, tiling.fits(space), let start = candidate(tiling),
                    start.value < before.value + Self.detour
                else { continue }
                best = start
                takeWhatHelps()
                if before.value <= best.value { best = before }
            }
        }
    }

    /// How much worse a descent may start than the best: a twentieth.
    private static let detour = 0.05

    /// Takes every single change that helps until none does.
    private mutating func takeWhatHelps() {
        var improves = true
        while improves {
            improves = false
            for (dimension, slots) in open {
                for slot in slots where tryFactors(dimension, slot) { improves = true }
            }
            for choice in competitions.joined() where tryShares(choice) { improves = true }
            for inL3 in space.hasL3 ? [true, false] : [false] where tryOrders(inL3: inL3) { improves = true }
        }
    }

    private mutating func tryShares(_ choice: SpatialChoice) -> Bool {
        var improves = false
        for exchanging in [false, true] {
            var tiling = best.tiling
            tiling.share(choice, exchanging: exchanging, in: space)
            if improve(tiling) { improves = true }
        }
        return improves
    }

    private mutating func tryFactors(_ dimension: Dimension, _ slot: ReferenceTiling.Slot) -> Bool {
        var improves = false
        let limit = slot.isSpatial ? space.limit(slot) : .max
        for factor in evenFactors(of: space.bounds[dimension.rawValue], upTo: limit) {
            for keepsTiles in [false, true] {
                var tiling = best.tiling
                if keepsTiles {
                    tiling.setKeepingTiles(dimension, slot, to: factor, in: space)
                } else {
                    tiling.set(dimension, slot, to: factor, in: space)
                }
                if improve(tiling) { improves = true }
            }
        }
        return improves
    }

    private mutating func tryOrders(inL3: Bool) -> Bool {
        var improves = false
        for (dimension, _) in open {
            for position in Dimension.allCases.indices {
                var tiling = best.tiling
                var order = inL3 ? tiling.l3Order : tiling.dramOrder
                order.removeAll { $0 == dimension }
                order.insert(dimension, at: position)
                if inL3 { tiling.l3Order = order } else { tiling.dramOrder = order }
                if improve(tiling) { improves = true }
            }
        }
        return improves
    }
}
