internal import Parallelism
internal import Workloads

/// What chains of a graph's regions have in common on all designs: which regions can be chained, and what tiles of rows keep between them.
///
/// Safe to use from several threads.
final class ChainRuns: Sendable {
    let lives: ChainLives
    private let nests: [LoopNest?]
    /// Bytes of a row of each region's first output, for one image; 0 where it has none.
    private let rowBytes: [Int]
    private let knownRows = Locked<[Range<Int>: [RowBuffers?]]>([:])

    /// Tiles of so many rows, for one image.
    struct RowBuffers {
        var rows: Int
        var tileCount: Int
        /// What the line buffers take.
        var bytes: Int
    }

    init(_ graph: RegionGraph) {
        lives = ChainLives(graph)
        nests = graph.regions.map { graph.nest(of: $0) }
        rowBytes = graph.regions.map { region in
            guard let value = region.writes.first.map({ graph.workload[$0] }), value.shape.count > 2 else { return 0 }
            return value.bytes / graph.workload.batch / value.shape[2]
        }
    }

    /// The most rows of the last output of a run of convolutions whose line buffers fit, of half of all and each time a quarter fewer; nil where
    /// none do.
    func largestRows(of run: Range<Int>, within bytes: Int) -> RowBuffers? {
        let members = nests[run].compactMap(\.self)
        guard let height = members.last?.outputHeight else { return nil }
        return knownRows.withLock { known in
            var rows = (height + 1) / 2
            var step = 0
            while rows > 0 {
                if step == known[run, default: []].count {
                    known[run, default: []].append(buffers(of: members, run, rows: rows))
                }
                if let buffers = known[run]?[step], buffers.bytes <= bytes { return buffers }
                rows = rows * 3 / 4
                step += 1
            }
            return nil
        }
    }

    private func buffers(of members: [LoopNest], _ run: Range<Int>, rows: Int) -> RowBuffers? {
        let buffers = LineBuffers(members, rows: rows) { !members[$0].inputRows(of: $1).isEmpty }
        return buffers.map { buffers in
            let bytes = zip(buffers.rows, rowBytes[run]).reduce(0) { $0 + $1.0 * $1.1 }
            return RowBuffers(rows: rows, tileCount: buffers.tileCount, bytes: bytes)
        }
    }
}
