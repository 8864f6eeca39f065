internal import Scheduling
internal import Workloads

/// A decision about a residency problem, with every region's traffic, time and free space.
///
/// A tensor's effect on time is found in O(its uses); whether it fits in O(regions that it lives in), for a weight in O(1).
struct KeptTensors {
    let flat: FlatResidency
    private(set) var isKept: [Bool]
    private(set) var regions: [KeptRegion]
    private(set) var weightBytes = 0
    private(set) var totalCycles: Double

    struct KeptRegion {
        var traffic: FlatResidency.Traffic
        var cycles: Double
        /// Bytes beside tiles and activations.
        var free: Int
    }

    /// Nothing kept.
    init(_ flat: FlatResidency) {
        self.flat = flat
        isKept = [Bool](repeating: false, count: flat.candidates.count)
        regions = flat.regions.indices.map {
            let region = flat.regions[$0]
            return KeptRegion(
                traffic: region.traffic, cycles: flat.rates.cycles(of: region, region.traffic), free: region.room)
        }
        leastFree = flat.leastRoom
        totalCycles = regions.reduce(0) { $0 + $1.cycles }
    }

    /// Becomes another decision about the same problem, in the memory that it has.
    mutating func assign(_ other: KeptTensors) {
        isKept.withUnsafeMutableBufferPointer { _ = $0.update(from: other.isKept) }
        regions.withUnsafeMutableBufferPointer { _ = $0.update(from: other.regions) }
        (weightBytes, totalCycles) = (other.weightBytes, other.totalCycles)
        (leastFree, leastFreeIsKnown) = (other.leastFree, other.leastFreeIsKnown)
    }

    /// The least of `free`, unless an activation has left since it was found.
    private var leastFree: Int
    private var leastFreeIsKnown = true

    /// Bytes that weights may still take.
    mutating func freeForWeights() -> Int {
        if !leastFreeIsKnown {
            leastFree = regions.reduce(Int.max) { min($0, $1.free) }
            leastFreeIsKnown = true
        }
        return leastFree - weightBytes
    }

    mutating func fits(_ index: Int) -> Bool {
        let candidate = flat.candidates[index]
        if candidate.isWeight { return candidate.bytes <= freeForWeights() }
        let needed = candidate.bytes + weightBytes
        for region in candidate.first...candidate.last where regions[region].free < needed { return false }
        return true
    }

    /// Cycles that keeping a tensor saves; the decision is not changed.
    func savedCycles(_ index: Int) -> Double {
        var saved = 0.0
        for position in flat.touches(of: index) {
            let touch = flat.touches[position]
            saved +=
                regions[touch.region].cycles - flat.cycles(touch.region, regions[touch.region].traffic - touch.saving)
        }
        return saved
    }

    /// Cycles that giving up a tensor costs; the decision is not changed.
    func lostCycles(_ index: Int) -> Double {
        var lost = 0.0
        for position in flat.touches(of: index) {
            let touch = flat.touches[position]
            lost +=
                flat.cycles(touch.region, regions[touch.region].traffic + touch.saving) - regions[touch.region].cycles
        }
        return lost
    }

    /// Keeps a tensor, whether it fits or not.
    mutating func keep(_ index: Int) {
        isKept[index] = true
        changeTraffic(of: index) { $0 - $1 }
        let candidate = flat.candidates[index]
        if candidate.isWeight {
            weightBytes += candidate.bytes
        } else {
            // By pointer: every change of an array asks whether its memory is shared.
            leastFree = regions.withUnsafeMutableBufferPointer { regions in
                var least = leastFree
                for region in candidate.first...candidate.last {
                    regions[region].free -= candidate.bytes
                    least = min(least, regions[region].free)
                }
                return least
            }
        }
    }

    /// Gives a tensor up.
    mutating func drop(_ index: Int) {
        isKept[index] = false
        changeTraffic(of: index) { $0 + $1 }
        let candidate = flat.candidates[index]
        if candidate.isWeight {
            weightBytes -= candidate.bytes
        } else {
            regions.withUnsafeMutableBufferPointer { regions in
                for region in candidate.first...candidate.last { regions[region].free += candidate.bytes }
            }
            leastFreeIsKnown = false
        }
    }

    @inline(__always)
    private mutating func changeTraffic(
        of index: Int, _ change: (FlatResidency.Traffic, FlatResidency.Traffic) -> FlatResidency.Traffic
    ) {
        totalCycles = regions.withUnsafeMutableBufferPointer { regions in
            var total = totalCycles
            for position in flat.touches(of: index) {
                let touch = flat.touches[position]
                let traffic = change(regions[touch.region].traffic, touch.saving)
                let cycles = flat.cycles(touch.region, traffic)
                total += cycles - regions[touch.region].cycles
                (regions[touch.region].traffic, regions[touch.region].cycles) = (traffic, cycles)
            }
            return total
        }
    }

    /// Keeps tensors in the order given, each if it fits and saves time, or at least costs none.
    mutating func keepWhatFits(_ order: some Sequence<Int>, mustSaveTime: Bool) {
        for index in order where !isKept[index] && fits(index) {
            let saved = savedCycles(index)
            if mustSaveTime ? saved > 0 : saved >= 0 { keep(index) }
        }
    }

    /// The kept tensors' positions among the candidates.
    var kept: [Int] { isKept.indices.filter { isKept[$0] } }
}

extension Residency {
    /// A decision in the problem's words, its time added up anew.
    init(_ problem: ResidencyProblem, keeping kept: [Int], lowerBoundCycles: Double) {
        var traffic = problem.schedules.traffic
        var occupied = problem.schedules.map(\.tileBytes)
        var (tensors, weights): ([Value.ID], [Value.ID]) = ([], [])
        var (weightBytes, cycles) = (0, 0.0)
        // By pointer: copies would count references.
        problem.schedules.withUnsafeBufferPointer { schedules in
            problem.candidates.withUnsafeBufferPointer { candidates in
                for index in kept {
                    for use in candidates[index].uses {
                        traffic[use.region].remove(schedules[use.region].movements[use.movement])
                    }
                    if candidates[index].isWeight {
                        weightBytes += candidates[index].bytes
                        weights.append(candidates[index].value)
                    } else {
                        for region in candidates[index].live { occupied[region] += candidates[index].bytes }
                        tensors.append(candidates[index].value)
                    }
                }
            }
            for region in schedules.indices {
                occupied[region] += weightBytes
                cycles += schedules[region].timing(traffic[region], on: problem.view).cycles
            }
        }
        self.init(
            residentTensors: tensors.sorted(), pinnedWeights: weights.sorted(), kept: kept, occupiedBytes: occupied,
            capacityBytes: problem.capacityBytes, objectiveCycles: cycles,
            // Another order of summing may put the bound above a sum that it equals.
            lowerBoundCycles: min(lowerBoundCycles, cycles))
    }
}
