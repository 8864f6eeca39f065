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
        /// Where the instances stand in the spatial loops that are tracked.
        var places: [Place] = []
    }

    /// A range of a spatial loop's instances.
    struct Place {
        /// The loop's index in the nest.
        var loop: Int
        var instances: Range<Double>
        /// Whether all loops further out are in their last iteration, so that instances beyond the residual idle.
        var isOn: Bool
    }

    /// Iterations through the loops further out than some loop.
    private struct Path {
        var count: Double
        var places: [Place] = []
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
    private let tracked: Set<Int>

    /// - Parameters:
    ///   - level: the level whose tile moves.
    ///   - tracked: spatial loops of which classes say where their instances stand.
    init(
        _ dimension: Int, above level: Int, in nest: TiledNest, holding held: Held = Held(),
        tracking tracked: Set<Int> = []
    ) {
        chain = nest.loopsAbove(level).reversed().compactMap { index in
            nest.loops[index].dimension == dimension ? (index, nest.loops[index]) : nil
        }
        full = nest.extent(level, dimension)
        residual = nest.residualExtent(level, dimension)
        self.held = held
        self.tracked = tracked
    }

    /// Iterations off the last chain and on it, through the loops further out than an index.
    private func outer(than index: Int) -> (off: [Path], on: Path?) {
        var off: [Path] = []
        var on: Path? = Path(count: 1)
        for (position, loop) in chain where position > index {
            let isHeld = held.contains(loop)
            let isTracked = tracked.contains(position)
            for path in off.indices {
                if !isHeld { off[path].count *= loop.end }
                if isTracked { off[path].places.append(Place(loop: position, instances: 0..<loop.end, isOn: false)) }
            }
            guard var last = on else { continue }
            if loop.residual > 1 {
                var dropped = last
                dropped.count *= isHeld ? 1 : loop.residual - 1
                if isTracked {
                    dropped.places.append(Place(loop: position, instances: 0..<(loop.residual - 1), isOn: true))
                }
                if dropped.places.isEmpty, let same = off.firstIndex(where: { $0.places.isEmpty }) {
                    off[same].count += dropped.count
                } else {
                    off.append(dropped)
                }
            }
            if isTracked {
                last.places.append(Place(loop: position, instances: (loop.residual - 1)..<loop.residual, isOn: true))
            }
            on = isHeld && loop.residual > 1 ? nil : last
        }
        return (off, on)
    }

    /// All states that instances pass through.
    func states() -> [Class] {
        let (off, on) = outer(than: -1)
        return off.map { Class(count: $0.count, shift: 0, extent: full, oldExtent: full, places: $0.places) }
            + (on.map { [Class(count: $0.count, shift: 0, extent: residual, oldExtent: residual, places: $0.places)] }
                ?? [])
    }

    /// The first tile of each instance that has one.
    func first() -> [Class] { inner(chain[...], off: [], on: Path(count: 1), crossing: nil, shift: 0) }

    /// The steps in which the loop of an index advances and all loops further in begin anew.
    func steps(of index: Int) -> [Class] {
        var (off, on) = outer(than: index)
        let position = chain.firstIndex { $0.index <= index } ?? chain.count
        guard position < chain.count, chain[position].index == index else {
            return inner(chain[position...], off: off, on: on, crossing: nil, shift: 0)
        }
        let loop = chain[position].loop
        for path in off.indices { off[path].count *= loop.end - 1 }
        if var dropped = on, loop.residual > 2 {
            dropped.count *= loop.residual - 2
            off.append(dropped)
        }
        return inner(
            chain[(position + 1)...], off: off, on: nil, crossing: loop.residual > 1 ? on : nil, shift: loop.stride)
    }

    /// Continues through the loops further in: temporal ones go from their last iteration to their first, spatial ones stay.
    ///
    /// - Parameters:
    ///   - off: steps with neither side on the last chain.
    ///   - on: steps with both on it.
    ///   - crossing: steps that go onto it.
    private func inner(
        _ loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, off: [Path], on: Path?, crossing: Path?,
        shift: Double
    ) -> [Class] {
        var classes: [Class] = []
        var instances = 1.0
        var back = 0.0
        var places: [Place] = []
        for (index, loop) in loops {
            if !loop.isSpatial {
                back += loop.stride * (loop.end - 1)
            } else if !held.contains(loop) {
                instances *= loop.end
            }
            if tracked.contains(index) { places.append(Place(loop: index, instances: 0..<loop.end, isOn: false)) }
        }
        for path in off where path.count > 0 {
            classes.append(
                Class(
                    count: path.count * instances, shift: shift - back, extent: full, oldExtent: full,
                    places: path.places + places))
        }
        guard on != nil || crossing != nil else { return classes }
        forEachSide(of: loops) { sides, instances in
            guard let isNewLast = startsOnChain(loops, sides) else { return }
            let extent = isNewLast ? residual : full
            let places = self.places(loops, sides)
            if let crossing {
                classes.append(
                    Class(
                        count: crossing.count * instances, shift: shift - back, extent: extent, oldExtent: full,
                        places: crossing.places + places))
            }
            if let on, let (back, isOldLast) = lastOnChain(loops, sides[...], isOn: true) {
                classes.append(
                    Class(
                        count: on.count * instances, shift: shift - back, extent: extent,
                        oldExtent: isOldLast ? residual : full, places: on.places + places))
            }
        }
        return classes
    }

    /// Where instances on some sides stand in the tracked loops, after a step to the first iteration of all loops.
    private func places(_ loops: ArraySlice<(index: Int, loop: TiledNest.Loop)>, _ sides: [Side]) -> [Place] {
        guard !tracked.isEmpty else { return [] }
        var places: [Place] = []
        var isOn = true
        var side = 0
        for (index, loop) in loops {
            guard loop.isSpatial else {
                if loop.residual > 1 { isOn = false }
                continue
            }
            let stands = side < sides.count ? sides[side] : nil
            side += 1
            let instances =
                switch stands {
                case .before: 0..<(loop.residual - 1)
                case .last: (loop.residual - 1)..<loop.residual
                case .beyond: loop.residual..<loop.end
                case nil: 0..<loop.end
                }
            if tracked.contains(index) { places.append(Place(loop: index, instances: instances, isOn: isOn)) }
            if stands != .last { isOn = false }
        }
        return places
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
