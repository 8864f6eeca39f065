import Accelerators
import Foundation
import Scheduling
import TestSupport
import Testing
import Workloads

/// The closed form against SCALE-Sim's cycle-by-cycle simulation (`Fixtures/Scheduling/scalesim.csv`).
@Suite struct SystolicArrayTests {
    /// One simulated product.
    private struct Row {
        let columns: [String: String]

        func number(_ column: String) throws -> Int { try #require(columns[column].flatMap { Int($0) }, "\(column)") }

        var dataflow: Dataflow {
            switch columns["dataflow"] {
            case "ws": .weightStationary
            case "os": .outputStationary
            default: .inputStationary
            }
        }
    }

    private static func rows() throws -> [Row] {
        let file = Repository.fixtures.appendingPathComponent("Scheduling/scalesim.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Row(columns: Dictionary(uniqueKeysWithValues: zip(lines[0], $0))) }
    }

    /// SCALE-Sim counts from cycle 0, once a run; a depthwise convolution is a run for each of its `repeat` channels.
    @Test func cyclesAndUtilizationAreScaleSims() throws {
        let rows = try Self.rows()
        #expect(rows.count == 243)
        for row in rows {
            let array = SystolicArray(
                rows: try row.number("array_rows"), columns: try row.number("array_cols"), overlapsLoading: false)
            let (m, n, k) = (try row.number("M"), try row.number("N"), try row.number("K"))
            let cycles = array.cycles(rows: m, columns: n, reduction: k, dataflow: row.dataflow)
            let runs = try row.number("repeat")
            #expect(try row.number("compute_cycles") == runs * (cycles - 1), "\(row)")

            let utilization = array.utilization(rows: m, columns: n, reduction: k, dataflow: row.dataflow)
            let reported = try #require(row.columns["utilization"].flatMap { Double($0) }) / 100
            #expect(abs(utilization * Double(cycles) / Double(cycles - 1) - reported) < 1e-9, "\(row)")
        }
    }

    /// SRAM accesses of every row. SCALE-Sim counts rows + columns more output writes in each output-stationary fold (its issue 166).
    @Test func accessesAreScaleSims() throws {
        for row in try Self.rows() {
            let array = SystolicArray(
                rows: try row.number("array_rows"), columns: try row.number("array_cols"), overlapsLoading: true)
            let (m, n, k) = (try row.number("M"), try row.number("N"), try row.number("K"))
            let accesses = array.accesses(rows: m, columns: n, reduction: k, dataflow: row.dataflow)
            let runs = try row.number("repeat")
            #expect(try row.number("sram_ifmap_reads") == runs * accesses.inputReads, "\(row)")
            #expect(try row.number("sram_filter_reads") == runs * accesses.weightReads, "\(row)")
            let folds = ceiling(m, array.rows) * ceiling(n, array.columns)
            let extra = row.dataflow == .outputStationary ? folds * (array.rows + array.columns) : 0
            #expect(try row.number("sram_ofmap_writes") == runs * (accesses.outputWrites + extra), "\(row)")
        }
    }

    /// What the nest analysis counts at L1 of a product that is one tile is what the array alone accesses.
    @Test(arguments: Dataflow.allCases)
    func oneTileAccessesL1AsTheArrayDoes(dataflow: Dataflow) {
        let nest = LoopNest(outputChannels: 21, inputChannels: 13, outputWidth: 34)
        let view = roomyView(hasL2: false, hasGlobalMemory: false, grid: 1)
        let one = SpatialLoop(.batch, factor: 1)
        let order = LoopOrder(Dimension.allCases)
        let mapping = Mapping(
            unit: .array(dataflow), gridX: one, gridY: one, l1Tile: Extents(nest), l2Tile: Extents(nest),
            globalTile: Extents(nest), l2Order: order, globalOrder: order, dramOrder: order)
        let l1 = NestAnalysis(nest, on: view).cost(of: mapping).l1
        let accesses = view.array.accesses(rows: 34, columns: 21, reduction: 13, dataflow: dataflow)
        #expect(l1.inputReads == Double(2 * accesses.inputReads))
        #expect(l1.weightReads == Double(2 * accesses.weightReads))
        #expect(l1.outputWrites == Double(4 * accesses.outputWrites))
    }

    /// One cycle of the array at a time: which cell of a fold is busy when.
    @Test func aFoldTakesAsLongAsItsLastProduct() {
        for rows in 1...4 {
            for columns in 1...4 {
                for stream in 1...6 {
                    // Row t of the stream reaches cell (r, c) in cycle t + r + c, counted from 0.
                    let last = (stream - 1) + (rows - 1) + (columns - 1)
                    let array = SystolicArray(rows: rows, columns: columns, overlapsLoading: false)
                    #expect(array.cyclesPerFold(stream: stream, dataflow: .outputStationary) == last + 1)
                    // A stationary operand is shifted in first, a row of cells a cycle.
                    for dataflow in [Dataflow.weightStationary, .inputStationary] {
                        #expect(array.cyclesPerFold(stream: stream, dataflow: dataflow) == rows + last + 1)
                    }
                }
            }
        }
    }

    /// Folds whose loading overlaps: simulated as a two-stage pipeline of loading (R cycles) and streaming (T cycles).
    @Test func overlappedFoldsAreATwoStagePipeline() {
        for rows in [1, 4, 16] {
            for stream in [1, 3, 8, 40] {
                let array = SystolicArray(rows: rows, columns: 8, overlapsLoading: true)
                for folds in 1...5 {
                    var loaded = rows
                    var streamed = 0
                    for fold in 0..<folds {
                        streamed = max(streamed, loaded) + stream
                        if fold + 1 < folds { loaded = streamed - stream + rows }
                    }
                    let pipeline = streamed + rows + 8 - 2
                    let closed = array.cycles(
                        rows: stream, columns: 8, reduction: folds * rows, dataflow: .weightStationary)
                    // The last fold has nothing to load behind it, which the closed form doesn't make use of.
                    #expect(closed == pipeline + max(0, rows - stream))
                    #expect(
                        array.utilization(
                            rows: stream, columns: 8, reduction: folds * rows, dataflow: .weightStationary) <= 1)
                }
            }
        }
    }
}
