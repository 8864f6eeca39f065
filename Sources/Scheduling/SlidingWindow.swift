import Workloads

/// One axis of a convolution's input: which of its rows (or columns) a run of outputs reads.
struct SlidingWindow {
    let stride: Int
    /// Rows from a window's first tap to its last: (filter − 1)·dilation + 1. Rows between dilated taps are held like any row.
    let span: Int
    /// Stored rows, without padding.
    let stored: Int
    /// Rows of padding before the first stored one.
    let padding: Int
    let outputs: Int
    /// Stored rows that all outputs read.
    private(set) var storedRows = 0
    /// Rows that the last window reads beyond the stored ones.
    private let overhang: Int

    init(outputs: Int, stride: Int, filter: Int, dilation: Int, stored: Int, padding: Int) {
        self.stride = stride
        self.stored = stored
        self.outputs = outputs
        self.padding = padding
        span = (filter &- 1) &* dilation &+ 1
        overhang = (outputs &- 1) &* stride &+ span &- padding &- stored
        storedRows = allStoredRows
    }

    /// A window that slides over so many outputs, all of whose rows are stored.
    init(unpadded window: SlidingWindow, outputs: Int) {
        stride = window.stride
        span = window.span
        padding = 0
        self.outputs = outputs
        stored = (outputs &- 1) &* stride &+ span
        overhang = 0
        storedRows = allStoredRows
    }

    /// Where windows don't overlap every output has rows of its own.
    private var allStoredRows: Int {
        stride < span
            ? storedRows(inRunsOf: outputs, within: outputs)
            : outputs &* span &- paddedRows(inRunsOf: 1, within: 1, runs: outputs)
    }

    /// Whether neighbouring runs of outputs share rows.
    @inline(__always)
    var hasHalo: Bool { stride < span && outputs > 1 }

    /// Rows that `count` neighbouring outputs read, padding included: (count − 1)·stride + span, or count·span where windows don't touch.
    @inline(__always)
    func rows(_ count: Int) -> Int {
        min((count &- 1) &* stride &+ span, count &* span)
    }

    /// Stored rows that every run of outputs reads, added up: rows that two runs share count twice, padding doesn't count.
    ///
    /// - Parameters:
    ///   - run: outputs that follow each other in one buffer, which keeps what the next of them needs.
    ///   - tile: runs start anew in every tile of so many outputs.
    func storedRows(inRunsOf run: Int, within tile: Int) -> Int {
        // Where windows don't overlap every output has rows of its own, whatever the runs.
        guard stride < span else { return storedRows }
        let fullTiles = (outputs &- 1) / tile
        let lastTile = outputs &- fullTiles &* tile
        let runs = fullTiles &* divideRoundingUp(tile, run) &+ divideRoundingUp(lastTile, run)
        return outputs &* stride &+ runs &* (span &- stride) &- paddedRows(inRunsOf: run, within: tile, runs: runs)
    }

    /// Rows of padding that every run of outputs reads, added up.
    private func paddedRows(inRunsOf run: Int, within tile: Int, runs: Int) -> Int {
        guard padding > 0 || overhang > 0 else { return 0 }
        let runsInTile = divideRoundingUp(tile, run)
        func outputsOfRun(_ index: Int) -> Range<Int> {
            let tileIndex = runsInTile == 1 ? index : index / runsInTile
            let start = tileIndex &* tile &+ (index &- tileIndex &* runsInTile) &* run
            return start..<min(start &+ run, (tileIndex &+ 1) &* tile, outputs)
        }
        var sum = 0
        var index = 0
        while padding > 0 && index < runs {
            let run = outputsOfRun(index)
            let before = padding &- run.lowerBound &* stride
            guard before > 0 else { break }
            sum &+= min(before, rows(run.count))
            index &+= 1
        }
        index = runs &- 1
        while overhang > 0 && index >= 0 {
            let run = outputsOfRun(index)
            let beyond = run.lowerBound &* stride &- padding &+ rows(run.count) &- stored
            guard beyond > 0 else { break }
            sum &+= min(beyond, rows(run.count))
            index &-= 1
        }
        return sum
    }
}

extension LoopNest {
    var verticalWindow: SlidingWindow {
        SlidingWindow(
            outputs: outputHeight, stride: strideHeight, filter: filterHeight, dilation: dilationHeight,
            stored: inputHeight, padding: paddingTop)
    }

    var horizontalWindow: SlidingWindow {
        SlidingWindow(
            outputs: outputWidth, stride: strideWidth, filter: filterWidth, dilation: dilationWidth,
            stored: inputWidth, padding: paddingLeft)
    }
}
