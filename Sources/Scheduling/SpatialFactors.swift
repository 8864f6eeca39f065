public import Accelerators
public import Workloads

/// What an array, or a vector unit's lanes, take of an L1 tile at once where each dimension has a factor of its own.
///
/// Our own arrays take several dimensions as one loop, cut wherever their rows end. Timeloop's loops have a factor for each dimension: C·R·S
/// on 128 rows is 14·3·3, not 128. And its tiles follow one another in multiples of the tiles within, so that only of a dimension that
/// the tile holds whole the last step may be short.
public struct SpatialFactors: Sendable {
    /// The L1 tile: the mapping's, but that in dimensions in which it divides no L2 tile that has neighbours it is the largest divisor that is no larger.
    public let tile: Extents
    /// Factors down the rows of the array; 1 on lanes.
    public private(set) var rows = Extents()
    /// Factors along the columns, or over the lanes.
    public private(set) var columns = Extents()
    private let whole: Extents

    /// The factors that go through the tile in the fewest steps.
    ///
    /// - Parameters:
    ///   - whole: the loop nest's extents.
    ///   - array: the part of the array that the mapping uses.
    public init(
        l1Tile: Extents, l2Tile: Extents, of whole: Extents, unit: ComputeUnit, on array: SystolicArray, lanes: Int
    ) {
        self.whole = whole
        var tile = l1Tile
        for dimension in Dimension.allCases {
            let outer = min(l2Tile[dimension], whole[dimension])
            tile[dimension] = min(tile[dimension], outer)
            guard outer < whole[dimension] else { continue }
            tile[dimension] = largestDivisor(of: outer, upTo: tile[dimension])
        }
        self.tile = tile
        switch unit {
        case .array(let dataflow):
            let (onRows, onColumns) = dataflow.spatialDimensions
            rows = fewestSteps(over: onRows, upTo: array.rows)
            columns = fewestSteps(over: onColumns, upTo: array.columns)
        case .arrayBlockDiagonal(let groups, let taps):
            rows = fewestSteps(over: [.filterWidth, .filterHeight, .inputChannels], upTo: min(taps, array.rows))
            columns = fewestSteps(over: [.groups], upTo: groups)
            let channels = fewestSteps(over: [.outputChannels], upTo: array.columns / columns[.groups])
            columns[.outputChannels] = channels[.outputChannels]
        case .vector:
            columns = fewestSteps(
                over: [.groups, .outputChannels, .outputWidth, .outputHeight, .batch], upTo: lanes)
        }
    }

    /// What is taken at once of each dimension.
    public var factors: Extents { rows * columns }

    /// The factors of some dimensions, with a product of at most a limit, that go through the tile in the fewest steps; of equals those that
    /// take the most of the dimensions named first.
    private func fewestSteps(over dimensions: [Dimension], upTo limit: Int) -> Extents {
        var elements = [1.0]
        for dimension in dimensions.reversed() {
            elements.append(elements[elements.count - 1] * Double(tile[dimension]))
        }
        var search = Search(
            choices: dimensions.map { ($0, tile[$0], candidates($0, upTo: limit)) }, elements: elements.reversed())
        search.choose(from: 0, steps: 1, left: limit)
        return search.best
    }

    /// The factors of a dimension worth trying, largest first: of those that take as many steps only the smallest, which leaves most to the others.
    private func candidates(_ dimension: Dimension, upTo limit: Int) -> [Int] {
        let extent = tile[dimension]
        var factors: [Int] = []
        var factor = min(extent, limit)
        while factor >= 1 {
            let steps = divideRoundingUp(extent, factor)
            let smallest = divideRoundingUp(extent, steps)
            if extent >= whole[dimension] || extent % steps == 0 { factors.append(smallest) }
            factor = smallest - 1
        }
        return factors
    }

