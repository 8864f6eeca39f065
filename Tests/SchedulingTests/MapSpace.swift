import Accelerators
import Scheduling
import Workloads

/// Every mapping of a tiny operator, by brute force: all units, all ways to share two dimensions out over the grid, all tiles of every level,
/// and at each level orders that together hold every operand still and slide every way, or random ones.
struct MapSpace {
    let nest: LoopNest
    let view: SchedulingView

    private static let tiled: [Dimension] = [
        .groups, .batch, .outputChannels, .inputChannels, .outputHeight, .outputWidth,
    ]

    static let orders: [LoopOrder] = ["GNPQKRSC", "GKRSCNPQ", "GKRSCNQP", "GRSCNPQK", "GRSCNQPK"].map { letters in
        LoopOrder(letters.compactMap { letter in Dimension.allCases.first { $0.letter == String(letter) } })
    }

    /// The fewest cycles of any mapping, if they are fewer than a limit; how many mappings there are, and were costed.
    func fewestCycles(below limit: Double, orders: [LoopOrder] = orders) -> (
        cycles: Double, mappings: Int, best: Mapping?
    ) {
        let least = least(below: limit, orders: orders) { _, cycles, _ in cycles }
        return (least.value, least.mappings, least.best)
    }

    /// The least of what mappings are compared by, which is no less for more cycles.
    ///
    /// - Parameter value: of a mapping that costs so much and takes so many cycles.
    func least(
        below limit: Double, orders: [LoopOrder] = orders, _ value: (Mapping, _ cycles: Double, MappingCost?) -> Double
    ) -> (value: Double, mappings: Int, best: Mapping?) {
        let analysis = NestAnalysis(nest, on: view)
        var fewest = limit
        var mappings = 0
        var best: Mapping?
        for unit in units {
            for (gridX, gridY) in grids {
                for l1 in tiles(from: Extents(), upTo: Extents(nest)) {
                    for l2 in view.l2 == nil ? [l1] : tiles(from: l1, upTo: Extents(nest)) {
                        var mapping = Mapping(
                            unit: unit, gridX: gridX, gridY: gridY, l1Tile: l1, l2Tile: l2, globalTile: l2,
                            l2Order: orders[0], globalOrder: orders[0], dramOrder: orders[0])
                        for global in globalTiles(mapping) {
                            mapping.globalTile = global
                            guard (try? mapping.validate(for: nest, on: view)) != nil else { continue }
                            // Whatever the orders, no mapping takes less than its compute cycles.
                            mappings += 1
                            let cost = analysis.cost(of: mapping)
                            guard value(mapping, max(cost.arrayCycles, cost.vectorCycles), nil) < fewest else {
                                continue
                            }
                            let grid = gridTile(mapping)
                            let dramOrders = distinct(orders, cutting: Extents(nest), into: global)
                            let l2Orders = distinct(orders, cutting: l2, into: l1)
                            let hasStaging = view.stagingBytes != nil
                            for globalOrder in hasStaging ? distinct(orders, cutting: global, into: grid) : dramOrders {
                                for dramOrder in hasStaging ? dramOrders : [globalOrder] {
                                    for l2Order in l2Orders {
                                        mapping.globalOrder = globalOrder
                                        mapping.dramOrder = dramOrder
                                        mapping.l2Order = l2Order
                                        let cost = analysis.cost(of: mapping)
                                        let value = value(mapping, MapperTests.cycles(cost, on: view), cost)
                                        if value < fewest { (fewest, best) = (value, mapping) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return (fewest, mappings, best)
    }

    /// The orders, or one of them where fewer than two loops iterate.
    private func distinct(_ orders: [LoopOrder], cutting whole: Extents, into tile: Extents) -> ArraySlice<LoopOrder> {
        Dimension.allCases.count { whole[$0] > tile[$0] } < 2 ? orders.prefix(1) : orders[...]
    }

    private var units: [ComputeUnit] {
        let dense: [ComputeUnit] = [
            .array(.weightStationary), .array(.outputStationary), .array(.inputStationary),
        ]
        guard nest.groups > 1, !nest.weightIsActivation else { return dense }
        var diagonal: [ComputeUnit] = []
        let reduction = nest.inputChannels * nest.filterHeight * nest.filterWidth
        for groups in 1...nest.groups where groups == 1 || groups * nest.outputChannels <= view.array.columns {
            for taps in 1...min(reduction, view.array.rows) where groups * taps <= view.array.rows {
                diagonal.append(.arrayBlockDiagonal(groups: groups, taps: taps))
            }
        }
        return dense + diagonal + [.vector]
    }

    private var grids: [(SpatialLoop, SpatialLoop)] {
        func loops(upTo pes: Int) -> [SpatialLoop] {
            [SpatialLoop(.outputChannels, factor: 1)]
                + Self.tiled.flatMap { dimension in
                    (1...min(pes, nest[dimension])).dropFirst().map { SpatialLoop(dimension, factor: $0) }
                }
        }
        return loops(upTo: view.peGrid.x).flatMap { x in loops(upTo: view.peGrid.y).map { (x, $0) } }
    }

    private func tiles(from least: Extents, upTo limit: Extents) -> [Extents] {
        var tiles = [limit]
        for dimension in Self.tiled {
            tiles = tiles.flatMap { tile in
                (least[dimension]...limit[dimension]).map { extent in
                    var tile = tile
                    tile[dimension] = extent
                    return tile
                }
            }
        }
        return tiles
    }

    /// What all PEs hold together.
    private func gridTile(_ mapping: Mapping) -> Extents {
        var grid = Extents()
        for dimension in Dimension.allCases {
            grid[dimension] = mapping.l2Tile[dimension] * mapping.gridFactors[dimension]
        }
        return grid
    }

    /// Multiples of the grid's tile up to the whole.
    private func globalTiles(_ mapping: Mapping) -> [Extents] {
        let grid = gridTile(mapping)
        guard view.stagingBytes != nil else { return [grid] }
        var tiles = [grid]
        for dimension in Self.tiled {
            tiles = tiles.flatMap { tile in
                (1...ceiling(nest[dimension], grid[dimension])).map { count in
                    var tile = tile
                    tile[dimension] = count * grid[dimension]
                    return tile
                }
            }
        }
        return tiles
    }
}
