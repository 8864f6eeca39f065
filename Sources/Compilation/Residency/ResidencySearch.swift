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
    /// Edges and points of the graph that may be visited, about 1 ns each, where the gap is large; in proportion to it where it is small.
    public var work: Int

    public init(work: Int = 1_800_000) { self.work = work }

    /// A gap that is worth all the work, and the part of the work that the smallest is worth.
    private static let largeGap = 1.8e-3
    private static let leastShare = 1.0 / 24
    /// A gap that is as good as closed.
    static let smallGap = 1e-6

    /// The work that is worth doing where the best residency known takes so many cycles, and none may take fewer than the bound.
    static func work(_ work: Int, bound: Double, best: Double) -> Int {
        let share = (best - bound) / (best * largeGap)
        return Int(Double(work) * max(leastShare, min(1, share)))
    }

    public func solve(_ problem: ResidencyProblem) -> Residency {
        search(problem, below: .infinity) ?? Residency(problem, keeping: [], lowerBoundCycles: 0)
    }

    /// Ends as soon as the bound reaches the limit.
    public func solve(_ problem: ResidencyProblem, below limit: Double) -> Residency? {
        search(problem, below: limit)
    }

    private func search(_ problem: ResidencyProblem, below limit: Double) -> Residency? {
        let flat = problem.flat
        var best = KeptTensors(flat)
        let nothingKept = best.totalCycles
        let order = flat.byDensity
        var bound = nothingKept
        if flat.isOpen {
            best.keepWhatFits(order.filter { flat.candidates[$0].isOpen }, mustSaveTime: false)
            bound = flat.cyclesWithEverythingKept
            guard bound < limit else { return nil }
            if best.totalCycles > bound * (1 + Residency.rounding) {
                let left = KeepingGraph.tensorsTooMany(flat)
                let isWhole = !left.contains(true)
                var search = BudgetSearch(flat, leavingOut: left, areFree: false, order, start: best, below: limit)
                let proven = search.run(work: isWhole ? work : work / 2)
                best = search.best
                if isWhole {
                    bound = max(bound, proven)
                } else {
                    var relaxed = BudgetSearch(flat, leavingOut: left, areFree: true, order, start: best, below: limit)
                    bound = max(bound, relaxed.run(work: work / 2))
                    best = relaxed.best
                }
                guard bound < limit else { return nil }
                if best.totalCycles > bound * (1 + ResidencySearch.smallGap) { best.exchangeWeights(order) }
            }
        }
        guard best.totalCycles < limit else { return nil }
        best.settle(order)
        let residency = Residency(problem, keeping: best.kept, lowerBoundCycles: bound * (1 - 1e-12))
        // Rounding aside, keeping a tensor never costs time.
        return residency.objectiveCycles <= nothingKept * (1 + 1e-12)
            ? residency : Residency(problem, keeping: [], lowerBoundCycles: bound * (1 - 1e-12))
    }
}

/// Branch and bound over the bytes that go to weights.
struct BudgetSearch: ~Copyable {
    private let flat: FlatResidency
    private let order: [Int]
    private let nothing: KeptTensors
    /// The residency being made.
    private var draft: KeptTensors
    private var finder: BudgetedPath.Finder
    private(set) var best: KeptTensors
    /// Only residencies that take fewer cycles are of use.
    private let limit: Double
    private var workDone = 0

    /// Residencies with at least and at most so many bytes of weights, and with some weights pinned or not.
    private struct Interval {
        var least: Int
        var most: Int
        var bound: Double
        var price: Double
        var fixings: [BudgetedPath.Fixing] = []
    }

    /// What an interval is to be split by.
    private enum Split {
        case bytes(Int)
        case weight(layer: Int, bit: UInt16)
        case nothing
    }

    /// - Parameters: as those of `KeepingGraph`, the order in which room is filled, the best residency known, and the cycles that are too many.
    init(
        _ flat: FlatResidency, leavingOut left: [Bool], areFree: Bool, _ order: [Int], start: KeptTensors,
        below limit: Double
    ) {
        self.flat = flat
        self.order = order.filter { flat.candidates[$0].isOpen }
        nothing = KeptTensors(flat)
        draft = nothing
        best = start
        self.limit = limit
        finder = BudgetedPath.Finder(KeepingGraph(flat, leavingOut: left, areFree: areFree))
    }