    /// Goes through all candidates, dimension by dimension, as long as fewer steps are possible.
    private struct Search {
        let choices: [(dimension: Dimension, extent: Int, factors: [Int])]
        /// Of each dimension and those after it, the elements; and 1.
        let elements: [Double]
        private(set) var best = Extents()
        private var fewest = Double.infinity
        private var chosen = Extents()

        init(choices: [(dimension: Dimension, extent: Int, factors: [Int])], elements: [Double]) {
            self.choices = choices
            self.elements = elements
        }

        mutating func choose(from position: Int, steps: Double, left: Int) {
            guard position < choices.count else {
                if steps < fewest { (fewest, best) = (steps, chosen) }
                return
            }
            let (dimension, extent, factors) = choices[position]
            for factor in factors where factor <= left {
                let steps = steps * Double(divideRoundingUp(extent, factor))
                let rest = (elements[position + 1] / Double(left / factor)).rounded(.up)
                guard steps * rest < fewest else { continue }
                chosen[dimension] = factor
                choose(from: position + 1, steps: steps, left: left / factor)
                chosen[dimension] = 1
            }
        }
    }
}

extension Dataflow {
    /// The dimensions that lie on the rows of the array, and on its columns.
    public var spatialDimensions: (rows: [Dimension], columns: [Dimension]) {
        let reduction: [Dimension] = [.inputChannels, .filterHeight, .filterWidth]
        let pixels: [Dimension] = [.outputWidth, .outputHeight, .batch]
        return switch self {
        case .weightStationary: (reduction, [.outputChannels])
        case .outputStationary: (pixels, [.outputChannels])
        case .inputStationary: (reduction, pixels)
        }
    }
}

extension NestAnalysis {
    /// Cycles of the busiest PE's array and vector unit where each dimension has a factor of its own: the steps along all dimensions multiply.
    func computeCyclesByFactors(
        _ unit: ComputeUnit, on array: SystolicArray, l1Tile: Extents, _ sharing: GridSharing
    ) -> (array: Double, vector: Double) {
        let spatial = SpatialFactors(
            l1Tile: l1Tile, l2Tile: sharing.peTile, of: whole, unit: unit, on: array, lanes: view.vectorLanes)
        let factors = spatial.factors
        func pieces(_ dimension: Dimension) -> TilePieces {
            sharing.busiestPieces(dimension, tile: spatial.tile[dimension])
        }
        func steps(_ dimensions: [Dimension]) -> Double {
            dimensions.reduce(1) { steps, dimension in
                steps * pieces(dimension).sum { divideRoundingUp($0, factors[dimension]) }
            }
        }
        func folds(_ dimensions: [Dimension], streaming stream: Double) -> (array: Double, vector: Double) {
            (steps(dimensions) * stream * arrayPasses, 0)
        }
        let rows = RowPieces(
            batch: pieces(.batch), height: pieces(.outputHeight), width: pieces(.outputWidth))
        switch unit {
        case .vector: return (0, steps(Dimension.allCases) * Double(operationsPerTap))
        case .arrayBlockDiagonal:
            return folds(
                [.groups, .outputChannels, .inputChannels, .filterHeight, .filterWidth],
                streaming: rows.sum { array.cyclesPerFold(stream: $0, dataflow: .weightStationary) })
        case .array(let dataflow):
            let (onRows, onColumns) = dataflow.spatialDimensions
            return folds(
                [.groups] + onRows + onColumns,
                streaming: streamCycles(
                    dataflow, on: array, rows: rows, inputChannels: pieces(.inputChannels),
                    outputChannels: pieces(.outputChannels)))
        }
    }
}

/// The largest divisor of a number that is at most a limit.
private func largestDivisor(of number: Int, upTo limit: Int) -> Int {
    var largest = 1
    var divisor = 1
    while divisor * divisor <= number {
        if number % divisor == 0 {
            for one in [divisor, number / divisor] where one <= limit { largest = max(largest, one) }
        }
        divisor += 1
    }
    return largest
}
