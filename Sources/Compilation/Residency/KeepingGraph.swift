/// The ways of keeping activations as the paths of a layered graph.
///
/// A layer is a region. A node stands for the tensors that are kept across the border between two layers, an edge for those that
/// are kept while the region runs. An edge says how much room it leaves to weights that are pinned all the time, and belongs to a
/// class: the edges whose kept tensors make the same difference to the region. A class has points, pairs of bytes pinned and
/// cycles, one for each choice of the region's own weights that is on the lower convex hull of all choices.
///
/// A weight that several regions read is carried from the first of them to the last as an activation would be, only that it takes
/// up room of weights: where it is first read, the points of the classes that keep it hold its bytes.
struct KeepingGraph: ~Copyable {
    struct Layer {
        var classes: Range<Int>
        /// Where the tensors of the edges' masks begin in `live`, those of the points' masks in `weights`.
        var liveStart: Int
        var weightStart: Int
        /// The first node at its beginning, and the nodes at its end.
        var nodesBefore: Int
        var nodes: Range<Int>
    }

    struct Edge {
        /// Bytes left to weights.
        var slack: Int
        /// The node that it leaves, counted from the first at the layer's beginning.
        var from: UInt16
        /// Counted from the layer's first.
        var classIndex: UInt16
        /// The kept ones of the layer's live tensors.
        var mask: UInt16
    }

    struct Point {
        /// Bytes of weights that begin to be pinned here.
        var bytes: Double
        var cycles: Double
        /// The pinned ones of the layer's weights.
        var mask: UInt16
    }

    /// Two points of a class.
    struct PointPair {
        var bytes: SIMD2<Double>
        var cycles: SIMD2<Double>
    }

    /// A point beyond the second of its class.
    struct FurtherPoint {
        var bytes: Double
        var cycles: Double
        var cls: Int
    }

    /// The most tensors that may be live at once, and the most weights of a region.
    static let mostAtOnce = 8
    static let mostWeights = 6

    private(set) var layers: PlainList<Layer>
    /// Those that lead to one node together.
    private(set) var edges: PlainList<Edge>
    /// Where the edges that lead to a node begin; one entry more than nodes. Node 0 is the start.
    private(set) var edgeStarts: PlainList<Int>
    /// Where a class's points begin; one entry more than classes.
    private(set) var pointStarts: PlainList<Int>
    private(set) var points: PlainList<Point>
    /// The first two points of each class, or the only one twice, and all further ones: what pricing reads.
    private(set) var firstPoints: PlainList<PointPair>
    private(set) var furtherPoints: PlainList<FurtherPoint>
    /// The same with the choices above the hull, without those that cost bytes and save no cycles.
    private(set) var choiceStarts: PlainList<Int>
    private(set) var choices: PlainList<Point>
    private(set) var live: PlainList<Int>
    private(set) var weights: PlainList<Int>
    private(set) var nodeCount = 1
    /// Cycles of the regions that no open tensor changes.
    private(set) var constantCycles = 0.0
    /// Bytes of all weights that the graph decides about.
    private(set) var weightBytes = 0

    /// - Parameters:
    ///   - left: tensors that the graph doesn't decide about, by candidate.
    ///   - areFree: whether these are kept and take no room, which makes any bound valid; otherwise they are not kept.
    init(_ flat: FlatResidency, leavingOut left: [Bool], areFree: Bool) {
        var builder = Builder(flat, leavingOut: left, areFree: areFree)
        // What most graphs need.
        let count = flat.regions.count
        layers = PlainList(capacity: count)
        edges = PlainList(capacity: 8 * count)
        edgeStarts = PlainList(capacity: 4 * count)
        points = PlainList(capacity: 12 * count)
        firstPoints = PlainList(capacity: 4 * count)
        furtherPoints = PlainList(capacity: 4 * count)
        choices = PlainList(capacity: 16 * count)
        pointStarts = PlainList(capacity: 4 * count)
        choiceStarts = PlainList(capacity: 4 * count)
        live = PlainList(capacity: 4 * count)
        weights = PlainList(capacity: 2 * count)
        pointStarts.append(0)
        choiceStarts.append(0)
        // Nothing leads to the start.
        edgeStarts.append(0)
        for region in flat.regions.indices { add(region, flat, &builder) }
        edgeStarts.append(edges.count)
        for index in flat.candidates.indices where builder.decides(index) && flat.candidates[index].isWeight {
            weightBytes += flat.candidates[index].bytes
        }
    }

