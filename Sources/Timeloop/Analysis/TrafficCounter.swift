/// What moves between a level that holds a tensor and the next level in that does, in words, summed over instances.
struct TileTraffic {
    /// What the inner level takes in: of each tile, what the one before it didn't hold.
    var deltas = 0.0
    /// What the outer level gives out for it: data that several instances get at the same time counts once.
    var accesses = 0.0
}

/// Counts the words that a tensor moves between levels.
///
/// The loops above a level move its tile. When a loop advances, all loops further in begin anew, so that the tile moves by the same
/// vector every time: what it then shares with itself before is the intersection of two boxes. The sum over loops of how often each
/// advances, times the words that the tile doesn't share, is the traffic; no iteration is walked. Dimensions with residual factors
/// take a few classes of steps instead of one (`RaggedSteps`); groups of ranks that share no dimension multiply.
struct TrafficCounter {
    let nest: TiledNest
    let tensor: TensorRanks
    /// Groups with a dimension that has residual factors.
    private let raggedGroups: [Int]

    init(nest: TiledNest, tensor: TensorRanks) {
        self.nest = nest
        self.tensor = tensor
        raggedGroups = tensor.groups.indices.filter { tensor.groups[$0].dimensions.contains { nest.ragged[$0] } }
    }

    /// Words of a tile at a level, where it is largest.
    func tileWords(_ level: Int) -> Double { tensor.words { nest.largestExtent(level, $0) } }

    /// Words that the MACs' operands take: each MAC takes one a step, even if it is the one before.
    ///
    /// - Parameter outer: the innermost level that holds the tensor.
    func operandAccesses(from outer: Int) -> Double {
        var accesses = 1.0
        let held = RaggedSteps.Held(levels: 0...outer)
        for index in nest.loopsAbove(-1) {
            let loop = nest.loops[index]
            guard !nest.ragged[loop.dimension] else { continue }
            if loop.isSpatial, loop.level <= outer, !tensor.isRelevant[loop.dimension] { continue }
            accesses *= loop.end
        }
        guard nest.ragged.contains(true) else { return accesses * distinctShare(0...outer) }
        let meeting = RaggedMeetings(nest, tensor, 0...outer)
        for dimension in 0..<nest.dimensionCount where nest.ragged[dimension] && !tensor.isRelevant[dimension] {
            accesses *= RaggedSteps(dimension, above: -1, in: nest, holding: held).states().reduce(0) { $0 + $1.count }
        }
        for (index, group) in tensor.groups.enumerated() {
            let classes = group.dimensions.filter { nest.ragged[$0] }.map { dimension in
                RaggedSteps(dimension, above: -1, in: nest, tracking: meeting?.tracked ?? []).states()
            }
            var count = 0.0
            forEachCombination(of: classes) { chosen, times in count += times * (meeting?.share(index, chosen) ?? 1) }
            accesses *= count
        }
        return accesses * distinctShare(0...outer)
    }

    /// What moves between two levels that hold the tensor, with none between them that does.
    func traffic(into inner: Int, from outer: Int) -> TileTraffic {
        let held = RaggedSteps.Held(levels: (inner + 1)...outer)
        // How many steps there are, of all instances and of those that get data of their own, where no dimension is ragged.
        var all = 1.0
        var distinct = 1.0
        // From the last iterations of the loops further in back to their first, a dimension: below 0.
        var shifts = [Double](repeating: 0, count: nest.dimensionCount)
        for index in nest.loopsAbove(inner) {
            let loop = nest.loops[index]
            guard !nest.ragged[loop.dimension] else { continue }
            if loop.isSpatial {
                all *= loop.end
                if tensor.isRelevant[loop.dimension] || !held.contains(loop) { distinct *= loop.end }
            } else {
                shifts[loop.dimension] -= loop.stride * (loop.end - 1)
            }
        }
        let meeting = RaggedMeetings(nest, tensor, (inner + 1)...outer)
        let ragged = raggedDimensions(above: inner, held, meeting)
        var traffic = TileTraffic()
        add(
            to: &traffic, ragged.map { $0.first() }, shifts: nil, all: all, distinct: distinct, level: inner, meeting)
        for index in nest.loopsAbove(inner).reversed() where !nest.loops[index].isSpatial {
            let loop = nest.loops[index]
            guard !nest.ragged[loop.dimension] else {
                add(
                    to: &traffic, ragged.map { $0.steps(of: index) }, shifts: shifts, all: all, distinct: distinct,
                    level: inner, meeting)
                continue
            }
            let advances = loop.end - 1
            // The loop steps on, and doesn't go back to its first iteration, as it does when one further out advances.
            shifts[loop.dimension] += loop.stride * (advances + 1)
            add(
                to: &traffic, ragged.map { $0.steps(of: index) }, shifts: shifts, all: all * advances,
                distinct: distinct * advances, level: inner, meeting)
            shifts[loop.dimension] -= loop.stride
            all *= loop.end
            distinct *= loop.end
        }
        traffic.accesses *= distinctShare((inner + 1)...outer)
        return traffic
    }

