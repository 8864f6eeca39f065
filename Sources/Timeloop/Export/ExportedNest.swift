internal import Accelerators
internal import Scheduling
internal import Workloads

/// Lays a mapping's loops out on Timeloop's levels.
///
/// Timeloop's tiles are multiples of the tiles within, but for the last along a dimension, which residual factors cut short. Where one
/// of our tiles is no multiple of the tile within and doesn't cover its dimension, the tile within is replaced by the
/// largest divisor that is no larger.
struct ExportedNest {
    let nest: LoopNest
    let mapping: Mapping
    let datapath: Datapath
    private(set) var levels: [ExportedLevel] = []
    private(set) var notes: [String] = []

    init(_ nest: LoopNest, _ mapping: Mapping, on datapath: Datapath) {
        self.nest = nest
        self.mapping = mapping
        self.datapath = datapath
        let l1Tile = exportedL1Tile()
        switch mapping.unit {
        case .array(let dataflow): addArray(dataflow, l1Tile)
        case .arrayBlockDiagonal(let groups, let taps): addBlockDiagonal(groups: groups, taps: taps, l1Tile)
        case .vector: addLanes(l1Tile)
        }
        addL2(l1Tile)
        addOutside()
        let types = nest.types
        if Set([types.input, types.weight, types.output]).count > 1 {
            notes.append("a level that operands share counts words of \(wordBytes) bytes, the widest operand's")
        }
        if types.arrayPasses > 1, mapping.unit != .vector {
            notes.append("the array's \(types.arrayPasses) passes over operands wider than its cells count as one")
        }
    }

    private func width(of operand: Operand) -> Int {
        switch operand {
        case .input: nest.types.input.bytes
        case .weight: nest.types.weight.bytes
        case .output: nest.types.output.bytes
        }
    }

    /// Bytes of a word where operands share a level: Timeloop has one width a level.
    var wordBytes: Int { [Operand.input, .weight, .output].map(width).max() ?? Datapath.operandBytes }

    private var grid: TimeloopArchitecture.Mesh {
        TimeloopArchitecture.Mesh(x: datapath.peGrid.x, y: datapath.peGrid.y)
    }

    /// The L1 tile, replaced in the dimensions in which it doesn't divide an L2 tile that has neighbours.
    private mutating func exportedL1Tile() -> Extents {
        var tile = mapping.l1Tile
        var replaced: [String] = []
        for dimension in Dimension.allCases {
            let extent = nest[dimension]
            let outer = min(mapping.l2Tile[dimension], extent)
            tile[dimension] = min(tile[dimension], outer)
            if outer < extent, outer % tile[dimension] != 0 {
                tile[dimension] = largestDivisor(of: outer, upTo: tile[dimension])
                replaced.append("\(dimension.letter)\(mapping.l1Tile[dimension]) → \(tile[dimension])")
            }
        }
        if !replaced.isEmpty {
            notes.append("L1 tiles that don't divide their L2 tile are replaced: " + replaced.joined(separator: ", "))
        }
        return tile
    }

    // MARK: - Within a PE

    /// `Reg` holds the stationary operand, `Col` passes columns through, L1 feeds them.
    private mutating func addArray(_ dataflow: Dataflow, _ l1Tile: Extents) {
        let reduction: [Dimension] = [.inputChannels, .filterHeight, .filterWidth]
        let pixels: [Dimension] = [.outputWidth, .outputHeight, .batch]
        let (stationary, rows, columns, stream): (Operand, [Dimension], [Dimension], [Dimension]) =
            switch dataflow {
            case .weightStationary: (.weight, reduction, [.outputChannels], pixels)
            case .outputStationary: (.output, pixels, [.outputChannels], reduction)
            case .inputStationary: (.input, reduction, pixels, [.outputChannels])
            }
        addCells(
            holding: stationary, alongX: factors(columns, within: l1Tile, upTo: datapath.array.x),
            alongY: factors(rows, within: l1Tile, upTo: datapath.array.y), l1Tile, order: stream + rows + columns)
    }

