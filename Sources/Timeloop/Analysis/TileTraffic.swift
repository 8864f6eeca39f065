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
        for dimension in 0..<nest.dimensionCount where nest.ragged[dimension] {
            let isHeld = !tensor.isRelevant[dimension]
            let steps = RaggedSteps(dimension, above: -1, in: nest, holding: isHeld ? held : RaggedSteps.Held())
            accesses *= steps.states { $0 }.count
        }
        return accesses * distinctShare(0...outer)
    }

    /// What moves between two levels that hold the tensor, with none between them that does.
    func traffic(into inner: Int, from outer: Int) -> TileTraffic {
        let held = RaggedSteps.Held(levels: (inner + 1)...outer)
        // How many steps there are, of all instances and of those that get data of their own, where no dimension is ragged.
        var all = 1.0
        var distinct = 1.0
        // From the last iterations of the loops further in back to their first, a dimension.
        var back = [Double](repeating: 0, count: nest.dimensionCount)
        for index in nest.loopsAbove(inner) {
            let loop = nest.loops[index]
            guard !nest.ragged[loop.dimension] else { continue }
            if loop.isSpatial {
                all *= loop.end
                if tensor.isRelevant[loop.dimension] || !held.contains(loop) { distinct *= loop.end }
            } else {
                back[loop.dimension] += loop.stride * (loop.end - 1)
            }
        }
        let ragged = raggedDimensions(above: inner, held)
        var traffic = TileTraffic()
        add(to: &traffic, ragged.map { $0.first() }, shifts: nil, all: all, distinct: distinct, level: inner)
        for index in nest.loopsAbove(inner).reversed() where !nest.loops[index].isSpatial {
            let loop = nest.loops[index]
            let isRagged = nest.ragged[loop.dimension]
            if !isRagged { back[loop.dimension] -= loop.stride * (loop.end - 1) }
            let advances = isRagged ? 1 : loop.end - 1
            var shifts = back
            for dimension in shifts.indices { shifts[dimension] = -back[dimension] }
            if !isRagged { shifts[loop.dimension] += loop.stride }
            add(
                to: &traffic, ragged.map { $0.steps(of: index) }, shifts: shifts, all: all * advances,
                distinct: distinct * advances, level: inner)
            if !isRagged {
                all *= loop.end
                distinct *= loop.end
            }
        }
        traffic.accesses *= distinctShare((inner + 1)...outer)
        return traffic
    }

    /// Words that each instance of a level ever holds, summed over instances.
    func heldWords(_ level: Int) -> Double {
        var words = 1.0
        for group in tensor.groups {
            guard group.ranks.count == 1 && group.dimensions.count == 1 else {
                words *= coveredWords(group, level)
                continue
            }
            let dimension = group.dimensions[0]
            let rank = group.ranks[0]
            let steps = RaggedSteps(dimension, above: level, in: nest, holding: RaggedSteps.Held())
            words *= steps.states { extent in rank.span { _ in extent } }.extents
        }
        for dimension in 0..<nest.dimensionCount where !tensor.isRelevant[dimension] {
            let steps = RaggedSteps(dimension, above: level, in: nest, holding: RaggedSteps.Held())
            words *= steps.first().reduce(0) { $0 + $1.count }
        }
        return words
    }

    // MARK: - Steps

    /// The dimensions with residual factors, and whether their spatial loops are held where they don't concern the tensor.
    private func raggedDimensions(above level: Int, _ held: RaggedSteps.Held) -> [RaggedDimension] {
        (0..<nest.dimensionCount).filter { nest.ragged[$0] }.map { dimension in
            let free = RaggedSteps(dimension, above: level, in: nest, holding: RaggedSteps.Held())
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
        level: Int
    ) {
        var all = all
        var distinct = distinct
        for classes in ragged {
            guard let held = classes.held else { continue }
            all *= classes.free.reduce(0) { $0 + $1.count }
            distinct *= held.reduce(0) { $0 + $1.count }
        }
        guard all > 0 else { return }
        var words = 1.0
        var kept = shifts == nil ? 0.0 : 1.0
        for group in tensor.groups {
            let (total, shared) = sums(of: group, ragged, shifts: shifts, level: level)
            words *= total
            kept *= shared
        }
        traffic.deltas += all * (words - kept)
        traffic.accesses += distinct * (words - kept)
    }

    /// Words of a group's tiles, and those shared with the tile before, summed over the steps of its ragged dimensions.
    private func sums(of group: TensorRanks.Group, _ ragged: [RaggedClasses], shifts: [Double]?, level: Int) -> (
        total: Double, shared: Double
    ) {
        let concerned = ragged.filter { group.dimensions.contains($0.dimension) }
        guard !concerned.isEmpty else {
            var (total, shared) = (1.0, 1.0)
            for rank in group.ranks {
                let span = rank.span { nest.extent(level, $0) }
                total *= span
                guard let shifts else { continue }
                var shift = 0.0
                for (dimension, coefficient) in rank.terms { shift += coefficient * shifts[dimension] }
                shared *= max(0, span - abs(shift))
            }
            return (total, shared)
        }
        var (total, shared) = (0.0, 0.0)
        var chosen = [RaggedSteps.Class?](repeating: nil, count: nest.dimensionCount)
        func visit(_ position: Int, _ count: Double) {
            guard position < concerned.count else {
                var (words, kept) = (1.0, 1.0)
                for rank in group.ranks {
                    let span = rank.span { chosen[$0]?.extent ?? nest.extent(level, $0) }
                    let oldSpan = rank.span { chosen[$0]?.oldExtent ?? nest.extent(level, $0) }
                    words *= span
                    guard let shifts else { continue }
                    var shift = 0.0
                    for (dimension, coefficient) in rank.terms {
                        shift += coefficient * (chosen[dimension]?.shift ?? shifts[dimension])
                    }
                    kept *= max(0, min(oldSpan, shift + span) - max(0, shift))
                }
                total += count * words
                shared += count * kept
                return
            }
            for step in concerned[position].free {
                chosen[concerned[position].dimension] = step
                visit(position + 1, count * step.count)
            }
        }
        visit(0, 1)
        return (total, shared)
    }

    // MARK: - Windows that meet

    /// The share of requests that are left when the windows of several spatial loops of one level meet.
    ///
    /// Instances of a level get the same data where their tiles are the same: with P and R side by side, those with the same
    /// P · stride + R. Residual factors are not looked at here.
    private func distinctShare(_ levels: ClosedRange<Int>) -> Double {
        var share = 1.0
        for group in tensor.groups where group.dimensions.count > 1 {
            for level in levels {
                let spatial = nest.loops.filter {
                    $0.isSpatial && $0.level == level && group.dimensions.contains($0.dimension)
                }
                guard spatial.count > 1 else { continue }
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
