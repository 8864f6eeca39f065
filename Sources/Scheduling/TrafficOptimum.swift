import Accelerators
import Workloads

/// The least traffic of one level: the tile that fits the buffers below and the loop order that move the fewest bytes.
///
/// Which operand stays while the innermost iterating loop runs decides how often each is fetched: the operand that the loop doesn't index
/// is fetched once, at best; the others have that loop as their fetching loop, so every loop that doesn't index them stands outside. With
/// a, k and c tiles along N·P·Q, K and C that leaves
///
/// | stays | weights | inputs | outputs |
/// |---|---|---|---|
/// | weights (N, P, Q innermost) | 1 | k, sliding | c |
/// | inputs (K innermost) | a | 1, sliding | c |
/// | outputs (C innermost) | a | k | 1 |
///
/// and no split of loops between two levels does better, for the same reason: the optimum bounds nested tilings too. Of the tiles with the
/// same number of tiles along a dimension only the smallest counts. The search is exact unless it exceeds its budget.
///
/// A class, as the search asks it for tiles hundreds of thousands of times, and each time would copy a value of its size.
final class TrafficOptimum {
    /// What the buffers below hold.
    enum Capacity {
        /// A PE's buffers at a level.
        case buffers(BufferLevel)
        /// What Global Memory sets aside.
        case staging(Double)
    }

    /// Bytes of an output element: for the first visit, and for each further one.
    struct OutputBytes {
        var first: Double
        var further: Double

        /// Reads and writes together.
        static func bothWays(_ analysis: NestAnalysis) -> OutputBytes {
            OutputBytes(first: analysis.width.output, further: 2 * Double(analysis.view.accumulatorBytes))
        }
        /// Reads alone, of Global Memory: finished outputs go on to DRAM, partial sums come back to the PEs.
        static func reads(_ analysis: NestAnalysis) -> OutputBytes {
            OutputBytes(first: analysis.width.output, further: Double(analysis.view.accumulatorBytes))
        }
    }

    let analysis: NestAnalysis
    let whole: Extents
    /// PEs along each dimension, where the level feeds the grid.
    let factors: Extents
    let capacity: Capacity
    let outputBytes: OutputBytes
    private let weightBytes: Double
    private let imageBytes: Double
    private let outputElements: Double
    private let budget: Int
    /// Inputs of a channel that an output reads at least, where it shares as many as it can with its neighbours.
    private let inputsOfRow: Double

    /// Bytes of the best tile and order found; infinite where no tile fits.
    private(set) var bytes = Double.infinity
    private(set) var tile: Extents
    private(set) var order = LoopOrder.rowsThenColumns
    /// Tiles tried.
    private(set) var tried = 0
    /// Whether no tile and order move fewer bytes.
    private(set) var isExact = true

    init(
        _ analysis: NestAnalysis, factors: Extents = Extents(), capacity: Capacity,
        outputBytes: OutputBytes? = nil, budget: Int = 20_000
    ) {
        self.analysis = analysis
        self.factors = factors
        self.capacity = capacity
        self.outputBytes = outputBytes ?? .bothWays(analysis)
        self.budget = budget
        whole = analysis.whole
        weightBytes = analysis.tileBytes(whole, accumulates: false).weight
        imageBytes =
            Double(whole[.batch]) * Double(whole[.groups]) * Double(whole[.inputChannels]) * analysis.width.input
        outputElements =
            Double(whole[.batch]) * Double(whole[.groups]) * Double(whole[.outputChannels])
            * Double(whole[.outputHeight]) * Double(whole[.outputWidth])
        inputsOfRow = [analysis.vertical, analysis.horizontal].reduce(1) { product, window in
            product * min(Double(min(window.stride, window.span)), Double(window.stored) / Double(window.outputs))
        }
        var smallest = Extents()
        smallest[.filterHeight] = whole[.filterHeight]
        smallest[.filterWidth] = whole[.filterWidth]
        tile = smallest
        for (sliding, still) in [(Dimension.outputWidth, Dimension.outputHeight), (.outputHeight, .outputWidth)] {
            weightsStay(smallest, sliding, still)
            inputsStay(smallest, sliding, still)
            if !hasHalo { break }
        }
        outputsStay(smallest)
    }

    /// Whether neighbouring tiles share input rows or columns.
    private var hasHalo: Bool { analysis.vertical.hasHalo || analysis.horizontal.hasHalo }

