public import Workloads

/// A chain of convolutions in tiles of rows, for some images at a time: what each of them computes in every tile, and the rows that lie between.
///
/// A tile ends with some rows of the last convolution's output. Each convolution computes what the next one needs for that and doesn't have yet;
/// a line buffer between two holds the rows from the first that the tile reads to the last that it writes. Whatever makes its
/// last rows has all of its input made, also what no window reads, so that multiply–accumulates are those of the whole convolutions.
public struct RowTiling: Sendable {
    /// Parts of each convolution, those alike counted together.
    public let tiles: [[NestTile]]
    /// Rows that each line buffer holds, one fewer than convolutions.
    public let bufferedRows: [Int]
    /// Tiles of an image.
    public let tileCount: Int

    /// - Parameters:
    ///   - nests: convolutions, each of which reads the output of the one before.
    ///   - rows: rows of the last one's output that a tile ends with.
    ///   - images: images at a time; each part is counted once for all images of a tile, not for the whole batch.
    /// - Returns: nil where a part reads padding alone.
    public init?(_ nests: [LoopNest], rows: Int, images: Int) {
        var tiles = [[NestTile]](repeating: [], count: nests.count)
        let buffers = LineBuffers(nests, rows: rows) { member, new in
            guard let part = nests[member].part(rows: new, images: images) else { return false }
            if let known = tiles[member].firstIndex(where: { $0.nest == part }) {
                tiles[member][known].count += 1
            } else {
                tiles[member].append(NestTile(nest: part, count: 1))
            }
            return true
        }
        guard let buffers else { return nil }
        self.tiles = tiles
        (bufferedRows, tileCount) = (buffers.rows, buffers.tileCount)
    }
}

/// The rows that lie between the convolutions of a chain in tiles of rows.
struct LineBuffers {
    /// Rows that each line buffer holds, one fewer than convolutions.
    private(set) var rows: [Int]
    /// Tiles of an image.
    let tileCount: Int

    /// - Parameters:
    ///   - rows: rows of the last convolution's output that a tile ends with.
    ///   - canCompute: is told which rows of its output a convolution computes in a tile, and says whether that can be done.
    /// - Returns: nil where it can't.
    init?(_ nests: [LoopNest], rows: Int, canCompute: (_ member: Int, _ rows: Range<Int>) -> Bool) {
        guard let last = nests.last else { return nil }
        self.rows = Array(repeating: 0, count: nests.count - 1)
        tileCount = (last.outputHeight + rows - 1) / rows
        // Rows that each has computed.
        var done = Array(repeating: 0, count: nests.count)
        for tile in 1...tileCount {
            var end = min(tile * rows, last.outputHeight)
            for member in nests.indices.reversed() {
                let new = done[member]..<max(end, done[member])
                if member > 0 {
                    self.rows[member - 1] = max(
                        self.rows[member - 1],
                        max(done[member - 1], nests[member].inputRows(ofFirst: new.upperBound))
                            - nests[member].firstInputRow(of: new.lowerBound))
                }
                if !new.isEmpty, !canCompute(member, new) { return nil }
                done[member] = new.upperBound
                end = nests[member].inputRows(ofFirst: new.upperBound)
            }
        }
    }
}
