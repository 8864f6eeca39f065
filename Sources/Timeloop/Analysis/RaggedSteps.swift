/// The steps of one dimension with residual factors, sorted into classes of equal tiles.
///
/// A loop is in its residual while all loops further out over the same dimension are in their last iteration: the *last chain*. An
/// instance whose spatial index lies beyond the residual idles meanwhile. Few classes differ: where the chain ends, and on which side
/// of the residual an instance stands.
struct RaggedSteps {
    /// Steps with the same tile before and after.
    struct Class {
        /// How many steps, over all instances.
        var count: Double
        /// By how much the tile advances.
        var shift: Double
        /// Extents of the tile after and before.
        var extent: Double
        var oldExtent: Double
    }

    /// Which spatial loops are held at their first instance: what the others get is the same data.
    struct Held {
        var levels: ClosedRange<Int>?
        func contains(_ loop: TiledNest.Loop) -> Bool { loop.isSpatial && levels?.contains(loop.level) ?? false }
    }

    /// Where an instance stands: before the residual's last iteration, at it, beyond it.
    private enum Side { case before, last, beyond }

    private let chain: [(index: Int, loop: TiledNest.Loop)]
    private let full: Double
    private let residual: Double
    private let held: Held

    /// - Parameter level: the level whose tile moves.
    init(_ dimension: Int, above level: Int, in nest: TiledNest, holding held: Held) {
        chain = nest.loopsAbove(level).reversed().compactMap { index in
            nest.loops[index].dimension == dimension ? (index, nest.loops[index]) : nil
        }
        full = nest.extent(level, dimension)
        residual = nest.residualExtent(level, dimension)
        self.held = held
    }

    /// Iterations off the last chain and on it, through the loops further out than an index.
    private func outer(than index: Int) -> (off: Double, on: Double) {
        var (off, on) = (0.0, 1.0)
        for (position, loop) in chain where position > index {
            if held.contains(loop) {
                if loop.residual > 1 { (off, on) = (off + on, 0) }
            } else {
                off = off * loop.end + on * (loop.residual - 1)
            }
        }
        return (off, on)
    }

    /// All states that instances pass through, and the sum of the tile's extents over them.
    func states(extent: (Double) -> Double) -> (count: Double, extents: Double) {
        let (off, on) = outer(than: -1)
        return (off + on, off * extent(full) + on * extent(residual))
    }

    /// The first tile of each instance that has one.
    func first() -> [Class] { inner(chain[...], off: 0, on: 1, crossing: 0, shift: 0) }

    /// The steps in which the loop of an index advances and all loops further in begin anew.
    func steps(of index: Int) -> [Class] {
        let (off, on) = outer(than: index)
        let position = chain.firstIndex { $0.index <= index } ?? chain.count
        guard position < chain.count, chain[position].index == index else {
            return inner(chain[position...], off: off, on: on, crossing: 0, shift: 0)
        }
        let loop = chain[position].loop
        return inner(
            chain[(position + 1)...], off: off * (loop.end - 1) + on * max(0, loop.residual - 2), on: 0,
            crossing: loop.residual > 1 ? on : 0, shift: loop.stride)
    }

    /// Continues through the loops further in: temporal ones go from their last iteration to their first, spatial ones stay.
    ///
    /// - Parameters:
    ///   - off: steps with neither side on the last chain.
    ///   - on: steps with both on it.
    ///   - crossing: steps that go onto it.
    private func inner(
        _ loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, off: Double, on: Double, crossing: Double,
        shift: Double
    ) -> [Class] {
        var classes: [Class] = []
        if off > 0 {
            var count = off
            var back = 0.0
            for (_, loop) in loops {
                if !loop.isSpatial {
                    back += loop.stride * (loop.end - 1)
                } else if !held.contains(loop) {
                    count *= loop.end
                }
            }
            classes.append(Class(count: count, shift: shift - back, extent: full, oldExtent: full))
        }
        guard on > 0 || crossing > 0 else { return classes }
        forEachSide(of: loops) { sides, instances in
            guard let isNewLast = startsOnChain(loops, sides) else { return }
            let extent = isNewLast ? residual : full
            if crossing > 0 {
                let back = loops.reduce(0) { $1.loop.isSpatial ? $0 : $0 + $1.loop.stride * ($1.loop.end - 1) }
                classes.append(
                    Class(count: crossing * instances, shift: shift - back, extent: extent, oldExtent: full))
            }
            if on > 0, let (back, isOldLast) = lastOnChain(loops, sides[...], isOn: true) {
                classes.append(
                    Class(
                        count: on * instances, shift: shift - back, extent: extent,
                        oldExtent: isOldLast ? residual : full))
            }
        }
        return classes
    }

    /// Calls with each combination of sides of the spatial loops that matters, and how many instances stand there.
    ///
    /// Once an instance stands before or beyond, it is off the chain or idle, wherever it stands further in.
    private func forEachSide(
        of loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, _ body: ([Side], Double) -> Void
    ) {
        let spatial = loops.map(\.loop).filter(\.isSpatial)
        var isLast: [Side] = []
        for (position, loop) in spatial.enumerated() {
            let further = spatial[(position + 1)...].reduce(1) { held.contains($1) ? $0 : $0 * $1.end }
            let before = held.contains(loop) ? min(loop.residual - 1, 1) : loop.residual - 1
            let beyond = held.contains(loop) ? 0 : loop.end - loop.residual
            if before > 0 { body(isLast + [.before], before * further) }
            if beyond > 0 { body(isLast + [.beyond], beyond * further) }
            guard before == 0 || !held.contains(loop) else { return }
            isLast.append(.last)
        }
        body(isLast, 1)
    }

    /// Whether the first iteration of all loops is on the last chain; nil where the instance idles.
    private func startsOnChain(_ loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, _ sides: [Side]) -> Bool? {
        var side = 0
        for (_, loop) in loops {
            if loop.isSpatial {
                switch sides[side] {
                case .before: return false
                case .last: side += 1
                case .beyond: return nil
                }
            } else if loop.residual > 1 {
                return false
            }
        }
        return true
    }

    /// The last iteration that an instance takes part in: how far it is from the first, and whether it is on the last chain.
    private func lastOnChain(
        _ loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, _ sides: ArraySlice<Side>, isOn: Bool
    ) -> (distance: Double, isLast: Bool)? {
        guard let (_, loop) = loops.first else { return (0, isOn) }
        let rest = loops.dropFirst()
        guard loop.isSpatial else {
            let last = isOn ? loop.residual - 1 : loop.end - 1
            if let (distance, isLast) = lastOnChain(rest, sides, isOn: isOn) {
                return (distance + loop.stride * last, isLast)
            }
            guard last > 0, let (distance, _) = lastOnChain(rest, sides, isOn: false) else { return nil }
            return (distance + loop.stride * (last - 1), false)
        }
        guard isOn else { return lastOnChain(rest, sides.dropFirst(), isOn: false) }
        switch sides.first {
        case .before: return lastOnChain(rest, sides.dropFirst(), isOn: false)
        case .last: return lastOnChain(rest, sides.dropFirst(), isOn: true)
        case .beyond, nil: return nil
        }
    }
}