    /// Groups stand side by side along the columns; the cells off the diagonal are not in the count.
    private mutating func addBlockDiagonal(groups: Int, taps: Int, _ l1Tile: Extents) {
        var packed = l1Tile
        packed[.groups] =
            isWhole(.groups, l1Tile) ? min(groups, l1Tile[.groups]) : largestDivisor(of: l1Tile[.groups], upTo: groups)
        var alongX = Extents()
        alongX[.groups] = packed[.groups]
        let channels = factors([.outputChannels], within: l1Tile, upTo: datapath.array.x / packed[.groups])
        alongX[.outputChannels] = channels[.outputChannels]
        addCells(
            holding: .weight, alongX: alongX,
            alongY: factors(
                [.filterWidth, .filterHeight, .inputChannels], within: l1Tile, upTo: min(taps, datapath.array.y)),
            l1Tile, order: [.outputWidth, .outputHeight, .batch])
    }

    private mutating func addCells(
        holding operand: Operand, alongX: Extents, alongY: Extents, _ l1Tile: Extents, order: [Dimension]
    ) {
        let array = datapath.array
        var register = ExportedLevel(
            "Reg", mesh: .init(x: grid.x * array.x, y: grid.y * array.y), keeps: [operand])
        register.entries = 1
        var column = ExportedLevel("Col", mesh: .init(x: grid.x * array.x, y: grid.y), keeps: [])
        column.entries = 16
        column.spatialY = alongY
        levels = [register, column]
        addL1(l1Tile, alongX: alongX, alongY: alongY, order: order)
    }

    /// A lane holds the output that it works on.
    private mutating func addLanes(_ l1Tile: Extents) {
        var lane = ExportedLevel(
            "Lane", mesh: .init(x: grid.x * datapath.vectorLanes, y: grid.y), keeps: [.output])
        lane.entries = 1
        levels = [lane]
        let alongX = factors(
            [.groups, .outputChannels, .outputWidth, .outputHeight, .batch], within: l1Tile, upTo: datapath.vectorLanes)
        addL1(
            l1Tile, alongX: alongX, alongY: Extents(), order: [.filterWidth, .filterHeight, .inputChannels])
    }

    /// All loops within an L1 tile stand at the innermost L1: one step serves all its buffers.
    private mutating func addL1(_ l1Tile: Extents, alongX: Extents, alongY: Extents, order: [Dimension]) {
        let l1 = datapath.l1
        var buffers = buffers(
            "L1", l1.configuration, bytes: { l1[$0] << 10 },
            readWords: {
                $0 == .input ? Double(datapath.array.y) : Double(datapath.array.x)
            })
        buffers[0].spatialX = alongX
        for dimension in Dimension.allCases {
            let inside = alongX[dimension] * alongY[dimension]
            buffers[0].temporal[dimension] = (l1Tile[dimension] + inside - 1) / inside
        }
        buffers[0].order = order
        levels += buffers
    }

    private mutating func addL2(_ l1Tile: Extents) {
        guard let l2 = datapath.l2 else { return }
        var buffers = buffers(
            "L2", l2.configuration, bytes: { (datapath.l1[$0] * l2[$0]) << 10 },
            readWords: {
                $0 == .input ? Double(datapath.array.y) : Double(datapath.array.x)
            })
        for dimension in Dimension.allCases {
            let extent = min(mapping.l2Tile[dimension], nest[dimension])
            buffers[0].temporal[dimension] = (extent + l1Tile[dimension] - 1) / l1Tile[dimension]
        }
        buffers[0].order = mapping.l2Order.dimensions.reversed()
        levels += buffers
    }

    /// The buffers of one level of a PE: one an operand, or one for all.
    ///
    /// A partial sum is float32 but one of Timeloop's words, so that a buffer of outputs has half as many entries.
    private func buffers(
        _ name: String, _ sharing: BufferSharing, bytes: (Operand) -> Int, readWords: (Operand) -> Double
    ) -> [ExportedLevel] {
        let operands: [Operand] = [.weight, .input, .output]
        switch sharing {
        case .private:
            return zip(operands, ["w", "in", "out"]).map { operand, suffix in
                var level = ExportedLevel("\(name)_\(suffix)", mesh: grid, keeps: [operand])
                level.entries = bytes(operand) / (operand == .output ? Datapath.accumulatorBytes : width(of: operand))
                level.readBandwidth = readWords(operand)
                if operand == .output { level.writeBandwidth = readWords(operand) }
                return level
            }
        case .shared:
            var level = ExportedLevel(name, mesh: grid, keeps: Set(operands))
            level.entries = operands.reduce(0) { $0 + bytes($1) } / wordBytes
            level.readBandwidth = operands.reduce(0) { $0 + readWords($1) }
            return [level]
        }
    }