    /// Whether any region has too many live tensors, or too many weights of its own.
    private static func hasTooMany(_ flat: FlatResidency) -> Bool {
        var begins = [Int](repeating: 0, count: flat.regions.count + 1)
        var own = [Int](repeating: 0, count: flat.regions.count)
        for index in flat.candidates.indices where flat.candidates[index].isOpen {
            let candidate = flat.candidates[index]
            let span = Builder.span(of: index, in: flat)
            if candidate.isWeight, span.lowerBound == span.upperBound {
                own[span.lowerBound] += 1
            } else {
                begins[span.lowerBound] += 1
                begins[span.upperBound + 1] -= 1
            }
        }
        var live = 0
        for region in own.indices {
            live += begins[region]
            if live > mostAtOnce || own[region] > mostWeights { return true }
        }
        return false
    }

    /// The tensors to leave out for the graph to stay small: of too many at once those that save least for their space and time.
    static func tensorsTooMany(_ flat: FlatResidency) -> [Bool] {
        var left = [Bool](repeating: false, count: flat.candidates.count)
        guard hasTooMany(flat) else { return left }
        var starting = [[Int]](repeating: [], count: flat.regions.count)
        var weightsOfRegion = [[Int]](repeating: [], count: flat.regions.count)
        for index in flat.candidates.indices where flat.candidates[index].isOpen {
            let candidate = flat.candidates[index]
            let span = Builder.span(of: index, in: flat)
            if candidate.isWeight, span.lowerBound == span.upperBound {
                weightsOfRegion[span.lowerBound].append(index)
            } else {
                starting[span.lowerBound].append(index)
            }
        }
        func density(_ index: Int) -> Double {
            let candidate = flat.candidates[index]
            return candidate.savedBytes / (Double(candidate.bytes) * Double(candidate.last - candidate.first + 1))
        }
        var active: [Int] = []
        for region in flat.regions.indices {
            active.removeAll { Builder.span(of: $0, in: flat).upperBound < region }
            active += starting[region]
            while active.count > mostAtOnce {
                let worst = active.indices.min { (density(active[$0]), active[$0]) < (density(active[$1]), active[$1]) }
                left[active.remove(at: worst ?? 0)] = true
            }
            var own = weightsOfRegion[region]
            while own.count > mostWeights {
                let worst = own.indices.min {
                    flat.candidates[own[$0]].savedBytes < flat.candidates[own[$1]].savedBytes
                }
                left[own.remove(at: worst ?? 0)] = true
            }
        }
        return left
    }
}