    // MARK: - The three classes

    private func weightsStay(_ smallest: Extents, _ sliding: Dimension, _ still: Dimension) {
        forEachWindow(smallest, sliding, still) { tile, image in
            var tile = tile
            tile[.outputChannels] = largest(.outputChannels)
            while tile[.outputChannels] > 0 {
                let inputs = image * Double(trips(tile, .outputChannels))
                guard isBelowBest(weightBytes + inputs + outputs(visits: 1)) else { break }
                if growToFit(&tile, .inputChannels) {
                    let bytes =
                        weightBytes + inputs + outputs(visits: trips(tile, .inputChannels))
                    keep(tile, bytes, sliding == .outputWidth ? .weightsStay : .weightsStayDown)
                }
                tile[.outputChannels] = smaller(tile[.outputChannels], .outputChannels)
            }
            return weightBytes + image + outputs(visits: 1)
        }
    }

    private func inputsStay(_ smallest: Extents, _ sliding: Dimension, _ still: Dimension) {
        var tile = smallest
        tile[.inputChannels] = largest(.inputChannels)
        let (weights, leastInputs) = (weightBytes, imageBytes * leastWindow)
        let slidesAcross = sliding == .outputWidth
        while tile[.inputChannels] > 0 {
            let outputs = outputs(visits: trips(tile, .inputChannels))
            guard isBelowBest(weights + leastInputs + outputs) else { break }
            forEachRows(tile, slidesAcross ? .inputsStay : .inputsStayDown, leastInputs: leastInputs) { height, width in
                imageBytes * (slidesAcross ? width.slid * height.unslid : height.slid * width.unslid)
            } bytes: { inputs, repetitions in
                weights * repetitions + inputs + outputs
            }
            tile[.inputChannels] = smaller(tile[.inputChannels], .inputChannels)
        }
    }

    private func outputsStay(_ smallest: Extents) {
        var tile = smallest
        tile[.outputChannels] = largest(.outputChannels)
        let outputs = outputs(visits: 1)
        let (weights, leastInputs) = (weightBytes, imageBytes * leastWindow)
        while tile[.outputChannels] > 0 {
            let times = Double(trips(tile, .outputChannels))
            guard isBelowBest(weights + leastInputs * times + outputs) else { break }
            forEachRows(tile, .rowsThenColumns, leastInputs: leastInputs * times) { height, width in
                imageBytes * height.unslid * width.unslid * times
            } bytes: { inputs, repetitions in
                weights * repetitions + inputs + outputs
            }
            tile[.outputChannels] = smaller(tile[.outputChannels], .outputChannels)
        }
    }

    // MARK: - Tiles

    /// Visits the window's tiles that matter to inputs that stream past stationary weights, until the visitor's bound is reached.
    ///
    /// - Parameter visit: gets a tile and the bytes of the inputs fetched once; returns the fewest bytes it could have.
    private func forEachWindow(
        _ smallest: Extents, _ sliding: Dimension, _ still: Dimension,
        _ visit: (Extents, _ image: Double) -> Double
    ) {
        // Where a window slides, or has no halo, the smallest tile fetches as little as any.
        let variesStill = window(still).hasHalo
        let variesSliding = window(sliding).hasHalo && factors[sliding] > 1
        var tile = smallest
        tile[still] = variesStill ? largest(still) : 1
        while tile[still] > 0 {
            tile[sliding] = variesSliding ? largest(sliding) : 1
            while tile[sliding] > 0 {
                let image = imageBytes * slid(tile, sliding) * unslid(tile, still)
                let bound = weightBytes + image + outputs(visits: 1)
                guard isBelowBest(bound) else { break }
                _ = visit(tile, image)
                tile[sliding] = variesSliding ? smallerRun(tile[sliding], sliding) : 0
            }
            tile[still] = variesStill ? smallerRun(tile[still], still) : 0
        }
    }

    /// What an extent of a window's dimension makes of the inputs.
    private struct Run {
        var extent: Int
        var trips: Double
        /// Rows fetched where tiles keep nothing of each other, and where they follow each other.
        var unslid: Double
        var slid: Double
    }

    private lazy var heights = runs(.outputHeight)
    private lazy var widths = runs(.outputWidth)