    // MARK: - Outside the PEs

    private mutating func addOutside() {
        let all: Set<Operand> = [.weight, .input, .output]
        let one = TimeloopArchitecture.Mesh(x: 1, y: 1)
        var gridX = Extents()
        gridX[mapping.gridX.dimension] = gridFactor(mapping.gridX)
        var gridY = Extents()
        gridY[mapping.gridY.dimension] = gridFactor(mapping.gridY)
        // Timeloop has one factor a dimension and level.
        let isTwice = mapping.gridX.dimension == mapping.gridY.dimension
        if isTwice {
            var row = ExportedLevel("Row", mesh: .init(x: 1, y: grid.y), keeps: [])
            row.entries = 16
            row.spatialX[mapping.gridX.dimension] = mapping.gridX.factor
            gridY[mapping.gridY.dimension] = mapping.gridY.factor
            gridX = Extents()
            levels.append(row)
        }

        var dram = ExportedLevel("DRAM", mesh: one, keeps: all)
        dram.sharedBandwidth = datapath.dramBytesPerCycle / Double(wordBytes)
        dram.order = mapping.dramOrder.dimensions.reversed()
        var outside = [dram]
        if datapath.globalMemoryMiB > 0 {
            var global = ExportedLevel("L3", mesh: one, keeps: all)
            global.entries = datapath.globalMemoryBytes / wordBytes
            global.readBandwidth = Double(datapath.globalMemoryBytesPerCycle) / Double(wordBytes)
            global.writeBandwidth = global.readBandwidth
            global.order = mapping.globalOrder.dimensions.reversed()
            outside.insert(global, at: 0)
        }
        outside[0].spatialX = gridX
        outside[0].spatialY = gridY
        let hasGlobalMemory = outside.count == 2
        for dimension in Dimension.allCases {
            let extent: Int = nest[dimension]
            let gridTile: Int = min(mapping.l2Tile[dimension], extent) * mapping.gridFactors[dimension]
            var globalTile = gridTile
            if hasGlobalMemory {
                globalTile = max(gridTile, min(mapping.globalTile[dimension], extent))
                outside[0].temporal[dimension] = (min(globalTile, extent) + gridTile - 1) / gridTile
            }
            outside[outside.count - 1].temporal[dimension] = (extent + globalTile - 1) / globalTile
        }
        levels += outside
    }

    /// PEs along a dimension that have work.
    private func gridFactor(_ loop: SpatialLoop) -> Int {
        let extent = nest[loop.dimension]
        let tile = min(mapping.l2Tile[loop.dimension], extent)
        return min(loop.factor, (extent + tile - 1) / tile)
    }

    // MARK: - Factors

    private func isWhole(_ dimension: Dimension, _ tile: Extents) -> Bool { tile[dimension] >= nest[dimension] }

    /// Spatial factors of some dimensions with a product of at most a limit: in the order that gives the larger product.
    ///
    /// A dimension that the L1 tile holds whole takes what fits, and its last step is short; another takes a divisor.
    private func factors(_ dimensions: [Dimension], within tile: Extents, upTo limit: Int) -> Extents {
        func inOrder(_ dimensions: [Dimension]) -> Extents {
            var factors = Extents()
            for dimension in dimensions {
                let left = limit / factors.product
                let extent = tile[dimension]
                guard extent > left, isWhole(dimension, tile) else {
                    factors[dimension] = largestDivisor(of: extent, upTo: left)
                    continue
                }
                let steps = (extent + left - 1) / left
                factors[dimension] = (extent + steps - 1) / steps
            }
            return factors
        }
        let (a, b) = (inOrder(dimensions), inOrder(dimensions.reversed()))
        return a.product >= b.product ? a : b
    }
}

private func largestDivisor(of number: Int, upTo limit: Int) -> Int {
    var divisor = max(1, min(number, limit))
    while number % divisor != 0 { divisor -= 1 }
    return divisor
}
