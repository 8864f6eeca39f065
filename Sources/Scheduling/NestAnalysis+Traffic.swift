import Accelerators
import Workloads

/// What is counted when the traffic of a buffer is: one buffer, or all of a kind.
private struct Counted {
    /// Extents of each dimension that the counted buffers work on, added up.
    var extents: Extents
    /// Buffers along each dimension.
    var buffers = Extents()
    /// Runs start anew in every tile of these extents.
    var tile: Extents
    /// Bytes of an output that goes up for the last time.
    var finishedBytes: Double
    /// The windows that are counted, and whether their padding is known to be.
    var vertical: SlidingWindow
    var horizontal: SlidingWindow

    /// Stored rows (or columns) of all runs along a window's dimension, which start anew in every tile, added up.
    @inline(__always)
    func rows(_ run: Extents, _ dimension: Dimension, within tile: Extents) -> Double {
        let runs = run[dimension]
        return Double(
            dimension == .outputHeight
                ? vertical.storedRows(inRunsOf: runs, within: tile[dimension])
                : horizontal.storedRows(inRunsOf: runs, within: tile[dimension]))
    }
}

extension NestAnalysis {
    /// The loops over the grid's tiles within a Global Memory tile, and the loops over those.
    func outerLevels(_ mapping: Mapping, _ sharing: GridSharing) -> LoopLevels {
        let dramTrips = whole.tiles(of: mapping.globalTile)
        return LoopLevels(
            LoopLevel(
                order: mapping.globalOrder, trips: mapping.globalTile.clamped(to: whole).tiles(of: sharing.gridTile),
                totals: sharing.steps, enclosingTile: mapping.globalTile, spatialFactors: mapping.gridFactors),
            LoopLevel(
                order: mapping.dramOrder, trips: dramTrips, totals: dramTrips, enclosingTile: whole,
                spatialFactors: mapping.gridFactors))
    }

    /// Bytes between Global Memory, or DRAM where there is none, and the PEs; what several PEs share counts once.
    func gridTraffic(_ mapping: Mapping, levels: LoopLevels) -> LevelTraffic {
        traffic(run: mapping.l2Tile, all(tile: mapping.l2Tile), levels)
    }

    /// Bytes between DRAM and Global Memory with a Global Memory tile and an order of the loops over it.
    func dramTraffic(globalTile: Extents, order: LoopOrder) -> LevelTraffic {
        let trips = whole.tiles(of: globalTile)
        let level = LoopLevel(
            order: order, trips: trips, totals: trips, enclosingTile: whole, spatialFactors: Extents())
        return traffic(run: globalTile, all(tile: globalTile), LoopLevels(level))
    }

    private func all(tile: Extents) -> Counted {
        Counted(
            extents: whole, tile: tile, finishedBytes: width.output, vertical: vertical, horizontal: horizontal)
    }

    /// Bytes between the L2s and L1s of all PEs.
    func allL2Traffic(_ mapping: Mapping, _ sharing: GridSharing, outer: LoopLevels) -> LevelTraffic {
        let sums = sharing.sums(l1Tile: mapping.l1Tile, globalTile: mapping.globalTile)
        var counted = all(tile: mapping.l2Tile)
        counted.buffers = sums.pes
        counted.finishedBytes = l2FinishedBytes(mapping)
        var levels = outer.inside(l2Level(mapping, totals: sums.l1))
        levels[1].totals = sums.grid
        levels[2].totals = sums.dram
        return traffic(run: mapping.l1Tile, counted, levels)
    }

    /// Bytes between L2 and L1 of the busiest PE; where PEs share a window's dimension, padding is counted as if it were stored.
    func busiestL2Traffic(_ mapping: Mapping, _ sharing: GridSharing, outer: LoopLevels)
        -> LevelTraffic
    {
        let share = sharing.busiestShare
        let one = SIMD8<Int>(repeating: 1)
        let full = mapping.l2Tile.tiles(of: mapping.l1Tile)
        let last = sharing.busiestLast.tiles(of: mapping.l1Tile)
        let steps = Extents(storage: (sharing.steps.storage &- one) &* full.storage &+ last.storage)
        let counted = Counted(
            extents: share, tile: mapping.l2Tile, finishedBytes: l2FinishedBytes(mapping),
            vertical: part(of: vertical, outputs: share[.outputHeight]),
            horizontal: part(of: horizontal, outputs: share[.outputWidth]))
        return traffic(run: mapping.l1Tile, counted, outer.inside(l2Level(mapping, totals: steps)))
    }

    /// A PE's part of a window's axis; padding is known only where one PE has the whole.
    private func part(of window: SlidingWindow, outputs: Int) -> SlidingWindow {
        guard outputs < window.outputs else { return window }
        let part = SlidingWindow(unpadded: window, outputs: outputs)
        return part
    }

    /// Where PEs share a reduction, what leaves them is a partial sum.
    private func l2FinishedBytes(_ mapping: Mapping) -> Double {
        mapping.gridFactors[.inputChannels] > 1 ? Double(view.accumulatorBytes) : width.output
    }

