public import Workloads

/// Consecutive regions that take turns on a tile of images or rows at a time, so that the tensors between them live in Global Memory only a
/// tile at a time, and never in DRAM.
///
/// The regions run on the whole chip, one after the other for the first tile, then for the second, … Rows that two tiles share stay in
/// Global Memory (a line buffer), so that nothing is computed twice: a tile that computed them again would hold as many. Layer fusion of
/// convolutions goes back to Alwani et al., "Fused-layer CNN accelerators", MICRO 2016; groups of layers that take part of a batch at a time to
/// Lym et al., "Mini-batch serialization", MLSys 2019.
public struct FusedChain: Hashable, Sendable {
    /// Positions of its regions in execution order.
    public var regions: Range<Int>
    public var tile: ChainTile
    /// How many tiles there are.
    public var tileCount: Int
    /// The tensors that only its regions write and read.
    public var innerValues: Set<Value.ID>
    /// Weights that Global Memory holds from its first tile to its last; every tile fetches the others.
    public var heldWeights: Set<Value.ID>
    /// Bytes of Global Memory that its inner tensors take at once, with the weights that it holds.
    public var bufferBytes: Int
}

/// The part of a chain's work that is done at a time.
public struct ChainTile: Hashable, Sendable, Codable {
    /// Images, or sequences.
    public var images: Int
    /// Rows of the last region's output; nil where images are whole.
    public var rows: Int?

    public init(images: Int, rows: Int? = nil) {
        self.images = images
        self.rows = rows
    }
}

extension ChainTile: CustomStringConvertible {
    /// As listed to users.
    public var description: String {
        if let rows { return rows == 1 ? "1 row" : "\(rows) rows" }
        return images == 1 ? "1 image" : "\(images) images"
    }
}

/// A part of a loop nest, and how often parts like it are computed.
public struct NestTile: Hashable, Sendable {
    public var nest: LoopNest
    public var count: Int
}

extension LoopNest {
    /// The part of a nest that works on some of the images of its batch; nil where it doesn't count images.
    func part(images: Int, of batch: Int) -> LoopNest? {
        var part = self
        if weightIsActivation {
            guard groups % batch == 0 else { return nil }
            part.groups = groups / batch * images
        } else {
            guard self.batch == batch else { return nil }
            part.batch = images
        }
        return part
    }

    /// The nest in tiles of images: whole ones, and what is left.
    func tiles(ofImages images: Int, of batch: Int) -> [NestTile]? {
        let rest = batch % images
        guard let whole = part(images: images, of: batch), let last = part(images: max(1, rest), of: batch) else {
            return nil
        }
        return [NestTile(nest: whole, count: batch / images)] + (rest > 0 ? [NestTile(nest: last, count: 1)] : [])
    }

    /// The first input row that is stored and that an output row and all after it read.
    func firstInputRow(of output: Int) -> Int { min(inputHeight, max(0, output * strideHeight - paddingTop)) }

    /// How many stored input rows the first output rows need: (rows − 1)·stride + (filter − 1)·dilation + 1 − padding, and all for all.
    func inputRows(ofFirst outputs: Int) -> Int {
        if outputs == outputHeight { return inputHeight }
        if outputs == 0 { return 0 }
        return min(inputHeight, max(0, (outputs - 1) * strideHeight + filterSpan - paddingTop))
    }

    /// The stored input rows that some output rows read; none where they read padding alone.
    func inputRows(of outputs: Range<Int>) -> Range<Int> {
        let first = firstInputRow(of: outputs.lowerBound)
        let end = min(inputHeight, max(0, (outputs.upperBound - 1) * strideHeight + filterSpan - paddingTop))
        return first..<max(first, end)
    }

    /// The part of a convolution that computes some rows of some images; nil where these rows read padding alone.
    func part(rows: Range<Int>, images: Int) -> LoopNest? {
        let input = inputRows(of: rows)
        guard !input.isEmpty, batch >= images else { return nil }
        var part = self
        part.batch = images
        part.outputHeight = rows.count
        part.inputHeight = input.count
        part.paddingTop = max(0, paddingTop - rows.lowerBound * strideHeight)
        return part
    }

    /// Rows from a window's first tap to its last.
    private var filterSpan: Int { (filterHeight - 1) * dilationHeight + 1 }
}