    /// Searches; the bound that was proven.
    mutating func run(work: Int) -> Double {
        let workOfOne = finder.graph.edges.count + finder.graph.points.count
        var open = [
            Interval(
                least: 0, most: min(flat.leastRoom, finder.graph.weightBytes), bound: -.infinity,
                price: flat.rates.cyclesPerDRAMByte)
        ]
        var closedBound = Double.infinity
        while let position = open.indices.min(by: { open[$0].bound < open[$1].bound }) {
            let bound = min(closedBound, open[position].bound)
            guard workDone < ResidencySearch.work(work, bound: bound, best: cyclesToBeat) else { break }
            var interval = open.remove(at: position)
            guard isWorthwhile(interval.bound) else {
                closedBound = min(closedBound, interval.bound)
                continue
            }
            let split = examine(&interval, workOfOne: workOfOne)
            guard isWorthwhile(interval.bound) else {
                closedBound = min(closedBound, interval.bound)
                continue
            }
            var (first, second) = (interval, interval)
            switch split {
            case .bytes(let bytes):
                // Where the path leaves little room, most of the interval is still as wide as it was: it is halved too.
                if bytes - interval.least < (interval.most - interval.least) / 4 {
                    var third = interval
                    third.least = bytes + 1 + (interval.most - bytes - 1) / 2
                    second.most = third.least - 1
                    open.append(third)
                }
                first.most = bytes
                second.least = bytes + 1
            case .weight(let layer, let bit):
                first.fixings.append(BudgetedPath.Fixing(layer: layer, weight: bit, isPinned: true))
                second.fixings.append(BudgetedPath.Fixing(layer: layer, weight: bit, isPinned: false))
            case .nothing:
                closedBound = min(closedBound, interval.bound)
                continue
            }
            open += [first, second]
        }
        return open.reduce(min(closedBound, best.totalCycles)) { min($0, $1.bound) }
    }

    /// What another residency must be faster than.
    private var cyclesToBeat: Double { min(best.totalCycles, limit) }

    private func isWorthwhile(_ bound: Double) -> Bool {
        bound < cyclesToBeat * (1 - Residency.rounding)
    }

    /// Raises an interval's bound by a better price, and tries what is found on the way.
    private mutating func examine(_ interval: inout Interval, workOfOne: Int) -> Split {
        let budget = Double(interval.most)
        var over: (found: BudgetedPath, path: BudgetedPath.Path)?
        var within: (found: BudgetedPath, path: BudgetedPath.Path)?
        var price = interval.price
        for _ in 0..<8 {
            let found = finder.find(slack: interval.least, price: price, fixings: interval.fixings)
            workDone += workOfOne
            let bound = found.value - price * budget
            if bound > interval.bound {
                interval.bound = bound
                interval.price = price
            }
            guard isWorthwhile(interval.bound) else { return .nothing }
            if found.bytes <= budget { within = (found, finder.path) } else { over = (found, finder.path) }
            if let over = over?.found, let within = within?.found {
                // The bound is concave in the price; both lines touch it from above.
                let next = (within.cycles - over.cycles) / (over.bytes - within.bytes)
                let ceiling = over.cycles + next * (over.bytes - budget)
                guard ceiling - interval.bound > 0.05 * (cyclesToBeat - interval.bound), next != price
                else { break }
                price = next
            } else if over == nil {
                guard price > 0 else { break }
                price = 0
            } else {
                // What most weights save: each byte is read once.
                price = price < flat.rates.cyclesPerDRAMByte ? flat.rates.cyclesPerDRAMByte : 4 * price
            }
        }
        guard let within else { return over.map { split(interval, by: $0.found.slack) } ?? .nothing }
        complete(within.path)
        let byBytes = split(interval, by: within.found.slack)
        guard case .nothing = byBytes, let over else { return byBytes }
        complete(over.path)
        return split(between: within.path, over.path)
    }

    private func split(_ interval: Interval, by slack: Int) -> Split {
        slack < interval.most ? .bytes(slack) : .nothing
    }

    /// The largest weight about which two paths of nearly the same value differ.
    private func split(between a: BudgetedPath.Path, _ b: BudgetedPath.Path) -> Split {
        var (largest, split) = (0, Split.nothing)
        for position in finder.graph.layers.indices {
            let layer = finder.graph.layers[position]
            var mask = a.weights[position] ^ b.weights[position]
            while mask != 0 {
                let place = mask.trailingZeroBitCount
                let bytes = flat.candidates[finder.graph.weights[layer.weightStart + place]].bytes
                if bytes > largest { (largest, split) = (bytes, .weight(layer: position, bit: 1 << UInt16(place))) }
                mask &= mask - 1
            }
        }
        return split
    }

    /// Makes a path's tensors a residency, fills the room that is left, and remembers it if it is the best.
    private mutating func complete(_ path: BudgetedPath.Path) {
        draft.assign(nothing)
        for index in finder.graph.keptTensors(on: path) where draft.fits(index) { draft.keep(index) }
        draft.keepWhatFits(order, mustSaveTime: true)
        workDone += 8 * order.count
        if draft.totalCycles < best.totalCycles { swap(&best, &draft) }
    }
}

