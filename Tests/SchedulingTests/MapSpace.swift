import Accelerators
import Scheduling
import Workloads

/// Every mapping of a tiny operator in a small map space, by brute force: all units, all ways to share dimensions out
/// over the grid, all L1 and Global Memory tiles, and a handful of loop orders at each level.
struct MapSpace {
    let nest: LoopNest
    let view: SchedulingView

    /// An order for each choice of the operand that stays while the innermost loops run.
    static let orders: [LoopOrder] = ["GNPQKRSC", "GKNPQRSC", "GKRSCNPQ", "GNPQRSCK"].map { letters in
        LoopOrder(letters.compactMap { letter in Dimension.allCases.first { $0.letter == String(letter) } })
    }

    private static let tiled: [Dimension] = [.groups, .outputChannels, .inputChannels, .outputHeight, .outputWidth]

    /// The fewest cycles of any mapping, with and without what nothing overlaps; how many mappings there are.
    func fewestCycles() -> (cycles: Double, busyCycles: Double, mappings: Int) {
        let analysis = NestAnalysis(nest, on: view)
        var fewest = Double.infinity
        var fewestBusy = Double.infinity
        var mappings = 0
        for unit in units {
            for (gridX, gridY) in grids {
                for l1 in tiles(upTo: Extents(nest)) {
                    var mapping = Mapping(
                        unit: unit, gridX: gridX, gridY: gridY, l1Tile: l1, l2Tile: l1, globalTile: l1,
                        l2Order: Self.orders[0], globalOrder: Self.orders[0], dramOrder: Self.orders[0])
                    guard usesItsPEs(mapping) else { continue }
                    for global in globalTiles(mapping) {
                        mapping.globalTile = global
                        guard (try? mapping.validate(for: nest, on: view)) != nil else { continue }
                        for globalOrder in Self.orders {
                            for dramOrder in view.stagingBytes == nil ? [globalOrder] : Self.orders {
                                mapping.globalOrder = globalOrder
                                mapping.dramOrder = dramOrder
                                mappings += 1
                                let cost = analysis.cost(of: mapping)
                                let cycles = MapperTests.cycles(cost, on: view)
                                fewest = min(fewest, cycles)
                                fewestBusy = min(fewestBusy, cycles - cost.startCycles(on: view))
                            }
                        }
                    }
                }
            }
        }
        return (fewest, fewestBusy, mappings)
    }

    private var units: [ComputeUnit] {
        let dense: [ComputeUnit] = [
            .array(.weightStationary), .array(.outputStationary), .array(.inputStationary),
        ]
        guard nest.groups > 1, !nest.weightIsActivation else { return dense }
        var diagonal: [ComputeUnit] = []
        for groups in 1...nest.groups where groups == 1 || groups * nest.outputChannels <= view.array.columns {
            for taps in 1...max(1, view.array.rows / groups) where groups * taps <= view.array.rows {
                diagonal.append(.arrayBlockDiagonal(groups: groups, taps: taps))
            }
        }
        return dense + diagonal + [.vector]
    }

    private var grids: [(SpatialLoop, SpatialLoop)] {
        let spatial: [Dimension] = [.outputChannels, .batch, .outputHeight, .outputWidth, .groups]
        func loops(upTo pes: Int) -> [SpatialLoop] {
            [SpatialLoop(.outputChannels, factor: 1)]
                + spatial.flatMap { dimension in
                    (1...min(pes, nest[dimension])).dropFirst().map { SpatialLoop(dimension, factor: $0) }
                }
        }
        return loops(upTo: view.peGrid.x).flatMap { x in loops(upTo: view.peGrid.y).map { (x, $0) } }
    }

    /// Whether neither axis of the grid is cut finer than there are tiles; both together may leave PEs idle.
    private func usesItsPEs(_ mapping: Mapping) -> Bool {
        [mapping.gridX, mapping.gridY].allSatisfy {
            $0.factor <= ceiling(nest[$0.dimension], mapping.l2Tile[$0.dimension])
        }
    }

    private func tiles(upTo limit: Extents) -> [Extents] {
        var tiles = [limit]
        for dimension in Self.tiled {
            tiles = tiles.flatMap { tile in
                (1...limit[dimension]).map { extent in
                    var tile = tile
                    tile[dimension] = extent
                    return tile
                }
            }
        }
        return tiles
    }

    /// Multiples of the grid's tile up to the whole.
    private func globalTiles(_ mapping: Mapping) -> [Extents] {
        var grid = Extents()
        for dimension in Dimension.allCases {
            grid[dimension] = mapping.l2Tile[dimension] * mapping.gridFactors[dimension]
        }
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
