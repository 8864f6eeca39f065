import Accelerators
import Workloads

/// One operator's search.
struct MappingSearch {
    /// A unit with the part of the array that its folds use.
    struct Unit {
        var unit: ComputeUnit
        var array: SystolicArray
        /// Cycles that nothing overlaps.
        var startCycles: Double
    }

    /// A unit, and the dimensions that the grid shares out along x and y; nil where an axis is left idle.
    struct Branch {
        var unit: Int
        var x: Dimension?
        var y: Dimension?
        /// Compute cycles that no tiling of the branch beats.
        var computeCycles: Double
        /// No mapping of the branch scores less.
        var bound: Score
        /// Cycles of the vector unit to add up what PEs share of a reduction.
        var reductionCycles: Double
        var tightness = Tightness.simple
        /// The depth of tiles that the bound leaves the most room to.
        var depth: CapacityBound.Depth?
        /// Whether tiles were tried, perhaps before the tightest bound, and the tile that comes with it, were known.
        var isTried = false
        var isExplored = false
    }

    /// What a branch's bound takes into account.
    enum Tightness: Int, Comparable {
        /// Compute cycles of uncut shares, and compulsory bytes.
        case simple
        /// How finely buffers cut any tiling.
        case capacity
        /// The traffic of the best tile.
        case tiles

        static func < (a: Tightness, b: Tightness) -> Bool { a.rawValue < b.rawValue }
    }

    /// Operators of at most so many points G·N·K·C·P·Q are settled by trying everything, if so many mappings do.
    private static let smallOperator = 1_024.0
    private static let exhaustiveBudget = 20_000
    private static let exhaustiveEnergyBudget = 200_000

    /// Branches whose tiles are searched for an operator, at most, fewer where nothing is shown as proven; eight times as many where more than
    /// `worthwhileGain` may be gained.
    private var mostExplorations: Int { constraints.objective == .residency ? 6 : 12 }
    private static let worthwhileGain = 1.05
    /// How far above the bound a compromise is drawn for, too.
    private static let wideGap = 1.5
    /// Branches that are bounded by capacity for an operator, at most.
    private static let mostCapacityBounds = 32
    /// Tiles whose traffic is looked at for an operator, at most.
    static let tileBudget = 4_000
    /// Branches of which all tilings are searched, at most, and classes of tilings that are looked at in each.
    private static let mostTilingSearches = 8
    private static let tilingBudget = 4_000

    let nest: LoopNest
    let view: SchedulingView
    let constraints: MappingConstraints
    let analysis: NestAnalysis
    let criterion: Criterion
    /// Whether cycles are settled, and the least energy is looked for.
    private let savesEnergy: Bool
    let whole: Extents
    let compulsoryBytes: Double
    let scoring: BoundScoring
    private(set) var units: [Unit] = []
    var branches: [Branch] = []
    /// The least traffic between DRAM and Global Memory; nil where there is none.
    private let dramOptimum: TrafficOptimum?
    /// The least traffic of the level above the PEs, a way of sharing the grid.
    var gridOptima: [Extents: TrafficOptimum] = [:]
    var tilesTried = 0
    private var explorations = 0
    var capacityBounds = 0
    /// Whether every mapping was tried.
    private var isExhausted = false
    var l2Bytes: [Extents: Double] = [:]
    /// Compulsory bytes of each operand.
    let operandBytes: OperandBytes
    var best: Candidate?
    var mappingsCosted = 0

    /// - Parameter fastest: where given, the search is for the least energy of the mappings that take no more cycles than this one.
    init(
        _ nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints,
        asFastAs fastest: Candidate? = nil
    ) {
        self.nest = nest
        self.view = view
        self.constraints = constraints
        let analysis = NestAnalysis(nest, on: view)
        self.analysis = analysis
        let criterion = Criterion(constraints, analysis, cycleLimit: fastest?.cycles)
        savesEnergy = fastest != nil
        best = fastest.map { Candidate($0.mapping, analysis.cost(of: $0.mapping), on: view, by: criterion) }
        self.criterion = criterion
        whole = analysis.whole
        operandBytes = analysis.compulsoryOperandBytes
        compulsoryBytes = operandBytes.total
        dramOptimum = view.stagingBytes.map { TrafficOptimum(analysis, capacity: .staging(Double($0))) }
        scoring = BoundScoring(
            criterion, analysis, compulsoryBytes: compulsoryBytes, dramOptimum: dramOptimum)
        for unit in ComputeUnit.units(for: nest, on: view, under: constraints) {
            for array in unit.arrays(for: nest, on: view.array, padding: constraints.padding) {
                units.append(Unit(unit: unit, array: array, startCycles: analysis.startCycles(unit, on: array)))
            }
        }
        addBranches()
    }