extension KeptTensors {
    /// Gives up what saves no time, and fills the room that is left with what saves DRAM's traffic.
    mutating func settle(_ order: [Int]) {
        for index in order.reversed() where isKept[index] && lostCycles(index) <= 0 { drop(index) }
        keepWhatFits(order, mustSaveTime: true)
        keepWhatFits(order, mustSaveTime: false)
    }

    /// Pins further weights in place of others as long as that saves time: of one that is missed least, or of several.
    mutating func exchangeWeights(_ order: [Int]) {
        var out: [Pinned] = []
        for _ in 0..<6 {
            // The smallest first.
            let bySize = flat.bySize.reversed().filter { isKept[$0] && flat.candidates[$0].isWeight }
                .map { Pinned(index: $0, bytes: flat.candidates[$0].bytes, lostCycles: lostCycles($0)) }
            let byDensity = bySize.sorted { a, b in
                a.density == b.density ? a.index < b.index : a.density < b.density
            }
            // Of the weights that are as large or larger, the one that is missed least.
            var least = bySize
            for place in least.indices.dropLast().reversed()
            where least[place + 1].lostCycles <= least[place].lostCycles { least[place] = least[place + 1] }
            // What the first weights free, and cost together: no other weights free as much and cost less.
            var freed = [(bytes: 0, lostCycles: 0.0)]
            freed.reserveCapacity(byDensity.count + 1)
            for weight in byDensity {
                let last = freed[freed.count - 1]
                freed.append((last.bytes + weight.bytes, last.lostCycles + weight.lostCycles))
            }
            let free = freeForWeights()
            var best = (gain: totalCycles * 1e-12, index: 0, out: [Pinned]())
            for index in flat.candidates.indices where !isKept[index] {
                let candidate = flat.candidates[index]
                guard candidate.isOpen, candidate.isWeight else { continue }
                let saved = savedCycles(index)
                guard saved > best.gain else { continue }
                let needed = candidate.bytes - free
                let place = bySize.partitioningIndex { $0.bytes >= needed }
                if place < least.count, saved - least[place].lostCycles > best.gain {
                    best = (saved - least[place].lostCycles, index, [least[place]])
                }
                let enough = freed.partitioningIndex { $0.bytes >= needed }
                // What parts of weights would free as much: no whole ones cost less.
                guard enough > 0, enough < freed.count,
                    freed[enough - 1].lostCycles
                        + byDensity[enough - 1].density * Double(needed - freed[enough - 1].bytes) < saved - best.gain
                else { continue }
                if let lost = Pinned.takeCheapest(needed, of: byDensity, below: saved - best.gain, into: &out) {
                    best = (saved - lost, index, out)
                }
            }
            guard !best.out.isEmpty else { return }
            let before = self
            for weight in best.out { drop(weight.index) }
            if fits(best.index) { keep(best.index) }
            keepWhatFits(order, mustSaveTime: true)
            // Weights of one region may be missed more together than one by one.
            guard totalCycles < before.totalCycles else {
                self = before
                return
            }
        }
    }

    /// A pinned weight, and what giving it up costs.
    private struct Pinned {
        let index: Int
        let bytes: Int
        let lostCycles: Double
        /// Cycles lost for a byte.
        let density: Double

        init(index: Int, bytes: Int, lostCycles: Double) {
            (self.index, self.bytes, self.lostCycles) = (index, bytes, lostCycles)
            density = lostCycles / Double(bytes)
        }

        /// Takes weights that together free some bytes, those first that are missed least for their size.
        ///
        /// - Returns: the cycles lost without them; nil where that is too much.
        static func takeCheapest(
            _ needed: Int, of byDensity: [Pinned], below limit: Double, into out: inout [Pinned]
        ) -> Double? {
            out.removeAll(keepingCapacity: true)
            var (bytes, lost) = (0, 0.0)
            // One that frees them alone is tried alone.
            for weight in byDensity where weight.bytes < needed {
                guard bytes < needed, lost < 2 * limit else { break }
                out.append(weight)
                bytes += weight.bytes
                lost += weight.lostCycles
            }
            guard bytes >= needed else { return nil }
            for place in out.indices.reversed() where bytes - out[place].bytes >= needed {
                bytes -= out[place].bytes
                lost -= out[place].lostCycles
                out.remove(at: place)
            }
            return lost < limit ? lost : nil
        }
    }
}

extension Array {
    /// The position of the first element of a sorted array for which something holds that holds for all after it.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
