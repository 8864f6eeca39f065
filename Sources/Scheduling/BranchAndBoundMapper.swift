internal import Accelerators
internal import Diagnostics
public import Workloads

/// The mapper: branch and bound over units, spatial unrollings, tiles and loop orders.
///
/// Branches are the unit and the pair of dimensions that the PE grid shares out; the cycles of a branch are bounded by its compute
/// cycles, were each PE's share one tile, and by the compulsory bytes at every level. They are taken in the order of their bounds until the
/// best mapping found reaches the next one's.
public struct BranchAndBoundMapper: Mapper {
    public init() {}

    public func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        var search = MappingSearch(nest, on: view, under: constraints)
        search.run()
        guard let best = search.best else {
            throw DiagnosticError(
                .configuration,
                "expected L1 buffers that hold the smallest tile of an operator with \(nest.filterHeight)×"
                    + "\(nest.filterWidth) filters, found \(view.l1.inputBytes >> 10), \(view.l1.weightBytes >> 10) and "
                    + "\(view.l1.outputBytes >> 10) KiB", remedy: "enlarge L1")
        }
        return MappedOperator(
            nest: nest, mapping: best.mapping, cost: search.analysis.cost(of: best.mapping), cycles: best.cycles,
            lowerBoundCycles: search.lowerBoundCycles, provenOptimal: search.isProven,
            mappingsCosted: search.mappingsCosted)
    }
}

/// One operator's search.
struct MappingSearch {
    /// A unit with the part of the array that its folds use.
    struct Unit {
        var unit: ComputeUnit
        var array: SystolicArray
        /// Cycles that nothing overlaps.
        var startCycles: Double
    }

    /// A unit, and the dimensions that the grid shares out along x and y.
    struct Branch {
        var unit: Int
        var x: Dimension
        var y: Dimension
        /// Compute cycles that no tiling of the branch beats.
        var computeCycles: Double
        var bound: Score
    }

    let nest: LoopNest
    let view: SchedulingView
    let constraints: MappingConstraints
    let analysis: NestAnalysis
    let whole: Extents
    /// Cycles that DRAM, and Global Memory's ports, take to move every operand once.
    let dramCycles: Double
    let globalCycles: Double
    private(set) var units: [Unit] = []
    private(set) var branches: [Branch] = []
    var best: Candidate?
    var mappingsCosted = 0
    private(set) var isProven = false
    private(set) var lowerBoundCycles = 0.0

    init(_ nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) {
        self.nest = nest
        self.view = view
        self.constraints = constraints
        analysis = NestAnalysis(nest, on: view)
        whole = Extents(nest)
        let bytes = analysis.compulsoryBytes
        dramCycles = bytes / view.dramBytesPerCycle
        globalCycles = bytes / view.globalMemoryBytesPerCycle
        for unit in ComputeUnit.units(for: nest, on: view, dataflow: constraints.dataflow) {
            for array in unit.arrays(for: nest, on: view.array, padding: constraints.padding) {
                units.append(Unit(unit: unit, array: array, startCycles: analysis.startCycles(unit, on: array)))
            }
        }
        addBranches()
    }

    /// The compulsory part of every branch's score.
    func bound(computeCycles: Double, startCycles: Double) -> Score {
        let onChip = max(computeCycles, globalCycles)
        return Score(
            cycles: max(onChip, dramCycles) + startCycles, onChipCycles: onChip, objective: constraints.objective)
    }

    private mutating func addBranches() {
        let shared = SpatialUnrolling.dimensions.filter { whole[$0] > 1 }
        let alongX = view.peGrid.x > 1 && !shared.isEmpty ? shared : [.batch]
        let alongY = view.peGrid.y > 1 && !shared.isEmpty ? shared : [.batch]
        for (index, unit) in units.enumerated() {
            for x in alongX {
                for y in alongY {
                    var share = whole
                    share[x] = divideRoundingUp(share[x], view.peGrid.x)
                    share[y] = divideRoundingUp(share[y], view.peGrid.y)
                    let cycles = analysis.computeCycles(unit.unit, on: unit.array, share: share)
                    branches.append(
                        Branch(
                            unit: index, x: x, y: y, computeCycles: cycles,
                            bound: bound(computeCycles: cycles, startCycles: unit.startCycles)))
                }
            }
        }
    }

    mutating func run() {
        lowerBoundCycles = branches.reduce(.infinity) { min($0, $1.bound.cycles) }
        var globalTiles: [Extents: GlobalTile] = [:]
        branches.sort { $0.bound < $1.bound }
        for branch in branches {
            if let best, best.score <= branch.bound {
                isProven = true
                break
            }
            improve(with: branch, &globalTiles)
        }
    }

    private mutating func improve(with branch: Branch, _ globalTiles: inout [Extents: GlobalTile]) {
        let unit = units[branch.unit]
        let unrolling = SpatialUnrolling(branch.x, branch.y, of: whole, unit: unit.unit, array: unit.array, on: view)
        let search = TileSearch(
            nest: nest, view: view, analysis: analysis, unit: unit, objective: constraints.objective,
            dramBound: dramCycles)
        search.improve(&best, with: unrolling, bound: branch, globalTiles: &globalTiles, costed: &mappingsCosted)
    }
}

/// What the objective makes small; of equals the mapping that is busier on the chip is worse.
struct Score: Comparable {
    var value: Double
    var cycles: Double
    var onChipCycles: Double

    init(cycles: Double, onChipCycles: Double, objective: MappingConstraints.Objective) {
        self.cycles = cycles
        self.onChipCycles = onChipCycles
        value =
            switch objective {
            case .latency: cycles
            case .residency: cycles + onChipCycles
            }
    }

    static func == (a: Score, b: Score) -> Bool { a.value == b.value }

    static func < (a: Score, b: Score) -> Bool { a.value < b.value }

    static func <= (a: Score, b: Score) -> Bool { a.value <= b.value * (1 + 1e-12) }
}

/// A mapping under consideration, with what mappings are compared by.
struct Candidate {
    var mapping: Mapping
    /// Cycles in all.
    var cycles: Double
    /// Cycles of the busiest resource on the chip.
    var onChipCycles: Double
    var score: Score
    /// A stand-in for energy: bytes weighted by the relative cost of the level that moves them.
    var movement: Double

    init(_ mapping: Mapping, _ cost: MappingCost, on view: SchedulingView, objective: MappingConstraints.Objective) {
        self.mapping = mapping
        onChipCycles = max(cost.arrayCycles, cost.vectorCycles, cost.l2Cycles, cost.globalMemoryCycles(on: view))
        cycles = max(onChipCycles, cost.dram.total / view.dramBytesPerCycle) + cost.startCycles(on: view)
        score = Score(cycles: cycles, onChipCycles: onChipCycles, objective: objective)
        movement = cost.movement
    }

    func isBetter(than other: Candidate) -> Bool {
        if score.value != other.score.value { return score.value < other.score.value }
        if onChipCycles != other.onChipCycles { return onChipCycles < other.onChipCycles }
        return movement < other.movement
    }
}