extension KeepingGraph {
    private mutating func add(_ region: Int, _ flat: FlatResidency, _ builder: inout Builder) {
        let beginning = builder.beginningStarts[region]..<builder.beginningStarts[region + 1]
        let touches = builder.touchStarts[region]..<builder.touchStarts[region + 1]
        let room = flat.regions[region].room
        var canLeave = false
        for position in builder.carried.indices
        where Builder.span(of: builder.carried[position], in: flat).upperBound == region { canLeave = true }
        guard !beginning.isEmpty || !touches.isEmpty || canLeave else {
            constantCycles += flat.cycles(region, builder.traffic[region])
            builder.passedRoom = min(builder.passedRoom, room)
            return
        }
        let carriedCount = builder.carried.count
        let (liveStart, weightStart) = (live.count, weights.count)
        for position in builder.carried.indices { live.append(builder.carried[position]) }
        for position in beginning { live.append(builder.beginning[position]) }
        let liveCount = live.count - liveStart

        readTouches(touches, flat, &builder, liveStart: liveStart, carriedCount: carriedCount)
        let classStart = pointStarts.count - 1
        addClasses(region, flat, &builder, weightStart: weightStart)

        // The tensors carried on, and an edge for every choice among the live ones that leaves room.
        builder.carried.removeAll()
        builder.scratch.bytes.removeAll()
        builder.scratch.ending.begin()
        builder.scratch.carriedOn.begin()
        for position in liveStart..<live.count {
            let index = live[position]
            builder.scratch.bytes.append(flat.candidates[index].isWeight ? 0 : flat.candidates[index].bytes)
            let bit: UInt16 = 1 << UInt16(position - liveStart)
            if Builder.span(of: index, in: flat).upperBound > region {
                builder.scratch.carriedOn.add(bit)
                builder.carried.append(index)
            } else {
                builder.scratch.ending.add(bit)
            }
        }
        let (nodesBefore, nodeStart) = (layers.count == 0 ? 0 : layers.last.nodes.lowerBound, nodeCount)
        addEdges(&builder, room: room, liveCount: liveCount, carriedCount: carriedCount)
        layers.append(
            Layer(
                classes: classStart..<(pointStarts.count - 1), liveStart: liveStart, weightStart: weightStart,
                nodesBefore: nodesBefore, nodes: nodeStart..<nodeCount))
        builder.passedRoom = .max
    }

    /// What each live tensor, and each of the region's own weights, does to the region.
    private mutating func readTouches(
        _ touches: Range<Int>, _ flat: FlatResidency, _ builder: inout Builder, liveStart: Int, carriedCount: Int
    ) {
        builder.scratch.classBits.removeAll()
        for _ in liveStart..<live.count { builder.scratch.classBits.append(0) }
        builder.scratch.savings.removeAll()
        builder.scratch.weightBytes.removeAll()
        builder.scratch.weightTouches.removeAll()
        for position in touches {
            let (owner, touch) = (builder.touchOwners[position], flat.touches[builder.touchPositions[position]])
            guard Builder.isCarried(owner, in: flat) else {
                weights.append(owner)
                builder.scratch.weightTouches.append(touch)
                continue
            }
            var place = 0
            while live[liveStart + place] != owner { place += 1 }
            builder.scratch.classBits[place] = 1 << UInt16(builder.scratch.savings.count)
            builder.scratch.savings.append(touch.saving)
            let startsHere = place >= carriedCount && flat.candidates[owner].isWeight
            builder.scratch.weightBytes.append(startsHere ? Double(flat.candidates[owner].bytes) : 0)
        }
    }

    /// The nodes at a layer's end, and an edge for every choice among its live tensors that leaves room.
    private mutating func addEdges(_ builder: inout Builder, room: Int, liveCount: Int, carriedCount: Int) {
        let carriedMask: UInt16 = (1 << UInt16(carriedCount)) - 1
        let roomBefore = builder.passedRoom
        builder.scratch.combinations.removeAll()
        builder.scratch.combinations.append(Builder.Combination())
        for mask in 1..<(1 << liveCount) {
            // What is known of the choice without one of its tensors.
            let place = mask.trailingZeroBitCount
            var combination = builder.scratch.combinations[mask & (mask - 1)]
            let bytes = builder.scratch.bytes[place]
            combination.cls |= builder.scratch.classBits[place]
            combination.needed += bytes
            if place < carriedCount { combination.neededBefore += bytes }
            builder.scratch.combinations.append(combination)
        }
        for out in builder.scratch.carriedOn.masks.indices {
            edgeStarts.append(edges.count)
            for end in builder.scratch.ending.masks.indices {
                let mask = builder.scratch.carriedOn.masks[out] | builder.scratch.ending.masks[end]
                let combination = builder.scratch.combinations[Int(mask)]
                let slack = min(
                    room - combination.needed, roomBefore == .max ? .max : roomBefore - combination.neededBefore)
                guard slack >= 0 else { continue }
                edges.append(
                    Edge(slack: slack, from: mask & carriedMask, classIndex: combination.cls, mask: mask))
            }
        }
        nodeCount += builder.scratch.carriedOn.masks.count
    }