    /// Whether no mapping of the map space is better.
    var isProven: Bool { isExhausted || (best.map { $0.score <= leastBound } ?? false) }

    private var leastBound: Score {
        var least = branches[0].bound
        for index in branches.indices where branches[index].bound < least { least = branches[index].bound }
        return least
    }

    /// The best score over the least bound.
    private var gap: Double { best.map { $0.score.value / leastBound.value } ?? .infinity }

    /// No mapping takes fewer cycles however large the buffers.
    private(set) var idealCycles = Double.infinity

    /// No mapping takes fewer cycles.
    var lowerBoundCycles: Double {
        if isExhausted, comparesCycles, let best { return best.cycles }
        var least = Double.infinity
        for index in branches.indices { least = min(least, branches[index].bound.cycles) }
        return least
    }

    private mutating func addBranches() {
        let shared = SpatialUnrolling.dimensions.filter { whole[$0] > 1 }
        let alongX: [Dimension?] = [nil] + (view.peGrid.x > 1 ? shared.filter(view.sharedAlongX.contains) : [])
        let alongY: [Dimension?] = [nil] + (view.peGrid.y > 1 ? shared.filter(view.sharedAlongY.contains) : [])
        branches.reserveCapacity(units.count * alongX.count * alongY.count)
        for (index, unit) in units.enumerated() {
            for x in alongX {
                for y in alongY {
                    var share = whole
                    if let x { share[x] = divideRoundingUp(share[x], view.peGrid.x) }
                    if let y { share[y] = divideRoundingUp(share[y], view.peGrid.y) }
                    // Where PEs share a reduction every PE's outputs are added to another's, once at least.
                    let reduction =
                        share[.inputChannels] < whole[.inputChannels]
                        ? analysis.outputs(share) / Double(view.vectorLanes) : 0
                    let cycles = max(
                        reduction, analysis.computeCycles(unit.unit, on: unit.array, share: share))
                    idealCycles = min(
                        idealCycles, max(cycles, compulsoryBytes / view.dramBytesPerCycle) + unit.startCycles)
                    branches.append(
                        Branch(
                            unit: index, x: x, y: y, computeCycles: cycles,
                            bound: scoring.bound(computeCycles: cycles, startCycles: unit.startCycles),
                            reductionCycles: reduction))
                }
            }
        }
    }

    /// Explores branches in the order of their bounds until none that is left can be better.
    mutating func run() {
        var globalTiles: [Extents: GlobalTile] = [:]
        while let index = nextBranch() {
            if explorations >= mostExplorations, let best {
                // Enough, unless much may be gained.
                let gain = best.score.value / branches[index].bound.value
                guard gain > MappingSearch.worthwhileGain, explorations < 8 * mostExplorations else {
                    break
                }
            }
            // The first mapping costs less than a bound, and often meets the simple one.
            if best == nil && !branches[index].isTried {
                explore(index, &globalTiles)
            } else if branches[index].tightness < .capacity && capacityBounds < MappingSearch.mostCapacityBounds {
                boundByCapacity(index)
            } else if branches[index].tightness < .tiles && tilesTried < MappingSearch.tileBudget {
                boundByTiles(index)
            } else {
                explore(index, &globalTiles)
            }
        }
        // Residency is a compromise of two times, of which nothing is shown as proven: it is not worth the search.
        if !isProven, !savesEnergy, constraints.objective != .residency { searchTilings(&globalTiles) }
        if !isProven { coverSmallSpace() }
        if !isProven, constraints.objective != .residency || gap > MappingSearch.wideGap { drawTilings(&globalTiles) }
    }

    /// The branches that may hold a better mapping, those with the least bounds first.
    func openBranches() -> [Int] {
        let enough = best?.score ?? .none
        return branches.indices.filter { !(enough <= branches[$0].bound) }
            .sorted { branches[$0].bound.precedes(branches[$1].bound) }
    }

