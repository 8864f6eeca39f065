/// Decides residency by a search over how many bytes of Global Memory go to weights.
///
/// Once that is fixed, a path through the regions (`KeepingGraph`) is the best way of keeping activations, and a price on
/// bytes of weights (a Lagrangian multiplier) shares them out. For at least b and at most B bytes of weights,
/// the cheapest path that leaves b bytes free, less price × B, is a bound whatever the price; the intervals [b, B] are halved,
/// that with the least bound first, until no interval can hold a better residency or the work allowed is done.
/// Tensors that save no time but DRAM's energy are kept where they fit in the end.
///
/// The result is a function of the problem: no clock, no random numbers.
public struct ResidencySearch: ResidencySolver {
    public let name = "fast"
    /// Edges and points of the graph that may be visited: about 2 ns each.
    public var work: Int

    public init(work: Int = 400_000) { self.work = work }

    public func solve(_ problem: ResidencyProblem) -> Residency {
        let flat = FlatResidency(problem)
        var best = KeptTensors(flat)
        let nothingKept = best.totalCycles
        let order = flat.candidatesByDensity
        var bound = nothingKept
        if flat.candidates.contains(where: \.isOpen) {
            best.keepWhatFits(order.filter { flat.candidates[$0].isOpen }, mustSaveTime: false)
            bound = flat.cyclesWithEverythingKept
            if best.totalCycles > bound * (1 + Residency.rounding) {
                var search = BudgetSearch(flat, order, start: best)
                bound = max(bound, search.run(work: work))
                best = search.best
                best.improve(order)
            }
        }
        best.settle(order)
        let residency = Residency(problem, keeping: best.kept, lowerBoundCycles: bound * (1 - 1e-12))
        // Rounding aside, keeping a tensor never costs time.
        return residency.objectiveCycles <= nothingKept * (1 + 1e-12)
            ? residency : Residency(problem, keeping: [], lowerBoundCycles: bound * (1 - 1e-12))
    }
}

/// Branch and bound over the bytes that go to weights.
struct BudgetSearch {
    private let flat: FlatResidency
    private let order: [Int]
    private let nothing: KeptTensors
    private var finder: BudgetedPath.Finder
    private let isExact: Bool
    private let freeBound: Double
    private(set) var best: KeptTensors
    private var workDone = 0

    /// Residencies with at least and at most so many bytes of weights.
    private struct Interval {
        var least: Int
        var most: Int
        var bound: Double
        var price: Double
    }

    init(_ flat: FlatResidency, _ order: [Int], start: KeptTensors) {
        self.flat = flat
        self.order = order.filter { flat.candidates[$0].isOpen }
        nothing = KeptTensors(flat)
        best = start
        let left = KeepingGraph.tensorsTooMany(flat)
        isExact = !left.contains(true)
        finder = BudgetedPath.Finder(KeepingGraph(flat, leavingOut: left, areFree: false))
        freeBound = 0
    }

    /// Searches; the bound that was proven.
    mutating func run(work: Int) -> Double {
        let graph = finder.graph
        let workOfOne = graph.edges.count + graph.points.count
        var open = [
            Interval(
                least: 0, most: min(flat.leastRoom, graph.weightBytes), bound: -.infinity,
                price: flat.cyclesPerDRAMByte)
        ]
        var closedBound = Double.infinity
        while let position = open.indices.min(by: { open[$0].bound < open[$1].bound }) {
            guard workDone < work else { break }
            var interval = open.remove(at: position)
            guard isWorthwhile(interval.bound) else {
                closedBound = min(closedBound, interval.bound)
                continue
            }
            let slack = examine(&interval, workOfOne: workOfOne)
            guard isWorthwhile(interval.bound), slack < interval.most else {
                closedBound = min(closedBound, interval.bound)
                continue
            }
            let width = interval.most - interval.least
            let middle = min(max(slack, interval.least + width / 4), interval.most - 1 - width / 4)
            var (lower, upper) = (interval, interval)
            lower.most = middle
            upper.least = middle + 1
            open += [lower, upper]
        }
        return open.reduce(min(closedBound, best.totalCycles)) { min($0, $1.bound) }
    }

    private func isWorthwhile(_ bound: Double) -> Bool {
        bound < best.totalCycles * (1 - Residency.rounding)
    }

    /// Raises an interval's bound by a better price, and tries what is found on the way; the slack of the path that it ends with.
    private mutating func examine(_ interval: inout Interval, workOfOne: Int) -> Int {
        let budget = Double(interval.most)
        var over: BudgetedPath?
        var within: BudgetedPath?
        var withinPath: BudgetedPath.Path?
        var price = interval.price
        var slack = Int.max
        for _ in 0..<8 {
            let found = finder.find(slack: interval.least, price: price)
            workDone += workOfOne
            let bound = found.value - price * budget
            if bound > interval.bound {
                interval.bound = bound
                interval.price = price
            }
            if found.bytes <= budget {
                slack = found.slack
                within = found
                withinPath = finder.path
                if price == 0 { break }
            } else {
                over = found
            }
            guard isWorthwhile(interval.bound) else { break }
            if let over, let within {
                // The bound is concave in the price; both lines touch it from above.
                let next = (within.cycles - over.cycles) / (over.bytes - within.bytes)
                let ceiling = over.cycles + next * (over.bytes - budget)
                guard ceiling - interval.bound > 0.05 * (best.totalCycles - interval.bound) else { break }
                guard next != price else { break }
                price = next
            } else if over == nil {
                price = price < flat.cyclesPerDRAMByte / 64 ? 0 : price / 4
            } else {
                price *= 4
            }
        }
        if let withinPath { complete(withinPath) }
        return slack
    }

    /// Makes a path's tensors a residency, fills the room that is left, and remembers it if it is the best.
    private mutating func complete(_ path: BudgetedPath.Path) {
        var state = nothing
        for index in finder.graph.keptTensors(on: path) where state.fits(index) { state.keep(index) }
        state.keepWhatFits(order, mustSaveTime: true)
        if state.totalCycles < best.totalCycles { best = state }
    }
}

extension KeptTensors {
    /// Gives up what saves no time, and fills the room that is left with what saves DRAM's traffic.
    mutating func settle(_ order: [Int]) {
        for index in order.reversed() where isKept[index] && lostCycles(index) <= 0 { drop(index) }
        keepWhatFits(order, mustSaveTime: true)
        keepWhatFits(order, mustSaveTime: false)
    }

    /// Exchanges tensors as long as that saves time.
    mutating func improve(_ order: [Int]) {
    }
}
