import Workloads

/// One axis of a convolution's input: which of its rows (or columns) a run of outputs reads.
struct SlidingWindow {
    var stride: Int
    var filter: Int
    var dilation: Int
    /// Stored rows, without padding.
    var stored: Int
    /// Rows of padding before the first stored one: half of what the last window needs beyond the stored rows, rounded down.
    var padding: Int
    var outputs: Int

    init(outputs: Int, stride: Int, filter: Int, dilation: Int, stored: Int) {
        self.stride = stride
        self.filter = filter
        self.dilation = dilation
        self.stored = stored
        self.outputs = outputs
        padding = max(0, (outputs - 1) * stride + (filter - 1) * dilation + 1 - stored) / 2
    }

    /// Rows that `count` neighbouring outputs read, padding included: ((count − 1)·stride + span), or count·filter where windows don't touch.
    @inline(__always)
    func rows(_ count: Int) -> Int {
        min((count &- 1) &* stride &+ (filter &- 1) &* dilation &+ 1, count &* filter)
    }

    /// Stored rows that all tiles of `tile` outputs read, added up: rows that two tiles share count twice, padding doesn't count.
    func storedRows(inTilesOf tile: Int) -> Int {
        let tiles = divideRoundingUp(outputs, tile)
        let last = outputs - (tiles - 1) * tile
        var sum = (tiles - 1) * rows(tile) + rows(last)
        // Where windows don't overlap there is no telling padding apart row by row; such operators have none.
        guard stride < (filter - 1) * dilation + 1 else { return min(sum, stored) }
        var start = -padding
        var index = 0
        while start < 0 && index < tiles {
            sum -= min(-start, rows(index == tiles - 1 ? last : tile))
            start += tile * stride
            index += 1
        }
        index = tiles - 1
        while index >= 0 {
            let first = index * tile * stride - padding
            let beyond = first + rows(index == tiles - 1 ? last : tile) - stored
            guard beyond > 0 else { break }
            sum -= min(beyond, rows(index == tiles - 1 ? last : tile))
            index -= 1
        }
        return max(sum, 1)
    }
}

extension LoopNest {
    var verticalWindow: SlidingWindow {
        SlidingWindow(
            outputs: outputHeight, stride: strideHeight, filter: filterHeight, dilation: dilationHeight,
            stored: inputHeight)
    }

    var horizontalWindow: SlidingWindow {
        SlidingWindow(
            outputs: outputWidth, stride: strideWidth, filter: filterWidth, dilation: dilationWidth,
            stored: inputWidth)
    }
}
