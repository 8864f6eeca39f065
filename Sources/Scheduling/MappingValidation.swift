internal import Accelerators
internal import Diagnostics
public import Workloads

extension Mapping {
    /// Checks that the mapping can run: its unit can compute the operator, tiles cover it and nest, they fit their buffers, and no
    /// more PEs, rows or columns are used than there are. PEs that are left without work are no fault.
    ///
    /// - Throws: `DiagnosticError` (`badData`) that names the field, as in a mapping's file, and says what was expected and found.
    public func validate(for nest: LoopNest, on view: SchedulingView) throws {
        let check = MappingCheck(mapping: self, nest: nest, view: view)
        try check.checkUnit()
        // Before the tiles, which may have been made from it.
        try check.checkGrid()
        try check.checkSizes()
        try check.checkL1AndL2()
        try check.checkGlobalMemory()
    }

    /// The extents that all PEs work on together; nil where they are too large to count.
    var checkedGridTile: Extents? {
        var tile = l2Tile
        for loop in [gridX, gridY] {
            let (product, overflow) = tile[loop.dimension].multipliedReportingOverflow(by: loop.factor)
            if overflow { return nil }
            tile[loop.dimension] = product
        }
        return tile
    }
}

/// The rules that a mapping must keep, each with its complaint; later ones rest on earlier ones.
private struct MappingCheck {
    let mapping: Mapping
    let nest: LoopNest
    let view: SchedulingView

    func checkSizes() throws {
        let tiles = [("l1Tile", mapping.l1Tile), ("l2Tile", mapping.l2Tile), ("globalTile", mapping.globalTile)]
        for (field, tile) in tiles {
            for dimension in Dimension.allCases where tile[dimension] < 1 {
                throw fault("\(field).\(dimension.letter)", "at least 1", "\(tile[dimension])", "write 1 or more")
            }
            for dimension in [Dimension.filterHeight, .filterWidth] where tile[dimension] != nest[dimension] {
                throw fault(
                    "\(field).\(dimension.letter)",
                    "whole filters of \(nest.filterHeight)×\(nest.filterWidth), which no tile cuts",
                    "\(tile[dimension])", "write R: \(nest.filterHeight), S: \(nest.filterWidth)")
            }
        }
    }

    // MARK: - Who computes

    func checkUnit() throws {
        try checkArray("arrayRows", mapping.arrayRows, of: view.array.rows)
        try checkArray("arrayColumns", mapping.arrayColumns, of: view.array.columns)
        switch mapping.unit {
        case .array: return
        case .vector:
            try checkGroups("the vector unit")
        case .arrayBlockDiagonal(let groups, let taps):
            try checkGroups("blocks on the array's diagonal")
            let array = mapping.usedArray(of: view.array)
            guard groups >= 1 else { throw fault("unit.groups", "at least 1", "\(groups)", "write 1 or more") }
            guard taps >= 1 else { throw fault("unit.taps", "at least 1", "\(taps)", "write 1 or more") }
            guard taps <= array.rows, groups <= array.rows / taps else {
                throw fault(
                    groups > 1 ? "unit.groups" : "unit.taps",
                    "groups × taps of at most the array's \(array.rows) rows", "\(groups) × \(taps)",
                    "pack fewer groups, or fold more taps")
            }
            guard groups == 1 || groups <= array.columns / nest.outputChannels else {
                throw fault(
                    "unit.groups", "groups × K of at most the array's \(array.columns) columns",
                    "\(groups) × \(nest.outputChannels)", "pack fewer groups")
            }
        }
    }

    private func checkArray(_ field: String, _ used: Int?, of available: Int) throws {
        guard let used, !(1...available).contains(used) else { return }
        throw fault(field, "from 1 to the array's \(available)", "\(used)", "leave it out to use the whole array")
    }

    private func checkGroups(_ unit: String) throws {
        guard nest.groups == 1 || nest.weightIsActivation else { return }
        throw fault(
            "unit.name", "an operator with several groups of trained weights for \(unit)",
            nest.weightIsActivation ? "a product of two activations" : "one with 1 group",
            "use 'array weight-stationary', 'array output-stationary' or 'array input-stationary'")
    }

    func checkGrid() throws {
        for (field, loop, available) in [
            ("gridX", mapping.gridX, view.peGrid.x), ("gridY", mapping.gridY, view.peGrid.y),
        ] {
            guard (1...available).contains(loop.factor) else {
                throw fault(
                    "\(field).factor", "from 1 to the \(available) PEs along \(field == "gridX" ? "x" : "y")",
                    "\(loop.factor)", "use no more PEs than there are")
            }
            let isFilter = loop.dimension == .filterHeight || loop.dimension == .filterWidth
            guard !isFilter || loop.factor == 1 else {
                throw fault(
                    "\(field).dimension", "G, N, K, C, P or Q", loop.dimension.letter,
                    "a filter stays within one PE: share another dimension out")
            }
        }
    }

