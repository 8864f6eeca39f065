import Accelerators
import Workloads

/// Tries every mapping of an operator so small that this ends soon: every way to share two dimensions out over the grid, every tile of every
/// level, and an order of loops for each reuse class. What cannot beat the best so far is left out, whole parts of the space at once.
struct ExhaustiveSearch {
    let analysis: NestAnalysis
    let units: [MappingSearch.Unit]
    let criterion: Criterion
    let constraint: TileConstraint
    var best: Candidate?
    /// How many mappings may be costed before the search is given up.
    var budget: Int
    private(set) var costed = 0

    /// Whether the whole space was covered.
    var isComplete: Bool { costed < budget }

    private var view: SchedulingView { analysis.view }
    private var whole: Extents { analysis.whole }

    init(
        _ analysis: NestAnalysis, units: [MappingSearch.Unit], criterion: Criterion,
        constraint: TileConstraint, best: Candidate?, budget: Int
    ) {
        self.analysis = analysis
        self.units = units
        self.criterion = criterion
        self.constraint = constraint
        self.best = best
        self.budget = budget
    }

    mutating func run() {
        for x in loops(upTo: view.peGrid.x, over: view.sharedAlongX) {
            for y in loops(upTo: view.peGrid.y, over: view.sharedAlongY) {
                // Of two loops over the same dimension, and of two of one PE, one order is enough.
                let factors = SpatialLoop.factors(x, y).clamped(to: whole)
                for unit in units {
                    forEachTile(upTo: whole.tiles(of: factors)) { search, l1Tile in
                        search.tryTile(unit, x, y, factors, l1Tile)
                    }
                    guard isComplete else { return }
                }
            }
        }
    }

    private func loops(upTo pes: Int, over shared: DimensionSet) -> [SpatialLoop] {
        var loops = [SpatialLoop(.batch, factor: 1)]
        for dimension in SpatialUnrolling.dimensions where shared.contains(dimension) {
            for factor in 1...max(1, min(pes, whole[dimension])) where factor > 1 {
                loops.append(SpatialLoop(dimension, factor: factor))
            }
        }
        return loops
    }

    /// Visits every tile with whole filters, the largest first.
    private mutating func forEachTile(
        from least: Extents = Extents(), upTo most: Extents, _ visit: (inout ExhaustiveSearch, Extents) -> Void
    ) {
        var tile = most
        func next() -> Bool {
            for dimension in SpatialUnrolling.dimensions {
                if tile[dimension] > least[dimension] {
                    tile[dimension] -= 1
                    return true
                }
                tile[dimension] = most[dimension]
            }
            return false
        }
        repeat {
            visit(&self, tile)
            guard isComplete else { return }
        } while next()
    }

    private mutating func tryTile(
        _ unit: MappingSearch.Unit, _ x: SpatialLoop, _ y: SpatialLoop, _ factors: Extents, _ l1Tile: Extents
    ) {
        let share = whole.tiles(of: factors)
        guard TileConstraint.allows(constraint.l1, l1Tile, of: share),
            analysis.fits(l1Tile, sharedBy: factors, in: view.l1)
        else { return }
        guard let l2 = view.l2 else {
            return tryTiles(unit, x, y, factors, l1Tile, l1Tile)
        }
        forEachTile(from: l1Tile, upTo: share) { search, l2Tile in
            guard search.analysis.fits(l2Tile, sharedBy: factors, in: l2) else { return }
            search.tryTiles(unit, x, y, factors, l1Tile, l2Tile)
        }
    }

    private mutating func tryTiles(
        _ unit: MappingSearch.Unit, _ x: SpatialLoop, _ y: SpatialLoop, _ factors: Extents, _ l1Tile: Extents,
        _ l2Tile: Extents
    ) {
        guard view.l2 == nil || TileConstraint.allows(constraint.l2, l2Tile, of: whole.tiles(of: factors)) else {
            return
        }
        let sharing = GridSharing(whole, peTile: l2Tile, gridFactors: factors)
        let cycles = analysis.computeCycles(unit.unit, on: unit.array, l1Tile: l1Tile, sharing)
        let compute = max(cycles.array, cycles.vector)
        guard isPromising(compute, 0, unit) else { return }
        var mapping = Mapping(
            unit: unit.unit, arrayRows: unit.array.rows < view.array.rows ? unit.array.rows : nil,
            arrayColumns: unit.array.columns < view.array.columns ? unit.array.columns : nil, gridX: x, gridY: y,
            l1Tile: l1Tile, l2Tile: l2Tile, globalTile: sharing.gridTile, l2Order: .rowsThenColumns,
            globalOrder: .rowsThenColumns, dramOrder: .rowsThenColumns)
        guard let staging = view.stagingBytes else {
            return tryOrders(&mapping, dramOrders: [nil])
        }
        forEachTile(upTo: sharing.steps) { search, count in
            let tile = count * sharing.gridTile
            let isAllowed = TileConstraint.allows(
                search.constraint.globalMemory, tile.clamped(to: search.whole), of: search.whole)
            guard isAllowed, search.analysis.stagedBytes(tile) <= Double(staging) else { return }
            mapping.globalTile = tile
            let orders = LoopOrder.reuseClasses.filter { order in
                search.isPromising(
                    compute, search.analysis.dramTraffic(globalTile: tile, order: order).total, unit)
            }
            search.tryOrders(&mapping, dramOrders: orders)
        }
    }

    private mutating func tryOrders(_ mapping: inout Mapping, dramOrders: [LoopOrder?]) {
        for dramOrder in dramOrders {
            for globalOrder in LoopOrder.reuseClasses {
                mapping.globalOrder = globalOrder
                // Without a Global Memory the loops over grid tiles are DRAM's.
                mapping.dramOrder = dramOrder ?? globalOrder
                for l2Order in mapping.l2Tile == mapping.l1Tile ? [.rowsThenColumns] : LoopOrder.reuseClasses {
                    mapping.l2Order = l2Order
                    costed += 1
                    let candidate = Candidate(
                        mapping, analysis.cost(of: mapping), on: view, by: criterion)
                    if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
                }
            }
        }
    }

    /// Whether a mapping with so many compute cycles, and bytes from and to DRAM, may score less than the best.
    private func isPromising(_ computeCycles: Double, _ dramBytes: Double, _ unit: MappingSearch.Unit) -> Bool {
        guard let best else { return true }
        let least = criterion.leastScore(
            cycles: max(computeCycles, dramBytes / view.dramBytesPerCycle) + unit.startCycles,
            onChipCycles: computeCycles)
        return least < best.score
    }
}
