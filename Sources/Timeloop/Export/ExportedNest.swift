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
    /// The part of each PE's array that folds use.
    private let array: SystolicArray
    private(set) var levels: [ExportedLevel] = []
    private(set) var notes: [String] = []

    init(_ nest: LoopNest, _ mapping: Mapping, on datapath: Datapath) {
        self.nest = nest
        self.mapping = mapping
        self.datapath = datapath
        array = mapping.usedArray(of: SchedulingView(datapath).array)
        let inner = SpatialFactors(
            l1Tile: mapping.l1Tile, l2Tile: mapping.l2Tile, of: Extents(nest), unit: mapping.unit, on: array,
            lanes: datapath.vectorLanes)
        noteReplacements(inner.tile)
        switch mapping.unit {
        case .array(let dataflow):
            let stationary: Operand =
                switch dataflow {
                case .weightStationary: .weight
                case .outputStationary: .output
                case .inputStationary: .input
                }
            let (onRows, onColumns) = dataflow.spatialDimensions
            let stream = Dimension.allCases.reversed().filter { !([.groups] + onRows + onColumns).contains($0) }
            addCells(holding: stationary, inner, order: stream + onRows + onColumns)
        case .arrayBlockDiagonal: addCells(holding: .weight, inner, order: [.outputWidth, .outputHeight, .batch])
        case .vector: addLanes(inner)
        }
        addL2(inner.tile)
        addOutside()
        let types = nest.types
        if Set([types.input, types.weight, types.output]).count > 1 {
            notes.append("a level that operands share counts words of \(wordBytes) bytes, the widest operand's")
        }
    }

    /// Steps that a MAC of the problem takes: a lane's operations a tap, or the array's passes over operands wider than its cells. Where there are
    /// several the files count each: the problem has a dimension more, that no tensor has.
    var stepsPerMAC: Int {
        switch mapping.unit {
        case .vector: VectorCost.operationsPerTap(filterTaps: nest.filterHeight * nest.filterWidth)
        case .array, .arrayBlockDiagonal: nest.types.arrayPasses
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

    // MARK: - Within a PE

    private mutating func noteReplacements(_ tile: Extents) {
        let replaced = Dimension.allCases.filter { tile[$0] < min(mapping.l1Tile[$0], mapping.l2Tile[$0], nest[$0]) }
            .map { "\($0.letter)\(mapping.l1Tile[$0]) → \(tile[$0])" }
        guard !replaced.isEmpty else { return }
        notes.append("L1 tiles that don't divide their L2 tile are replaced: " + replaced.joined(separator: ", "))
    }

    /// `Reg` holds the stationary operand, `Col` passes columns through, L1 feeds them. Of groups on a diagonal the cells off it are not in the count.
    private mutating func addCells(holding operand: Operand, _ inner: SpatialFactors, order: [Dimension]) {
        let cells = datapath.array
        var register = ExportedLevel(
            "Reg", mesh: .init(x: grid.x * cells.x, y: grid.y * cells.y), keeps: [operand])
        register.entries = 1
        if operand != .output {
            // The next fold's operand comes down the rows while this one's works.
            register.writeBandwidth = 1 / Double(array.rows)
        }
        var column = ExportedLevel("Col", mesh: .init(x: grid.x * cells.x, y: grid.y), keeps: [])
        column.entries = 16
        column.spatialY = inner.rows
        levels = [register, column]
        addL1(inner, order: order)
    }

    /// A lane holds the output that it works on, and the operands of a tap for all its operations.
    private mutating func addLanes(_ inner: SpatialFactors) {
        var lane = ExportedLevel(
            "Lane", mesh: .init(x: grid.x * datapath.vectorLanes, y: grid.y), keeps: [.weight, .input, .output])
        lane.entries = 3
        lane.stepsPerMAC = stepsPerMAC
        levels = [lane]
        addL1(inner, order: [.filterWidth, .filterHeight, .inputChannels])
    }

    /// All loops within an L1 tile stand at the innermost L1: one step serves all its buffers.
    private mutating func addL1(_ inner: SpatialFactors, order: [Dimension]) {
        let l1 = datapath.l1
        var buffers = buffers("L1", l1.configuration, bytes: { l1[$0] << 10 }, portWords: wordsToUnit, isOnePort: false)
        buffers[0].spatialX = inner.columns
        for dimension in Dimension.allCases {
            let inside = inner.factors[dimension]
            buffers[0].temporal[dimension] = (inner.tile[dimension] + inside - 1) / inside
        }
        buffers[0].order = order
        // The array goes over a whole tile before its next pass.
        if mapping.unit != .vector { buffers[0].stepsPerMAC = stepsPerMAC }
        levels += buffers
    }

    private mutating func addL2(_ l1Tile: Extents) {
        guard let l2 = datapath.l2 else { return }
        var buffers = buffers(
            "L2", l2.configuration, bytes: { (datapath.l1[$0] * l2[$0]) << 10 },
            portWords: { _ in Double(datapath.l2BytesPerCycle) / Double(wordBytes) }, isOnePort: true)
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
    ///
    /// - Parameters:
    ///   - portWords: words a cycle that an operand's buffer moves.
    ///   - isOnePort: whether these are of one port for all operands.
    private func buffers(
        _ name: String, _ sharing: BufferSharing, bytes: (Operand) -> Int, portWords: (Operand) -> Double,
        isOnePort: Bool
    ) -> [ExportedLevel] {
        let operands: [Operand] = [.weight, .input, .output]
        switch sharing {
        case .private:
            return zip(operands, ["w", "in", "out"]).map { operand, suffix in
                var level = ExportedLevel("\(name)_\(suffix)", mesh: grid, keeps: [operand])
                level.entries = bytes(operand) / (operand == .output ? Datapath.accumulatorBytes : width(of: operand))
                level.readBandwidth = portWords(operand)
                if operand == .output { level.writeBandwidth = portWords(operand) }
                return level
            }
        case .shared:
            var level = ExportedLevel(name, mesh: grid, keeps: Set(operands))
            level.entries = operands.reduce(0) { $0 + bytes($1) } / wordBytes
            level.readBandwidth = isOnePort ? portWords(.input) : operands.reduce(0) { $0 + portWords($1) }
            return [level]
        }
    }

    /// Words a cycle between a PE's L1 and its unit: what streams enters every row, what stays is loaded along the columns, where outputs leave
    /// as well; weights that stream past outputs come down the columns too. Each lane has its own.
    private func wordsToUnit(_ operand: Operand) -> Double {
        let streamsIntoRows: Operand
        switch mapping.unit {
        case .vector: return Double(datapath.vectorLanes)
        case .array(.inputStationary): streamsIntoRows = .weight
        case .array, .arrayBlockDiagonal: streamsIntoRows = .input
        }
        return Double(operand == streamsIntoRows ? datapath.array.y : datapath.array.x)
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
}