    /// Words that each instance of a level ever holds, summed over instances.
    func heldWords(_ level: Int) -> Double {
        var words = 1.0
        // Whether each iteration over a dimension has words of its own.
        var isIndex = [Bool](repeating: false, count: nest.dimensionCount)
        for group in tensor.groups {
            guard group.ranks.count == 1 && group.dimensions.count == 1 else {
                words *= coveredWords(group, level)
                continue
            }
            let dimension = group.dimensions[0]
            let rank = group.ranks[0]
            isIndex[dimension] = true
            if nest.ragged[dimension] {
                let steps = RaggedSteps(dimension, above: level, in: nest)
                words *= steps.states().reduce(0) { sum, state in sum + state.count * rank.span { _ in state.extent } }
            } else {
                words *= rank.span { nest.extent(level, $0) }
            }
        }
        for index in nest.loopsAbove(level) {
            let loop = nest.loops[index]
            guard !nest.ragged[loop.dimension] else { continue }
            if isIndex[loop.dimension] || (loop.isSpatial && !tensor.isRelevant[loop.dimension]) { words *= loop.end }
        }
        for dimension in 0..<nest.dimensionCount where nest.ragged[dimension] && !tensor.isRelevant[dimension] {
            words *= RaggedSteps(dimension, above: level, in: nest).first().reduce(0) { $0 + $1.count }
        }
        return words
    }

    // MARK: - Steps

    /// The dimensions with residual factors, and whether their spatial loops are held where they don't concern the tensor.
    private func raggedDimensions(above level: Int, _ held: RaggedSteps.Held, _ meeting: RaggedMeetings?)
        -> [RaggedDimension]
    {
        (0..<nest.dimensionCount).filter { nest.ragged[$0] }.map { dimension in
            let free = RaggedSteps(dimension, above: level, in: nest, tracking: meeting?.tracked ?? [])
            return RaggedDimension(
                dimension: dimension, free: free,
                held: tensor.isRelevant[dimension]
                    ? nil : RaggedSteps(dimension, above: level, in: nest, holding: held))
        }
    }

    private struct RaggedDimension {
        var dimension: Int
        var free: RaggedSteps
        /// Nil where the dimension concerns the tensor.
        var held: RaggedSteps?

        func first() -> RaggedClasses {
            RaggedClasses(dimension: dimension, free: free.first(), held: held?.first())
        }
        func steps(of index: Int) -> RaggedClasses {
            RaggedClasses(dimension: dimension, free: free.steps(of: index), held: held?.steps(of: index))
        }
    }

    private struct RaggedClasses {
        var dimension: Int
        var free: [RaggedSteps.Class]
        var held: [RaggedSteps.Class]?
    }

    /// Adds the steps of one loop.
    ///
    /// - Parameter shifts: by how much the tile moves in each dimension that isn't ragged; nil for the first tile, which shares nothing.
    private func add(
        to traffic: inout TileTraffic, _ ragged: [RaggedClasses], shifts: [Double]?, all: Double, distinct: Double,
        level: Int, _ meeting: RaggedMeetings?
    ) {
        var all = all
        var distinct = distinct
        for classes in ragged {
            guard let held = classes.held else { continue }
            all *= classes.free.reduce(0) { $0 + $1.count }
            distinct *= held.reduce(0) { $0 + $1.count }
        }
        guard all > 0 else { return }
        let (total, shared) = evenWords(shifts, level)
        var sums = GroupSums(total: total, shared: shared, distinctTotal: total, distinctShared: shared)
        for index in raggedGroups {
            sums.multiply(by: self.sums(of: index, ragged, shifts: shifts, level: level, meeting))
        }
        traffic.deltas += all * (sums.total - sums.shared)
        traffic.accesses += distinct * (sums.distinctTotal - sums.distinctShared)
    }

    /// Words of the tile of the groups without residual factors, and those shared with itself before it moved.
    private func evenWords(_ shifts: [Double]?, _ level: Int) -> (total: Double, shared: Double) {
        var (total, shared) = (1.0, shifts == nil ? 0.0 : 1.0)
        var (span, shift) = (1.0, 0.0)
        for term in tensor.terms where raggedGroups.isEmpty || !raggedGroups.contains(term.group) {
            span += term.coefficient * (nest.extent(level, term.dimension) - 1)
            if let shifts { shift += term.coefficient * shifts[term.dimension] }
            guard term.endsRank else { continue }
            total *= span
            shared *= max(0, span - abs(shift))
            (span, shift) = (1, 0)
        }
        return (total, shared)
    }