    // MARK: - Tiles

    func checkL1AndL2() throws {
        let analysis = NestAnalysis(nest, on: view)
        try checkExtents("l1Tile", mapping.l1Tile, madeOf: Extents(), of: "")
        let outerTile = view.l2 == nil ? mapping.l1Tile : mapping.l2Tile
        let holders = analysis.holders(of: mapping.l1Tile, in: outerTile, sharedBy: mapping.gridFactors)
        try checkFit(analysis.uses(of: mapping.l1Tile, sharedBy: holders, level: .l1, in: view.l1), field: "l1Tile")
        for dimension in Dimension.allCases where mapping.l2Tile[dimension] < mapping.l1Tile[dimension] {
            throw fault(
                "l2Tile.\(dimension.letter)", "at least the L1 tile's \(mapping.l1Tile[dimension])",
                "\(mapping.l2Tile[dimension])", "enlarge it, or make the L1 tile smaller")
        }
        guard let l2 = view.l2 else {
            for dimension in Dimension.allCases where mapping.l2Tile[dimension] != mapping.l1Tile[dimension] {
                throw fault(
                    "l2Tile.\(dimension.letter)",
                    "the L1 tile's \(mapping.l1Tile[dimension]), as the design has no L2",
                    "\(mapping.l2Tile[dimension])", "leave l2Tile out")
            }
            return
        }
        try checkExtents("l2Tile", mapping.l2Tile, madeOf: mapping.l1Tile, of: "L1 tiles")
        try checkFit(
            analysis.uses(of: mapping.l2Tile, sharedBy: mapping.gridFactors, level: .l2, in: l2), field: "l2Tile")
    }

    func checkGlobalMemory() throws {
        guard let gridTile = mapping.checkedGridTile else {
            throw fault("l2Tile", "tiles that can be counted", "more than 2^63 in the PE grid's", "make it smaller")
        }
        let tile = mapping.globalTile
        let whole = Extents(nest)
        for dimension in Dimension.allCases {
            let isMultiple = tile[dimension] % gridTile[dimension] == 0
            guard tile[dimension] >= whole[dimension] || isMultiple else {
                throw fault(
                    "globalTile.\(dimension.letter)",
                    "a multiple of what all PEs work on together, \(gridTile[dimension]), or the whole operator's "
                        + "\(whole[dimension])", "\(tile[dimension])", "round it to one of them")
            }
        }
        try checkExtents("globalTile", tile, madeOf: gridTile, of: "what all PEs work on together")
        guard view.stagingBytes != nil else {
            for dimension in Dimension.allCases
            where min(tile[dimension], whole[dimension]) != min(gridTile[dimension], whole[dimension]) {
                throw fault(
                    "globalTile.\(dimension.letter)",
                    "what all PEs work on together, \(gridTile[dimension]), as the design has no Global Memory",
                    "\(tile[dimension])", "leave globalTile out")
            }
            return
        }
        let uses = NestAnalysis(nest, on: view).uses(
            l1Tile: mapping.l1Tile, l2Tile: mapping.l2Tile, sharedBy: mapping.gridFactors, globalTile: tile)
        try checkFit(uses.filter { $0.level == .globalMemory }, field: "globalTile")
    }

    /// A tile is no larger than the least number of inner tiles that covers the operator: more would only waste its buffer, and sizes
    /// could grow until they no longer fit a word.
    private func checkExtents(_ field: String, _ tile: Extents, madeOf inner: Extents, of name: String) throws {
        for dimension in Dimension.allCases {
            let extent = nest[dimension]
            let part = inner[dimension]
            let most = part >= extent ? part : (extent - 1) / part * part + part
            guard tile[dimension] <= most else {
                throw fault(
                    "\(field).\(dimension.letter)",
                    "at most \(most), which covers the operator's \(extent)"
                        + (most == extent ? "" : " in \(name) of \(part)"), "\(tile[dimension])", "make it smaller")
            }
        }
    }

    private func checkFit(_ uses: [BufferUse], field: String) throws {
        // The worst of several, so that mending it is not followed by a larger complaint.
        guard let overflow = uses.filter({ !$0.fits }).max(by: { $0.excess < $1.excess }) else { return }
        throw fault(
            field, "at most \(overflow.availableBytes) bytes in the \(overflow.name)", "\(overflow.neededBytes)",
            "make the tile smaller: tiles that change are held twice, partial sums as float32")
    }

    private func fault(_ field: String, _ expected: String, _ found: String, _ remedy: String) -> DiagnosticError {
        DiagnosticError(
            .badData, "expected \(expected), found \(found)", at: SourceLocation(field: field), remedy: remedy)
    }
}