    private func l2Level(_ mapping: Mapping, totals: Extents) -> LoopLevel {
        LoopLevel(
            order: mapping.l2Order, trips: mapping.l2Tile.tiles(of: mapping.l1Tile), totals: totals,
            enclosingTile: mapping.l2Tile, spatialFactors: Extents())
    }

    /// Bytes that a level reads and writes for the buffers below it.
    ///
    /// - Parameters:
    ///   - run: the tile that a buffer holds.
    ///   - outer: the loops outside the buffer, innermost level first.
    private func traffic(run: Extents, _ counted: Counted, _ outer: LoopLevels) -> LevelTraffic {
        // Levels in their place: one is too large to be copied for each of its fields.
        let levels = outer.storage.span.extracting(first: outer.count)
        let extents = counted.extents
        var traffic = LevelTraffic()

        let input = Fetch(of: Relevance.input, under: levels)
        traffic.inputReads =
            Double(extents[.batch]) * Double(extents[.groups]) * Double(extents[.inputChannels]) * width.input
            * windowElements(run: run, counted, input, levels)

        let weight = Fetch(of: Relevance.weight, under: levels)
        let buffers = counted.buffers
        let weightRepetitions =
            Double(weight.repetitions(by: .batch, under: levels, buffers: buffers[.batch]))
            * Double(weight.repetitions(by: .outputHeight, under: levels, buffers: buffers[.outputHeight]))
            * Double(weight.repetitions(by: .outputWidth, under: levels, buffers: buffers[.outputWidth]))
        traffic.weightReads =
            Double(extents[.groups]) * Double(extents[.outputChannels]) * Double(extents[.inputChannels])
            * Double(extents[.filterHeight]) * Double(extents[.filterWidth]) * weightRepetitions * width.weight

        let output = Fetch(of: Relevance.output, under: levels)
        let elements =
            Double(extents[.groups]) * Double(extents[.batch]) * Double(extents[.outputChannels])
            * Double(extents[.outputHeight]) * Double(extents[.outputWidth])
        let copies = Double(buffers[.inputChannels])
        let visits = Double(
            output.repetitions(by: .inputChannels, under: levels, buffers: buffers[.inputChannels]))
        let partial = elements * (visits - copies) * Double(view.accumulatorBytes)
        traffic.outputWrites = elements * copies * counted.finishedBytes + partial
        traffic.outputReads = partial
        return traffic
    }

    /// Elements of one image's channel that are fetched: stored rows times stored columns, as often as K repeats them.
    ///
    /// Along the fetching loop tiles follow each other and the window slides, within the tile of the loop's level and on into the next
    /// where the loop continues further out.
    private func windowElements(run: Extents, _ counted: Counted, _ fetch: Fetch, _ levels: Span<LoopLevel>) -> Double {
        let buffers = counted.buffers[.outputChannels]
        let rows = counted.rows(run, .outputHeight, within: counted.tile)
        let columns = counted.rows(run, .outputWidth, within: counted.tile)
        guard var loop = fetch.loop else { return rows * columns * Double(buffers) }
        var repetitions = Double(
            Fetch.iterations(of: .outputChannels, outside: loop, levels, buffers: buffers))
        let dimension = levels[loop.level].order[loop.position]
        guard dimension == .outputHeight || dimension == .outputWidth else { return rows * columns * repetitions }
        var sum = 0.0
        var sliding = dimension == .outputHeight ? rows : columns
        // PEs that share the dimension have tiles of their own from the grid's level on.
        while levels[loop.level].spatialFactors[dimension] == 1 {
            let times = Double(Fetch.iterations(of: .outputChannels, outside: loop, levels, buffers: buffers))
            sum += (repetitions - times) * sliding
            repetitions = times
            let enclosing = levels[loop.level].enclosingTile
            sliding = counted.rows(enclosing, dimension, within: enclosing)
            guard let next = Fetch.continuation(of: loop, indexing: Relevance.input, under: levels) else { break }
            loop = next
        }
        sum += repetitions * sliding
        return sum * (dimension == .outputHeight ? columns : rows)
    }

    /// The additions that PEs which share a reduction make on the way up, by their vector units.
    func addReduction(_ cost: inout MappingCost, _ sharing: GridSharing, levels: LoopLevels) {
        let pes = sharing.activePEs[.inputChannels]
        guard pes > 1 else { return }
        let levels = levels.storage.span.extracting(first: levels.count)
        let visits = Double(
            Fetch(of: Relevance.output, under: levels)
                .repetitions(by: .inputChannels, under: levels, buffers: 1))
        cost.vectorOperations += outputs(whole) * visits * Double(pes - 1)
        cost.vectorCycles += outputs(sharing.busiestShare) * visits / Double(view.vectorLanes)
    }

    /// Output elements of a part of the nest.
    func outputs(_ extents: Extents) -> Double {
        Double(extents[.groups]) * Double(extents[.batch]) * Double(extents[.outputChannels])
            * Double(extents[.outputHeight]) * Double(extents[.outputWidth])
    }
}
