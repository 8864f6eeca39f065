internal import Accelerators
internal import Diagnostics
public import Workloads

extension Mapping {
    /// Checks that the mapping can run: tiles nest, fit their buffers, and use no more PEs than there are.
    ///
    /// - Throws: `DiagnosticError` (`badData`) that names the level and what it has and needs.
    public func validate(for nest: LoopNest, on view: SchedulingView) throws {
        for (level, tile) in [("L1", l1Tile), ("L2", l2Tile), ("Global Memory", globalTile)] {
            for dimension in Dimension.allCases where tile[dimension] < 1 {
                throw fault(level, "a tile of at least 1 in \(dimension.letter)", "\(tile[dimension])")
            }
        }
        guard gridX.factor <= view.peGrid.x, gridY.factor <= view.peGrid.y, gridX.factor > 0, gridY.factor > 0 else {
            throw fault(
                "PE grid", "at most \(view.peGrid.x)×\(view.peGrid.y) PEs", "\(gridX.factor)×\(gridY.factor)")
        }
        let gridTile = l2Tile * gridFactors
        for dimension in Dimension.allCases {
            guard l2Tile[dimension] >= l1Tile[dimension], view.l2 != nil || l2Tile == l1Tile else {
                throw fault(
                    "L2", "a tile of at least L1's \(l1Tile[dimension]) in \(dimension.letter)",
                    "\(l2Tile[dimension])")
            }
            let global = globalTile[dimension]
            guard global >= nest[dimension] || global % gridTile[dimension] == 0 else {
                throw fault(
                    "Global Memory", "a multiple of the grid's \(gridTile[dimension]) in \(dimension.letter)",
                    "\(global)")
            }
        }
        guard l1Tile[.filterHeight] == nest.filterHeight, l1Tile[.filterWidth] == nest.filterWidth else {
            throw fault("L1", "whole filters of \(nest.filterHeight)×\(nest.filterWidth)", "a part")
        }
        let analysis = NestAnalysis(nest, on: view)
        guard analysis.fits(l1Tile, sharedBy: gridFactors, in: view.l1) else {
            throw overflow("L1", analysis.bufferedBytes(l1Tile, sharedBy: gridFactors))
        }
        if let l2 = view.l2 {
            guard analysis.fits(l2Tile, sharedBy: gridFactors, in: l2) else {
                throw overflow("L2", analysis.bufferedBytes(l2Tile, sharedBy: gridFactors))
            }
        }
        if let capacity = view.stagingBytes {
            let bytes = analysis.stagedBytes(globalTile)
            guard bytes <= Double(capacity) else {
                throw fault("Global Memory", "tiles of at most \(capacity) bytes", "\(bytes)")
            }
        }
    }

    private func overflow(_ level: String, _ bytes: OperandBytes) -> DiagnosticError {
        fault(
            level, "tiles that fit twice",
            "\(bytes.input) bytes of input, \(bytes.weight) of weights, \(bytes.output) of outputs")
    }

    private func fault(_ level: String, _ expected: String, _ found: String) -> DiagnosticError {
        DiagnosticError(
            .badData, "expected \(expected), found \(found)", at: SourceLocation(field: "mapping at \(level)"),
            remedy: "make the tile smaller")
    }
}