    /// The extents that matter, the largest first: no more than the search may try.
    private func runs(_ dimension: Dimension) -> [Run] {
        var runs: [Run] = []
        var tile = Extents()
        tile[dimension] = largest(dimension)
        while tile[dimension] > 0, runs.count < budget {
            runs.append(
                Run(
                    extent: tile[dimension], trips: Double(trips(tile, dimension)), unslid: unslid(tile, dimension),
                    slid: slid(tile, dimension)))
            tile[dimension] = smallerRun(tile[dimension], dimension)
        }
        return runs
    }

    /// Keeps the best of tiles of N, P and Q as large as they fit.
    ///
    /// - Parameters:
    ///   - inputs: the bytes of inputs that rows and columns fetch.
    ///   - bytes: all bytes, by those of the inputs and how often the tile is repeated for other rows.
    @inline(__always)
    private func forEachRows(
        _ start: Extents, _ order: LoopOrder, leastInputs: Double, inputs: (_ height: Run, _ width: Run) -> Double,
        bytes: (_ inputs: Double, _ repetitions: Double) -> Double
    ) {
        var tile = start
        let room = rowsBesideWeights(tile)
        let images = largest(.batch)
        for height in heights {
            guard isBelowBest(bytes(leastInputs, max(height.trips, room.leastRepetitions))) else { return }
            tile[.outputHeight] = height.extent
            for width in widths {
                let across = height.trips * width.trips
                guard isBelowBest(bytes(leastInputs, max(across, room.leastRepetitions))) else { break }
                // Asked of the room first, as fitting a tile is dear.
                tried &+= 1
                tile[.outputWidth] = width.extent
                tile[.batch] = room.images(tile, upTo: images)
                guard tile[.batch] > 0 else { continue }
                let inputs = inputs(height, width)
                guard isBelowBest(bytes(inputs, across * Double(trips(tile, .batch)))), growToFit(&tile, .batch) else {
                    continue
                }
                keep(tile, bytes(inputs, across * Double(trips(tile, .batch))), order)
            }
            if widths.count == budget { isExact = false }
        }
        if heights.count == budget { isExact = false }
    }

    /// How many rows N·P·Q a tile has room for, and how often it is repeated for others at least. Halos are left out: the room is more, never less.
    private struct Room {
        var rows = Double.infinity
        var leastRepetitions = 1.0

        /// Images of a tile's output rows and columns.
        @inline(__always)
        func images(_ tile: Extents, upTo most: Int) -> Int {
            let image = Double(tile[.outputHeight]) * Double(tile[.outputWidth])
            return Double(most) * image <= rows ? most : Int(rows / image)
        }
    }

    /// What of a tile's rows fits beside the weights of its channels.
    private func rowsBesideWeights(_ tile: Extents) -> Room {
        var tile = tile
        for dimension in TrafficOptimum.rowDimensions { tile[dimension] = largest(dimension) }
        guard !fits(tile) else { return Room() }
        for dimension in TrafficOptimum.rowDimensions { tile[dimension] = 1 }
        // Of a window that PEs share a tile may have more than a PE's part, and yet be held once.
        let sharesWindow = hasHalo && (factors[.outputHeight] > 1 || factors[.outputWidth] > 1)
        let copies = analysis.view.isDoubleBuffered && !sharesWindow ? 2.0 : 1.0
        let accumulates: Bool
        switch capacity {
        case .buffers: accumulates = true
        case .staging: accumulates = tile[.inputChannels] < whole[.inputChannels]
        }
        let outputWidth = accumulates ? Double(analysis.view.accumulatorBytes) : analysis.width.output
        let inputRow = copies * Double(tile[.inputChannels]) * analysis.width.input * inputsOfRow
        let outputRow = copies * Double(tile[.outputChannels]) * outputWidth
        let weights = analysis.doubled(analysis.tileBytes(tile, accumulates: accumulates), tile * factors).weight
        let rows: Double
        switch capacity {
        case .buffers(let buffers) where buffers.sharing == .private:
            guard weights <= Double(buffers.weightBytes) else { return Room(rows: 0, leastRepetitions: .infinity) }
            rows = min(Double(buffers.inputBytes) / inputRow, Double(buffers.outputBytes) / outputRow)
        case .buffers(let buffers): rows = (buffers.totalBytes - weights) / (inputRow + outputRow)
        case .staging(let bytes): rows = (bytes - weights) / (inputRow + outputRow)
        }
        guard rows >= 1 else { return Room(rows: 0, leastRepetitions: .infinity) }
        let all = TrafficOptimum.rowDimensions.reduce(1) { $0 * Double(whole[$1]) / Double(factors[$1]) }
        return Room(
            rows: rows.rounded(.down),
            leastRepetitions: max(1, (all / rows.rounded(.down) * (1 - 1e-12)).rounded(.up)))
    }

