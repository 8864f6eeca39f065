internal import Scheduling

/// A decision about a residency problem, with every region's traffic, time and free space.
///
/// A tensor's effect on time is found in O(its uses); whether it fits in O(regions that it lives in), for a weight in O(1).
struct KeptTensors {
    let flat: FlatResidency
    private(set) var isKept: [Bool]
    private(set) var traffic: [FlatResidency.Traffic]
    private(set) var regionCycles: [Double]
    /// Bytes beside tiles and activations in each region.
    private(set) var free: [Int]
    private(set) var weightBytes = 0
    private(set) var totalCycles: Double

    /// Nothing kept.
    init(_ flat: FlatResidency) {
        self.flat = flat
        isKept = [Bool](repeating: false, count: flat.candidates.count)
        traffic = flat.regions.map(\.traffic)
        regionCycles = flat.regions.map { flat.cycles(of: $0, $0.traffic) }
        free = flat.regions.map(\.room)
        leastFree = flat.leastRoom
        totalCycles = regionCycles.reduce(0, +)
    }

    /// The least of `free`, unless an activation has left since it was found.
    private var leastFree: Int
    private var leastFreeIsKnown = true

    /// Bytes that weights may still take.
    mutating func freeForWeights() -> Int {
        if !leastFreeIsKnown {
            leastFree = free.min() ?? 0
            leastFreeIsKnown = true
        }
        return leastFree - weightBytes
    }

    mutating func fits(_ index: Int) -> Bool {
        let candidate = flat.candidates[index]
        if candidate.isWeight { return candidate.bytes <= freeForWeights() }
        let needed = candidate.bytes + weightBytes
        for region in candidate.first...candidate.last where free[region] < needed { return false }
        return true
    }

    /// Cycles that keeping a tensor saves; the decision is not changed.
    func savedCycles(_ index: Int) -> Double {
        var saved = 0.0
        for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
            let touch = flat.touches[position]
            saved += regionCycles[touch.region] - flat.cycles(touch.region, traffic[touch.region] - touch.saving)
        }
        return saved
    }

    /// Cycles that giving up a tensor costs; the decision is not changed.
    func lostCycles(_ index: Int) -> Double {
        var lost = 0.0
        for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
            let touch = flat.touches[position]
            lost += flat.cycles(touch.region, traffic[touch.region] + touch.saving) - regionCycles[touch.region]
        }
        return lost
    }

    /// Keeps a tensor, whether it fits or not.
    mutating func keep(_ index: Int) {
        isKept[index] = true
        for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
            let touch = flat.touches[position]
            change(touch.region, to: traffic[touch.region] - touch.saving)
        }
        let candidate = flat.candidates[index]
        if candidate.isWeight {
            weightBytes += candidate.bytes
        } else {
            for region in candidate.first...candidate.last {
                free[region] -= candidate.bytes
                leastFree = min(leastFree, free[region])
            }
        }
    }

    /// Gives a tensor up.
    mutating func drop(_ index: Int) {
        isKept[index] = false
        for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
            let touch = flat.touches[position]
            change(touch.region, to: traffic[touch.region] + touch.saving)
        }
        let candidate = flat.candidates[index]
        if candidate.isWeight {
            weightBytes -= candidate.bytes
        } else {
            for region in candidate.first...candidate.last { free[region] += candidate.bytes }
            leastFreeIsKnown = false
        }
    }

    private mutating func change(_ region: Int, to newTraffic: FlatResidency.Traffic) {
        traffic[region] = newTraffic
        let cycles = flat.cycles(region, newTraffic)
        totalCycles += cycles - regionCycles[region]
        regionCycles[region] = cycles
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
        var traffic = problem.schedules.map(RegionTraffic.init)
        var occupied = problem.schedules.map(\.tileBytes)
        var weightBytes = 0
        let chosen = kept.map { problem.candidates[$0] }
        for candidate in chosen {
            for use in candidate.uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
            if candidate.isWeight {
                weightBytes += candidate.bytes
            } else {
                for region in candidate.live { occupied[region] += candidate.bytes }
            }
        }
        if weightBytes > 0 { for region in occupied.indices { occupied[region] += weightBytes } }
        let cycles = zip(problem.schedules, traffic).reduce(0) { $0 + $1.0.timing($1.1, on: problem.view).cycles }
        self.init(
            residentTensors: chosen.filter { !$0.isWeight }.map(\.value).sorted(),
            pinnedWeights: chosen.filter(\.isWeight).map(\.value).sorted(), kept: kept, occupiedBytes: occupied,
            capacityBytes: problem.capacityBytes, objectiveCycles: cycles,
            // Another order of summing may put the bound above a sum that it equals.
            lowerBoundCycles: min(lowerBoundCycles, cycles))
    }
}