    func tileSearch(_ unit: Unit) -> TileSearch {
        TileSearch(
            nest: nest, view: view, analysis: analysis, unit: unit, criterion: criterion,
            constraint: constraints.tiles, compulsoryBytes: compulsoryBytes, dramOptimum: dramOptimum)
    }

    /// Searches all tilings of the branches that are left open, where there are few.
    private mutating func searchTilings(_ globalTiles: inout [Extents: GlobalTile]) {
        guard view.l2 == nil, best != nil else { return }
        let open = openBranches()
        guard open.count <= MappingSearch.mostTilingSearches else { return }
        for index in open {
            let branch = branches[index]
            guard let best, !(best.score <= branch.bound) else { continue }
            let unit = units[branch.unit]
            guard case .array(let dataflow) = unit.unit else { return }
            let factors = factors(of: branch, view.peGrid)
            let tiles = tileSearch(unit)
            let unrolling = SpatialUnrolling(
                branch.x, branch.y, of: whole, unit: unit.unit, array: unit.array, among: view.peGrid,
                inWholeGrains: false)
            var search = TilingClasses(
                analysis, unit: unit, dataflow: dataflow, factors: factors, operandBytes: operandBytes,
                reductionCycles: branch.reductionCycles, scoring: scoring,
                staging: view.stagingBytes, budget: MappingSearch.tilingBudget)
            let left = search.search(best: best.score) { tile in
                tiles.consider(&self.best, unrolling, l1Tile: tile, l2Tile: tile, &globalTiles, &mappingsCosted)
                return self.best?.score ?? .none
            }
            // What is left open of the first can be proven for no other.
            guard let left else { return }
            var least = min(left, self.best?.score ?? best.score)
            if view.stagingBytes != nil, let fewer = leastWithFewerPEs(branch) { least = min(least, fewer.score) }
            raiseBound(of: index, to: least)
        }
    }

    /// Whether the best score is that of the fewest cycles.
    var comparesCycles: Bool {
        switch constraints.objective {
        case .latency, .latencyThenEnergy: !savesEnergy
        case .residency, .edp: false
        }
    }

    /// Settles by trying everything what the bounds leave open, where the operator is small.
    private mutating func coverSmallSpace() {
        guard analysis.macs / Double(analysis.filterTaps) <= MappingSearch.smallOperator else { return }
        var search = ExhaustiveSearch(
            analysis, units: units, criterion: criterion, constraint: constraints.tiles, best: best,
            budget: savesEnergy ? MappingSearch.exhaustiveEnergyBudget : MappingSearch.exhaustiveBudget)
        search.run()
        best = search.best
        mappingsCosted += search.costed
        isExhausted = search.isComplete
    }

    /// The branch with the least bound that may hold a better mapping and is not explored to its end.
    private func nextBranch() -> Int? {
        // Asked for hundreds of times: by index, as a branch is dear to copy.
        let enough = best?.score
        var next: Int?
        var least = Score.none
        for index in branches.indices where !branches[index].isExplored {
            let bound = branches[index].bound
            if let enough, enough <= bound { continue }
            if next != nil, !bound.precedes(least) { continue }
            (next, least) = (index, bound)
        }
        return next
    }

    private mutating func explore(_ index: Int, _ globalTiles: inout [Extents: GlobalTile]) {
        let branch = branches[index]
        branches[index].isTried = true
        explorations += 1
        branches[index].isExplored = branch.tightness == .tiles || tilesTried >= MappingSearch.tileBudget
        let unit = units[branch.unit]
        let search = tileSearch(unit)
        let tile = branch.tightness == .tiles ? gridOptimum(branch).tile : nil
        var pes = view.peGrid
        while true {
            let unrolling = SpatialUnrolling(
                branch.x, branch.y, of: whole, unit: unit.unit, array: unit.array, among: pes)
            search.improve(
                &best, with: unrolling, tile: tile, depth: branch.depth, bound: branch.bound,
                mostTiles: explorations > mostExplorations ? 3 : 10,
                globalTiles: &globalTiles, costed: &mappingsCosted)
            // The tiles of all PEs may not fit Global Memory where those of some do.
            guard best == nil, pes.x > 1 || pes.y > 1 else { break }
            if pes.x >= pes.y { pes.x /= 2 } else { pes.y /= 2 }
        }
    }
}