    /// The points of every class of a layer's edges.
    private mutating func addClasses(
        _ region: Int, _ flat: FlatResidency, _ builder: inout Builder, weightStart: Int
    ) {
        // Every choice of the region's own weights, fewest bytes first.
        builder.scratch.subsets.removeAll()
        builder.scratch.subsets.append(Builder.Subset(bytes: 0, saving: FlatResidency.Traffic(), mask: 0))
        for place in builder.scratch.weightTouches.indices {
            let own = Double(flat.candidates[weights[weightStart + place]].bytes)
            let saving = builder.scratch.weightTouches[place].saving
            for index in builder.scratch.subsets.indices {
                let subset = builder.scratch.subsets[index]
                builder.scratch.subsets.append(
                    Builder.Subset(
                        bytes: subset.bytes + own, saving: subset.saving + saving,
                        mask: subset.mask | 1 << UInt16(place)))
            }
        }
        if builder.scratch.weightTouches.count > 1 {
            builder.scratch.subsets.withMutableElements {
                $0.sort { a, b in (a.bytes, a.mask) < (b.bytes, b.mask) }
            }
        }
        let (flatRegion, rates) = (flat.regions[region], flat.rates)
        builder.scratch.classes.removeAll()
        for cls in 0..<(1 << builder.scratch.savings.count) {
            var (traffic, offset) = (builder.traffic[region], 0.0)
            if cls > 0 {
                // The last tensor is added to the class without it, so that sums are made in the tensors' order.
                let last = Int.bitWidth - 1 - cls.leadingZeroBitCount
                let others = builder.scratch.classes[cls & ~(1 << last)]
                traffic = others.traffic - builder.scratch.savings[last]
                offset = others.bytes + builder.scratch.weightBytes[last]
            }
            builder.scratch.classes.append(Builder.RegionClass(traffic: traffic, bytes: offset))
            let choiceStart = choices.count
            for position in builder.scratch.subsets.indices {
                let subset = builder.scratch.subsets[position]
                let point = Point(
                    bytes: offset + subset.bytes, cycles: rates.cycles(of: flatRegion, traffic - subset.saving),
                    mask: subset.mask)
                if choices.count > choiceStart {
                    guard point.cycles < choices.last.cycles else { continue }
                    if point.bytes == choices.last.bytes { choices.removeLast() }
                }
                choices.append(point)
            }
            addHull(of: choiceStart..<choices.count)
            addPrices(of: pointStarts.last..<points.count)
            pointStarts.append(points.count)
            choiceStarts.append(choices.count)
        }
    }

    /// A class's points as pricing reads them.
    private mutating func addPrices(of range: Range<Int>) {
        let (first, second) = (points[range.lowerBound], points[min(range.lowerBound + 1, range.upperBound - 1)])
        let cls = firstPoints.count
        firstPoints.append(
            PointPair(
                bytes: SIMD2(first.bytes, second.bytes), cycles: SIMD2(first.cycles, second.cycles)))
        for position in range.dropFirst(2) {
            furtherPoints.append(
                FurtherPoint(bytes: points[position].bytes, cycles: points[position].cycles, cls: cls))
        }
    }

    /// The points of some choices, in the order of bytes, that are on their lower convex hull.
    private mutating func addHull(of range: Range<Int>) {
        let start = points.count
        for choice in range {
            let point = choices[choice]
            // Points above the line from the one before to this one are on no hull.
            while points.count > start + 1 {
                let (a, b) = (points[points.count - 2], points[points.count - 1])
                guard
                    (a.cycles - b.cycles) * (point.bytes - b.bytes)
                        <= (b.cycles - point.cycles) * (b.bytes - a.bytes)
                else { break }
                points.removeLast()
            }
            points.append(point)
        }
    }
}