    private static let rowDimensions: [Dimension] = [.batch, .outputHeight, .outputWidth]

    private func window(_ dimension: Dimension) -> SlidingWindow {
        dimension == .outputHeight ? analysis.vertical : analysis.horizontal
    }

    /// Rows fetched where tiles keep nothing of each other.
    private func unslid(_ tile: Extents, _ dimension: Dimension) -> Double {
        Double(window(dimension).storedRows(inRunsOf: tile[dimension], within: tile[dimension]))
    }

    /// Rows fetched where tiles follow each other, unless PEs share them.
    private func slid(_ tile: Extents, _ dimension: Dimension) -> Double {
        factors[dimension] > 1 ? unslid(tile, dimension) : Double(window(dimension).storedRows)
    }

    /// Rows times columns, each fetched once.
    private var leastWindow: Double { Double(analysis.vertical.storedRows) * Double(analysis.horizontal.storedRows) }

    private func outputs(visits: Int) -> Double {
        outputElements * (outputBytes.first + outputBytes.further * Double(visits - 1))
    }

    /// A PE's share. Of a window's dimension two PEs may share what more could, for longer runs: this bounds them, too.
    private func largest(_ dimension: Dimension) -> Int {
        let isWindow = dimension == .outputHeight || dimension == .outputWidth
        let pes = isWindow && window(dimension).hasHalo ? min(2, factors[dimension]) : factors[dimension]
        return divideRoundingUp(whole[dimension], pes)
    }

    private func trips(_ tile: Extents, _ dimension: Dimension) -> Int {
        divideRoundingUp(whole[dimension], tile[dimension] &* factors[dimension])
    }

    /// The largest tile with more trips than this, of the tiles with as many trips the smallest; 0 after 1.
    private func smaller(_ tile: Int, _ dimension: Dimension) -> Int {
        guard tile > 1 else { return 0 }
        let factor = factors[dimension]
        return divideRoundingUp(
            whole[dimension], divideRoundingUp(whole[dimension], (tile &- 1) &* factor) &* factor)
    }

    /// The same where each PE's runs count, for halos.
    private func smallerRun(_ tile: Int, _ dimension: Dimension) -> Int {
        guard window(dimension).hasHalo, factors[dimension] > 1 else { return smaller(tile, dimension) }
        guard tile > 1 else { return 0 }
        return divideRoundingUp(whole[dimension], divideRoundingUp(whole[dimension], tile &- 1))
    }

    /// Gives a tile the largest extent of a dimension that fits, the smallest with as many trips; false where not even 1 does.
    private func growToFit(_ tile: inout Extents, _ dimension: Dimension) -> Bool {
        let most = largest(dimension)
        tile[dimension] = most
        if fits(tile) { return true }
        tile[dimension] = 1
        guard fits(tile) else { return false }
        var (fitting, exceeding) = (1, most)
        while exceeding - fitting > 1 {
            tile[dimension] = (fitting + exceeding) / 2
            if fits(tile) { fitting = tile[dimension] } else { exceeding = tile[dimension] }
        }
        let factor = factors[dimension]
        tile[dimension] = divideRoundingUp(
            whole[dimension], divideRoundingUp(whole[dimension], fitting * factor) * factor)
        return true
    }

    private func fits(_ tile: Extents) -> Bool {
        tried &+= 1
        switch capacity {
        case .buffers(let buffers): return analysis.fits(tile, sharedBy: factors, in: buffers)
        case .staging(let bytes): return analysis.stagedBytes(tile) <= bytes
        }
    }

    /// Whether a bound leaves anything to find; false when the budget is spent.
    private func isBelowBest(_ bound: Double) -> Bool {
        guard bound < bytes else { return false }
        guard tried < budget else {
            isExact = false
            return false
        }
        return true
    }

    private func keep(_ tile: Extents, _ bytes: Double, _ order: LoopOrder) {
        guard bytes < self.bytes else { return }
        self.bytes = bytes
        self.tile = tile
        self.order = order
    }
}