    /// Words of a group's tiles, and those shared with the tile before, summed over the steps of its ragged dimensions: over all
    /// instances, and over those that get data of their own.
    private struct GroupSums {
        var total: Double
        var shared: Double
        var distinctTotal: Double
        var distinctShared: Double

        mutating func multiply(by other: GroupSums) {
            total *= other.total
            shared *= other.shared
            distinctTotal *= other.distinctTotal
            distinctShared *= other.distinctShared
        }
    }

    private func sums(
        of index: Int, _ ragged: [RaggedClasses], shifts: [Double]?, level: Int, _ meeting: RaggedMeetings?
    ) -> GroupSums {
        let group = tensor.groups[index]
        let concerned = ragged.filter { group.dimensions.contains($0.dimension) }
        var sums = GroupSums(total: 0, shared: 0, distinctTotal: 0, distinctShared: 0)
        forEachCombination(of: concerned.map(\.free)) { chosen, count in
            let of = { (dimension: Int) in concerned.firstIndex { $0.dimension == dimension }.map { chosen[$0] } }
            var (words, kept) = (1.0, 1.0)
            for rank in group.ranks {
                let span = rank.span { of($0)?.extent ?? nest.extent(level, $0) }
                let oldSpan = rank.span { of($0)?.oldExtent ?? nest.extent(level, $0) }
                words *= span
                guard let shifts else { continue }
                var shift = 0.0
                for (dimension, coefficient) in rank.terms {
                    shift += coefficient * (of(dimension)?.shift ?? shifts[dimension])
                }
                kept *= max(0, min(oldSpan, shift + span) - max(0, shift))
            }
            let share = meeting?.share(index, chosen) ?? 1
            sums.total += count * words
            sums.shared += count * kept
            sums.distinctTotal += count * share * words
            sums.distinctShared += count * share * kept
        }
        return sums
    }

    /// Calls with one class of each dimension, and how many steps that is.
    private func forEachCombination(of classes: [[RaggedSteps.Class]], _ body: ([RaggedSteps.Class], Double) -> Void) {
        func visit(_ chosen: [RaggedSteps.Class], _ count: Double) {
            guard chosen.count < classes.count else { return body(chosen, count) }
            for step in classes[chosen.count] { visit(chosen + [step], count * step.count) }
        }
        visit([], 1)
    }

    // MARK: - Windows that meet

    /// The share of requests that are left when the windows of several spatial loops of one level meet.
    ///
    /// Instances of a level get the same data where their tiles are the same: with P and R side by side, those with the same
    /// P · stride + R. Where one of the dimensions has residual factors, `RaggedMeetings` says how many are left.
    private func distinctShare(_ levels: ClosedRange<Int>) -> Double {
        var share = 1.0
        for group in tensor.groups where group.dimensions.count > 1 {
            for level in levels {
                let spatial = nest.loops.filter {
                    $0.isSpatial && $0.level == level && group.dimensions.contains($0.dimension)
                }
                guard spatial.count > 1, !spatial.contains(where: { nest.ragged[$0.dimension] }) else { continue }
                let all = spatial.reduce(1) { $0 * $1.end }
                share *= distinctTiles(spatial, group) / all
            }
        }
        return share
    }

    /// How many different tiles the iterations of some loops give.
    private func distinctTiles(_ loops: [TiledNest.Loop], _ group: TensorRanks.Group) -> Double {
        let steps = group.ranks.map { rank in
            loops.map { loop in
                rank.terms.reduce(0) { $1.dimension == loop.dimension ? $0 + $1.coefficient * loop.stride : $0 }
            }
        }
        if steps.count == 1 {
            return DistinctSums.count(zip(steps[0], loops).filter { $0.0 > 0 }.map { ($0.0, $0.1.end) })
        }
        return DistinctSums.vectors(steps, counts: loops.map(\.end))
    }

    /// Words of a group of several dimensions or ranks that each instance ever holds, summed over instances.
    private func coveredWords(_ group: TensorRanks.Group, _ level: Int) -> Double {
        let above = nest.loops[nest.loopsAbove(level)].filter { group.dimensions.contains($0.dimension) }
        let temporal = above.filter { !$0.isSpatial }
        var words = above.reduce(1) { $1.isSpatial ? $0 * $1.end : $0 }
        for rank in group.ranks {
            let span = rank.span { nest.extent(level, $0) }
            var progressions = [(step: 1.0, count: span)]
            for loop in temporal {
                for (dimension, coefficient) in rank.terms where dimension == loop.dimension {
                    progressions.append((coefficient * loop.stride, loop.end))
                }
            }
            words *= DistinctSums.count(progressions)
        }
        return words
    }
}
