/// Instances whose windows meet, where a dimension of theirs has residual factors.
///
/// With P and R side by side under one level, instances with the same P · stride + R get the same data. In the residual some of them
/// idle and others have shorter tiles, so that there is no closed form: the instances of that level are listed, once a
/// class of steps, never the steps themselves.
struct RaggedMeetings {
    /// Beyond so many instances of a level no two windows are taken to meet.
    private static let listable = 1 << 14

    private let nest: TiledNest
    private let tensor: TensorRanks
    /// Indices of loops that meet: of each group, of each level, outermost first.
    private let loops: [[[Int]]]
    /// All of them.
    let tracked: Set<Int>

    /// Nil where no windows meet over a dimension with residual factors.
    init?(_ nest: TiledNest, _ tensor: TensorRanks, _ levels: ClosedRange<Int>) {
        guard nest.ragged.contains(true) else { return nil }
        self.nest = nest
        self.tensor = tensor
        loops = tensor.groups.map { group in
            guard group.dimensions.count > 1 else { return [] }
            return levels.compactMap { level in
                let spatial = nest.loops.indices.reversed().filter {
                    nest.loops[$0].isSpatial && nest.loops[$0].level == level
                        && group.dimensions.contains(nest.loops[$0].dimension)
                }
                let isRagged = spatial.contains { nest.ragged[nest.loops[$0].dimension] }
                return spatial.count > 1 && isRagged ? spatial : nil
            }
        }
        tracked = Set(loops.joined().joined())
        if tracked.isEmpty { return nil }
    }

    /// Of the instances that stand where classes of steps say, the share that is the first with its tile.
    ///
    /// - Parameter classes: one of each ragged dimension of the group.
    func share(_ group: Int, _ classes: [RaggedSteps.Class]) -> Double {
        var share = 1.0
        for loops in loops[group] {
            var places: [Int: RaggedSteps.Place] = [:]
            for place in classes.lazy.flatMap(\.places) { places[place.loop] = place }
            share *= firstShare(loops, places, tensor.groups[group])
        }
        return share
    }

    private func firstShare(_ loops: [Int], _ places: [Int: RaggedSteps.Place], _ group: TensorRanks.Group) -> Double {
        let instances = loops.reduce(1) { $0 * nest.loops[$1].end }
        guard instances <= Double(Self.listable) else { return 1 }
        var seen: Set<[Double]> = []
        var (standing, first) = (0.0, 0.0)
        var start = [Double](repeating: 0, count: nest.dimensionCount)
        // Dimensions whose loops further out are all in their last iteration.
        var isOn = [Bool](repeating: false, count: nest.dimensionCount)
        for loop in loops.reversed() { isOn[nest.loops[loop].dimension] = places[loop]?.isOn ?? false }

        func visit(_ position: Int, _ stands: Bool) {
            guard position < loops.count else {
                var tile: [Double] = []
                let level = nest.loops[loops[0]].level - 1
                for rank in group.ranks {
                    tile.append(rank.terms.reduce(0) { $0 + $1.coefficient * start[$1.dimension] })
                    tile.append(
                        rank.span { isOn[$0] ? nest.residualExtent(level, $0) : nest.extent(level, $0) })
                }
                let isFirst = seen.insert(tile).inserted
                if stands {
                    standing += 1
                    if isFirst { first += 1 }
                }
                return
            }
            let loop = nest.loops[loops[position]]
            let place = places[loops[position]]?.instances ?? 0..<loop.end
            let (d, wasOn, from) = (loop.dimension, isOn[loop.dimension], start[loop.dimension])
            for instance in 0..<Int(wasOn ? loop.residual : loop.end) {
                isOn[d] = wasOn && Double(instance) == loop.residual - 1
                start[d] = from + loop.stride * Double(instance)
                visit(position + 1, stands && place.contains(Double(instance)))
            }
            (isOn[d], start[d]) = (wasOn, from)
        }
        visit(0, true)
        return standing > 0 ? first / standing : 1
    }
}
