/// Finds the order of a segment with the least sum of live bytes among those of the least peak.
///
/// Dynamic programming over states, one region at a time: of the orders that lead to a state only the best is kept. States from which what
/// is unavoidable makes an order no better than a known one are left out. Where more are left than the budget allows, those that promise
/// most go on, and the result is no longer proven.
struct TotalSearch {
    private let segment: OrderSegment
    /// A peak below which nothing is gained.
    private let ceiling: Int
    /// States of one size.
    private let width: Int

    private struct Entry {
        var state: OrderSegment.State
        var cost: OrderCost
        /// Unavoidable bytes of the regions that remain.
        var remainingBytes: Int
        var parent: Int
        var region: Int

        /// No order that goes on from here costs less.
        var bound: OrderCost {
            OrderCost(peakBytes: cost.peakBytes, totalBytes: cost.totalBytes + remainingBytes)
        }
    }

    init(_ segment: OrderSegment, ceiling: Int, stateBudget: Int) {
        self.segment = segment
        self.ceiling = ceiling
        width = max(16, stateBudget / segment.count)
    }

    /// A better order than the known one, or the known one; and whether none is better, given that peaks below the ceiling count
    /// as equal.
    func run(from known: OrderSegment.Order) -> (order: OrderSegment.Order, isExhaustive: Bool) {
        let knownCost = known.cost(ceiling: ceiling)
        var isExhaustive = true
        var steps: [(parent: Int, region: Int)] = []
        var layer = [
            Entry(
                state: segment.start, cost: OrderCost(peakBytes: ceiling, totalBytes: 0),
                remainingBytes: segment.leastLiveBytes.reduce(0, +), parent: -1, region: -1)
        ]
        for _ in 0..<segment.count {
            // The number of each entry of this layer is its place among the steps.
            let firstOfLayer = steps.count - layer.count
            var next: [Entry] = []
            var places: [RegionSet: Int] = [:]
            for (place, entry) in layer.enumerated() {
                extend(entry, number: firstOfLayer + place, below: knownCost, into: &next, places: &places)
            }
            if next.count > width {
                isExhaustive = false
                next = next.enumerated().sorted { ($0.element.bound, $0.offset) < ($1.element.bound, $1.offset) }
                    .prefix(width).map(\.element)
            }
            if next.isEmpty { return (known, isExhaustive) }
            steps += next.map { ($0.parent, $0.region) }
            layer = next
        }
        var positions: [Int] = []
        var index = steps.count - 1
        while index >= 0 {
            positions.append(steps[index].region)
            index = steps[index].parent
        }
        return (segment.order(positions.reversed()), isExhaustive)
    }

    private func extend(
        _ entry: Entry, number: Int, below known: OrderCost, into next: inout [Entry], places: inout [RegionSet: Int]
    ) {
        for region in entry.state.ready {
            let liveBytes = segment.liveBytes(running: region, from: entry.state)
            var longer = entry
            longer.cost.peakBytes = max(entry.cost.peakBytes, liveBytes)
            longer.cost.totalBytes += liveBytes
            longer.remainingBytes -= segment.leastLiveBytes[region]
            longer.parent = number
            longer.region = region
            guard longer.bound < known else { continue }
            var done = entry.state.done
            done.insert(region)
            if let place = places[done] {
                guard longer.cost < next[place].cost else { continue }
                longer.state = next[place].state
                next[place] = longer
            } else {
                longer.state = segment.state(after: region, from: entry.state)
                places[done] = next.count
                next.append(longer)
            }
        }
    }
}
