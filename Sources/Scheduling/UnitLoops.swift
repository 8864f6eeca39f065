import Accelerators
import Workloads

/// How a PE's unit works through an L1 tile: its folds in time, and what lies on its rows, columns or lanes.
struct UnitLoops {
    var name: String
    var folds: [LoopNestListing.Loop]
    var spatial: [LoopNestListing.Loop]

    init(of mapping: Mapping, nest: LoopNest, on view: SchedulingView) {
        typealias Loop = LoopNestListing.Loop
        let tile = mapping.l1Tile
        let array = mapping.usedArray(of: view.array)
        func extent(_ dimensions: [Dimension]) -> Int { dimensions.reduce(1) { $0 * tile[$1] } }
        let reduction: [Dimension] = [.inputChannels, .filterHeight, .filterWidth]
        let pixels: [Dimension] = [.batch, .outputHeight, .outputWidth]
        let columns: [Dimension] = [.outputChannels]

        /// Folds of what lies on rows and columns, then the loop that streams through.
        func lay(rows: [Dimension], by rowsAFold: Int, columns: [Dimension], stream: [Dimension], groups: Int) {
            folds = [
                Loop([.groups], of: tile[.groups], in: groups), Loop(columns, of: extent(columns), in: array.columns),
                Loop(rows, of: extent(rows), in: rowsAFold), Loop(stream, of: extent(stream), in: 1),
            ].compactMap(\.self)
            spatial = [
                Loop([.groups], extent: min(groups, tile[.groups]), on: "diagonal"),
                Loop(rows, extent: min(extent(rows), rowsAFold), on: "rows"),
                Loop(columns, extent: min(extent(columns), array.columns), on: "columns"),
            ].compactMap(\.self)
        }
        name = "array \(array.rows)×\(array.columns)"
        (folds, spatial) = ([], [])
        switch mapping.unit {
        case .array(.weightStationary):
            lay(rows: reduction, by: array.rows, columns: columns, stream: pixels, groups: 1)
        case .array(.outputStationary):
            lay(rows: pixels, by: array.rows, columns: columns, stream: reduction, groups: 1)
        case .array(.inputStationary):
            lay(rows: reduction, by: array.rows, columns: pixels, stream: columns, groups: 1)
        case .arrayBlockDiagonal(let groups, let taps):
            lay(rows: reduction, by: taps, columns: columns, stream: pixels, groups: groups)
        case .vector:
            name = "vector unit of \(view.vectorLanes) lanes"
            let elements = [.groups] + pixels + columns
            folds = [
                Loop(elements, of: extent(elements), in: view.vectorLanes),
                Loop(reduction, of: extent(reduction), in: 1),
            ].compactMap(\.self)
            spatial = [Loop(elements, extent: min(extent(elements), view.vectorLanes), on: "lanes")].compactMap(\.self)
        }
    }
}
