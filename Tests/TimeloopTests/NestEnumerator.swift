import Timeloop

/// Counts a mapping's traffic the slow way: walks every step of every instance, keeps its tiles, and compares.
///
/// A position of a dimension is the mixed-radix number of its loops' indices; what lies beyond the bound is no work. That is all there is
/// to residual factors here. Nothing is shared with the library's analysis.
struct NestEnumerator {
    struct Counts: Equatable {
        var reads = 0
        var updates = 0
        var fills = 0
        var tileWords = 0
    }

    private struct Loop {
        var dimension: Int
        var level: Int
        var isSpatial: Bool
        var end: Int
        var stride: Int
    }

    /// A box of a tensor: a range a rank; nil is no work.
    private typealias Box = [Range<Int>]

    let problem: TimeloopProblem
    let mapping: TimeloopMapping
    /// Innermost first.
    private let loops: [Loop]
    /// Extents of a tile, [level + 1][dimension].
    private let extents: [[Int]]

    init(_ problem: TimeloopProblem, _ mapping: TimeloopMapping) {
        self.problem = problem
        self.mapping = mapping
        var loops: [Loop] = []
        var extent = [Int](repeating: 1, count: problem.dimensions.count)
        var extents = [extent]
        for (index, level) in mapping.levels.enumerated() {
            for (each, isSpatial) in [(level.spatialX + level.spatialY, true), (level.temporal, false)] {
                for loop in each {
                    loops.append(
                        Loop(
                            dimension: loop.dimension, level: index, isSpatial: isSpatial, end: loop.factor,
                            stride: extent[loop.dimension]))
                    extent[loop.dimension] *= loop.factor
                }
            }
            extents.append(extent)
        }
        self.loops = loops
        self.extents = extents
    }

    /// Counts of each data space at each level that holds it.
    func counts() -> [[Counts?]] {
        var all = mapping.levels.map { _ in [Counts?](repeating: nil, count: problem.dataSpaces.count) }
        for space in problem.dataSpaces.indices {
            let holding = mapping.levels.indices.filter { mapping.levels[$0].keeps[space] }
            var inner = -1
            for (position, level) in holding.enumerated() {
                let isRW = problem.dataSpaces[space].isReadWrite
                let accesses = traffic(of: space, into: inner, from: level).accesses
                let own = traffic(
                    of: space, into: level, from: position + 1 < holding.count ? holding[position + 1] : nil)
                let first = isRW ? own.held : 0
                all[level][space] = Counts(
                    reads: accesses - first, updates: isRW ? accesses : 0,
                    fills: position + 1 < holding.count ? own.deltas - first : 0, tileWords: own.largest)
                inner = level
            }
        }
        return all
    }

    /// Steps of the MAC that has the most.
    func computeCycles() -> Int {
        var steps: [[Int]: Int] = [:]
        walk(above: -1) { indices in
            guard isWork(indices) else { return }
            steps[loops.indices.filter { loops[$0].isSpatial }.map { indices[$0] }, default: 0] += 1
        }
        return steps.values.max() ?? 0
    }

    private func isWork(_ indices: [Int]) -> Bool {
        problem.bounds.indices.allSatisfy { base($0, indices, above: -1) < problem.bounds[$0] }
    }

    /// Words that move into a level, and out of the next level out that holds the data space.
    func traffic(of space: Int, into level: Int, from outer: Int?) -> (
        deltas: Int, accesses: Int, held: Int, largest: Int
    ) {
        var before: [[Int]: Box] = [:]
        var held: [[Int]: Set<[Int]>] = [:]
        let isRW = problem.dataSpaces[space].isReadWrite
        var (deltas, accesses, largest) = (0, 0, 0)
        let instanceLoops = loops.indices.filter { loops[$0].isSpatial && loops[$0].level > level }
        walk(above: level) { indices in
            guard let tile = box(of: space, level, indices) else { return }
            let instance = instanceLoops.map { indices[$0] }
            let words = tile.reduce(1) { $0 * $1.count }
            largest = max(largest, words)
            var delta = words
            // The MACs hold nothing from one step to the next.
            if level >= 0 {
                if let old = before[instance] {
                    delta -= zip(tile, old).reduce(1) { $0 * $1.0.clamped(to: $1.1).count }
                }
                before[instance] = tile
                if isRW { held[instance, default: []].formUnion(Self.points(tile)) }
            }
            deltas += delta
            if let outer, isFirstToAsk(space, level, outer, indices) { accesses += delta }
        }
        return (deltas, accesses, held.values.reduce(0) { $0 + $1.count }, largest)
    }

    /// Whether no sibling with a smaller index, at any level on the way out, works on the same tile at the same time.
    private func isFirstToAsk(_ space: Int, _ inner: Int, _ outer: Int, _ indices: [Int]) -> Bool {
        for level in (inner + 1)...outer {
            let siblings = loops.indices.filter { loops[$0].isSpatial && loops[$0].level == level }
            guard !siblings.isEmpty, let own = box(of: space, level - 1, indices) else { continue }
            var other = indices
            var isFirst = true
            func visit(_ position: Int) {
                guard position >= 0 else {
                    let rank = siblings.reversed().map { other[$0] }
                    let ownRank = siblings.reversed().map { indices[$0] }
                    if rank.lexicographicallyPrecedes(ownRank), box(of: space, level - 1, other) == own {
                        isFirst = false
                    }
                    return
                }
                for index in 0..<loops[siblings[position]].end {
                    other[siblings[position]] = index
                    visit(position - 1)
                }
            }
            visit(siblings.count - 1)
            if !isFirst { return false }
        }
        return true
    }

    private func base(_ dimension: Int, _ indices: [Int], above level: Int) -> Int {
        var base = 0
        for (index, loop) in loops.enumerated() where loop.dimension == dimension && loop.level > level {
            base += loop.stride * indices[index]
        }
        return base
    }

    /// The tile of a tensor, as the box from the projection of its first to that of its last point.
    private func box(of space: Int, _ level: Int, _ indices: [Int]) -> Box? {
        var ranges: [Range<Int>] = []
        for (dimension, bound) in problem.bounds.enumerated() {
            let base = base(dimension, indices, above: level)
            guard base < bound else { return nil }
            ranges.append(base..<min(base + extents[level + 1][dimension], bound))
        }
        return problem.dataSpaces[space].projection.map { terms in
            let first = terms.reduce(0) { $0 + $1.coefficient * ranges[$1.dimension].lowerBound }
            let last = terms.reduce(0) { $0 + $1.coefficient * (ranges[$1.dimension].upperBound - 1) }
            return first..<(last + 1)
        }
    }

    private static func points(_ box: Box) -> [[Int]] {
        box.reduce([[]]) { points, range in points.flatMap { point in range.map { point + [$0] } } }
    }

    /// Every combination of the loops above a level's tile, in the order in which they run.
    private func walk(above level: Int, _ body: ([Int]) -> Void) {
        var indices = [Int](repeating: 0, count: loops.count)
        func visit(_ position: Int) {
            guard position >= 0, loops[position].level > level else { return body(indices) }
            for index in 0..<loops[position].end {
                indices[position] = index
                visit(position - 1)
            }
            indices[position] = 0
        }
        visit(loops.count - 1)
    }
}
