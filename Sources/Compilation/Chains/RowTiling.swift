public import Workloads

/// A chain of convolutions in tiles of rows, for some images at a time: what each of them computes in every tile, and the rows that lie between.
///
/// A tile ends with some rows of the last convolution's output. Each convolution computes what the next one needs for that and doesn't have yet;
/// a line buffer between two holds the rows from the first that the tile reads to the last that it writes. Whatever makes its
/// last rows has all of its input made, also what no window reads, so that multiply–accumulates are those of the whole convolutions.
public struct RowTiling: Sendable {
    /// Parts of each convolution, those alike counted together.
    public private(set) var tiles: [[NestTile]]
    /// Rows that each line buffer holds, one fewer than convolutions.
    public private(set) var bufferedRows: [Int]
    /// Tiles of an image.
    public let tileCount: Int

    /// - Parameters:
    ///   - nests: convolutions, each of which reads the output of the one before.
    ///   - rows: rows of the last one's output that a tile ends with.
    ///   - images: images at a time; each part is counted once for all images of a tile, not for the whole batch.
    /// - Returns: nil where a part reads padding alone.
    public init?(_ nests: [LoopNest], rows: Int, images: Int) {
        tiles = Array(repeating: [], count: nests.count)
        bufferedRows = Array(repeating: 0, count: nests.count - 1)
        guard let last = nests.last else { return nil }
        tileCount = (last.outputHeight + rows - 1) / rows
        // Rows that each has computed.
        var done = Array(repeating: 0, count: nests.count)
        for tile in 1...tileCount {
            var end = min(tile * rows, last.outputHeight)
            for member in nests.indices.reversed() {
                let new = done[member]..<max(end, done[member])
                if member > 0 {
                    bufferedRows[member - 1] = max(
                        bufferedRows[member - 1],
                        max(done[member - 1], nests[member].inputRows(ofFirst: new.upperBound))
                            - nests[member].firstInputRow(of: new.lowerBound))
                }
                if !new.isEmpty {
                    guard let part = nests[member].part(rows: new, images: images) else { return nil }
                    if let known = tiles[member].firstIndex(where: { $0.nest == part }) {
                        tiles[member][known].count += 1
                    } else {
                        tiles[member].append(NestTile(nest: part, count: 1))
                    }
                }
                done[member] = new.upperBound
                end = nests[member].inputRows(ofFirst: new.upperBound)
            }
        }
    }
}
