import Accelerators
import Compilation
import RandomNumbers
import Testing
import Workloads

/// Tiles of rows against a walk over every tile, every row and every tap.
@Suite struct RowTilingTests {
    /// What a walk finds: which rows every tile computes and reads, and how many lie between two convolutions.
    private struct Walk {
        /// By convolution and tile.
        var computed: [[[Int]]]
        var read: [[Set<Int>]]
        var held: [Int]
        /// The same where every tile computes all that it needs anew, with the multiply–accumulates of one image.
        var heldWhenRecomputed: [Int]
        var recomputedMACs = 0
        /// Whether some window reads every row between two convolutions.
        var readsAllRows = true

        init(_ nests: [LoopNest], rows: Int) {
            let height = nests[nests.count - 1].outputHeight
            let tileCount = (height + rows - 1) / rows
            computed = nests.map { _ in Array(repeating: [], count: tileCount) }
            read = nests.map { _ in Array(repeating: [], count: tileCount) }
            held = Array(repeating: 0, count: nests.count - 1)
            heldWhenRecomputed = held
            var done = nests.map { _ in Set<Int>() }
            for tile in 0..<tileCount {
                var wanted = Set(tile * rows..<min((tile + 1) * rows, height))
                var again = wanted
                for member in nests.indices.reversed() {
                    // Line buffers are filled from the top: what lies above a wanted row and isn't read by any window is computed too.
                    let upTo = wanted.max() ?? -1
                    let new = (0..<(upTo + 1)).filter { !done[member].contains($0) }
                    done[member].formUnion(new)
                    computed[member][tile] = new
                    read[member][tile] = Self.inputRows(of: new, nests[member])
                    recomputedMACs += again.count * (nests[member].macs / 2 / nests[member].outputHeight)
                    if member > 0 {
                        wanted = read[member][tile]
                        // With the last rows go those that no window reads.
                        if upTo + 1 == nests[member].outputHeight { wanted.formUnion(0..<nests[member].inputHeight) }
                        again = Self.inputRows(of: again.sorted(), nests[member])
                        if let first = again.min(), let last = again.max() {
                            heldWhenRecomputed[member - 1] = max(heldWhenRecomputed[member - 1], last - first + 1)
                        }
                    }
                }
                for member in nests.indices.dropFirst() {
                    // What is computed and still to be read, or read now.
                    guard let first = read[member][tile].min(), let last = done[member - 1].max() else { continue }
                    held[member - 1] = max(held[member - 1], last - first + 1)
                }
            }
            for member in nests.indices.dropFirst() {
                let rows = read[member].reduce(into: Set<Int>()) { $0.formUnion($1) }
                if rows.count < nests[member].inputHeight { readsAllRows = false }
            }
        }

        /// Stored rows under the windows of some output rows, those between dilated taps as well.
        private static func inputRows(of outputs: [Int], _ nest: LoopNest) -> Set<Int> {
            var rows: Set<Int> = []
            for output in outputs {
                let top = output * nest.strideHeight - nest.paddingTop
                for row in top...(top + (nest.filterHeight - 1) * nest.dilationHeight) {
                    if (0..<nest.inputHeight).contains(row) { rows.insert(row) }
                }
            }
            return rows
        }
    }

    private static func randomChain(using random: inout SplitMix64) -> [LoopNest] {
        var height = Int.random(in: 4...40, using: &random)
        var nests: [LoopNest] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let filter = [1, 1, 2, 3, 5].randomElement(using: &random) ?? 1
            let dilation = filter > 1 && Int.random(in: 0...4, using: &random) == 0 ? 2 : 1
            let stride = Int.random(in: 1...min(filter, 3), using: &random)
            let window = Window(
                height: filter, width: filter, strideHeight: stride, strideWidth: stride, dilationHeight: dilation,
                dilationWidth: dilation,
                padding: [.valid, .same, .symmetric(filter / 2)].randomElement(using: &random) ?? .same)
            guard let size = window.outputSize(inputHeight: height, inputWidth: height), size.height > 0 else { break }
            let margins = window.margins(inputHeight: height, inputWidth: height)
            nests.append(
                LoopNest(
                    batch: 2, outputChannels: Int.random(in: 1...3, using: &random), inputChannels: 2,
                    outputHeight: size.height, outputWidth: size.width, filterHeight: filter, filterWidth: filter,
                    strideHeight: stride, strideWidth: stride, dilationHeight: dilation, dilationWidth: dilation,
                    inputHeight: height, inputWidth: height, paddingTop: margins.top, paddingLeft: margins.left))
            height = size.height
        }
        return nests
    }

    @Test func equalsAWalkOverAllTiles() throws {
        var random = SplitMix64(seed: 5)
        var (checked, halos) = (0, 0)
        while checked < 4000 {
            let nests = Self.randomChain(using: &random)
            guard let last = nests.last else { continue }
            let rows = Int.random(in: 1...last.outputHeight, using: &random)
            guard let tiling = RowTiling(nests, rows: rows, images: 1) else { continue }
            checked += 1
            let walk = Walk(nests, rows: rows)
            for (member, nest) in nests.enumerated() {
                let parts = tiling.tiles[member].flatMap { Array(repeating: $0.nest, count: $0.count) }
                let computed = walk.computed[member].filter { !$0.isEmpty }
                #expect(parts.map(\.outputHeight).sorted() == computed.map(\.count).sorted())
                // Every row once: as many multiply–accumulates as one whole image takes.
                #expect(computed.flatMap { $0 } == Array(0..<nest.outputHeight))
                #expect(parts.reduce(0) { $0 + $1.macs } == nest.macs / 2)
                // What tiles fetch.
                #expect(parts.map(\.inputHeight).sorted() == walk.read[member].map(\.count).filter { $0 > 0 }.sorted())
            }
            #expect(tiling.bufferedRows == walk.held)
            // Computing the halo again takes more work and, where windows leave no row out, no less room.
            guard walk.readsAllRows else { continue }
            let kept = nests.reduce(0) { $0 + $1.macs / 2 }
            #expect(walk.recomputedMACs >= kept)
            #expect(zip(tiling.bufferedRows, walk.heldWhenRecomputed).allSatisfy { $0 <= $1 })
            if walk.recomputedMACs > kept { halos += 1 }
        }
        #expect(halos > 500)
    }
}
