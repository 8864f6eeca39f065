public import Workloads

/// An order in which regions can run, and the bytes of activations that are live while each of them does.
///
/// An activation lives from the region that writes it to the last that reads it, both included; a graph input from the start to its
/// last reader; a result to the end. Weights are not counted.
///
///     let given = RegionOrder(asGiven: graph.regions, of: workload)
///     let least = RegionOrder(ofLeastMemoryFor: graph.regions, of: workload)
///     print(given.peakLiveBytes - least.peakLiveBytes)
public struct RegionOrder: Hashable, Sendable {
    /// Positions in the list of regions that was given, in order of execution.
    public let positions: [Int]
    /// Bytes live while each region runs, in order of execution.
    public let liveBytes: [Int]
    /// Whether no order has a lower peak, as far as this was asked and proven.
    public let isPeakProvenLeast: Bool
    /// Whether, besides, none with this peak has a lower sum, as far as this was asked and proven.
    public let isProvenOptimal: Bool

    /// The most bytes live at any time.
    public var peakLiveBytes: Int { liveBytes.max() ?? 0 }
    /// The sum of the bytes live while each region runs.
    public var totalLiveBytes: Int { liveBytes.reduce(0, +) }

    /// The order of a list of regions, which has to be topological; nothing is proven of it.
    public init(asGiven regions: [Region], of workload: Workload) {
        positions = Array(regions.indices)
        liveBytes = TensorLives(regions, of: workload).liveBytes
        isPeakProvenLeast = false
        isProvenOptimal = false
    }

    /// The states that a search may make: far more than any network of the zoo needs once its regions are fused, which takes less than a millisecond; a graph
    /// of hundreds of regions side by side takes a tenth of a second.
    public static let standardStateBudget = 1 << 12

    /// The topological order of the least peak and, of those, of the least sum: exact where the budget suffices, never worse than
    /// the given order, and the given order where nothing is better. It is a function of its arguments alone.
    ///
    /// The list is cut at each region that every other one comes before or after on a path: such a region stands at the same place
    /// in all orders, so that what lies between two of them is searched alone (`OrderSegment`). The peaks come first (`PeakSearch`),
    /// then the least sums under the highest of them (`TotalSearch`).
    ///
    /// - Parameters:
    ///   - regions: in a topological order.
    ///   - stateBudget: how many states each of the two searches of a segment may make before it settles for a good order.
    public init(
        ofLeastMemoryFor regions: [Region], of workload: Workload,
        stateBudget: Int = RegionOrder.standardStateBudget
    ) {
        let lives = TensorLives(regions, of: workload)
        let given = lives.liveBytes
        var parts = lives.ranges().map { range in
            let segment = range.count > 1 ? OrderSegment(range, of: lives) : nil
            return Part(
                range: range, segment: segment,
                order: OrderSegment.Order(positions: Array(0..<range.count), liveBytes: Array(given[range])),
                leastPeakBytes: segment?.leastLiveBytes.max() ?? given[range.lowerBound])
        }
        // No order has a lower peak; and no segment need stay below what another one takes.
        var leastPeak = parts.map(\.leastPeakBytes).max() ?? 0
        var ceiling = leastPeak
        for index in parts.indices {
            let proven = parts[index].lowerPeak(ceiling: ceiling, stateBudget: stateBudget)
            if proven > ceiling { leastPeak = max(leastPeak, proven) }
            ceiling = max(ceiling, parts[index].order.peakBytes)
        }
        var isExhaustive = true
        for index in parts.indices {
            let isProven = parts[index].lowerTotal(ceiling: ceiling, stateBudget: stateBudget)
            isExhaustive = isExhaustive && isProven
        }
        positions = parts.flatMap { part in part.order.positions.map { part.range.lowerBound + $0 } }
        liveBytes = parts.flatMap(\.order.liveBytes)
        isPeakProvenLeast = liveBytes.max() ?? 0 == leastPeak
        isProvenOptimal = isPeakProvenLeast && isExhaustive
    }

    /// A stretch of the list that is ordered alone, and the best order of it so far.
    private struct Part {
        let range: Range<Int>
        /// Nil for a single region.
        let segment: OrderSegment?
        var order: OrderSegment.Order
        /// No order of it has a lower peak.
        let leastPeakBytes: Int

        /// Brings the peak as near to the ceiling as it can, and returns what it cannot go below.
        mutating func lowerPeak(ceiling: Int, stateBudget: Int) -> Int {
            guard let segment else { return leastPeakBytes }
            order = segment.bestSimpleOrder(ceiling: ceiling)
            guard order.peakBytes > ceiling else { return leastPeakBytes }
            var search = PeakSearch(
                segment, ceiling: ceiling, knownPeak: order.peakBytes, stateBudget: stateBudget)
            switch search.run() {
            case .found(let better):
                order = better
                return better.peakBytes
            case .noneBelow:
                return order.peakBytes
            case .undecided(let bound):
                order = TotalSearch(segment, ceiling: bound, stateBudget: stateBudget).run(from: order).order
                return bound
            }
        }

        /// Lowers the sum as far as the ceiling allows, and returns whether it is proven least.
        mutating func lowerTotal(ceiling: Int, stateBudget: Int) -> Bool {
            guard let segment else { return true }
            let simple = segment.bestSimpleOrder(ceiling: ceiling)
            if order.cost(ceiling: ceiling) >= simple.cost(ceiling: ceiling) { order = simple }
            let (better, isExhaustive) = TotalSearch(segment, ceiling: ceiling, stateBudget: stateBudget).run(
                from: order)
            order = better
            return isExhaustive
        }
    }

    /// Regions in this order, each with its new index.
    func ordered(_ regions: [Region]) -> [Region] {
        positions.enumerated().map { index, position in
            regions[position].index == index ? regions[position] : regions[position].moved(to: index)
        }
    }
}
