internal import Scheduling

/// A residency problem in flat arrays: what a solver's inner loops read.
///
/// Uses of one tensor by one region are one touch.
final class FlatResidency: Sendable {
    /// What of a region's time doesn't depend on the decision, and its traffic when nothing is kept.
    struct FlatRegion {
        /// Cycles of the busiest unit.
        var floor: Double
        var fixed: Double
        var peReads: Double
        var peWrites: Double
        var traffic: Traffic
        /// Bytes that tensors may take beside the region's tiles.
        var room: Int
    }

    /// Bytes between DRAM and a region, or those of it that keeping a tensor saves.
    struct Traffic {
        var reads = 0.0
        var writes = 0.0
        var exposed = 0.0

        @inline(__always) static func - (a: Traffic, b: Traffic) -> Traffic {
            Traffic(reads: a.reads - b.reads, writes: a.writes - b.writes, exposed: a.exposed - b.exposed)
        }

        @inline(__always) static func + (a: Traffic, b: Traffic) -> Traffic {
            Traffic(reads: a.reads + b.reads, writes: a.writes + b.writes, exposed: a.exposed + b.exposed)
        }
    }

    /// A region's traffic of one tensor.
    struct Touch {
        var region: Int
        var saving: Traffic
    }

    struct FlatCandidate {
        var bytes: Int
        var first: Int
        var last: Int
        var isWeight: Bool
        /// Whether it fits at all and could shorten a region.
        var isOpen = false
        /// Whether it fits at all.
        var fits = false
        /// DRAM's bytes that keeping it saves.
        var savedBytes = 0.0
    }

    let regions: PlainList<FlatRegion>
    let candidates: PlainList<FlatCandidate>
    /// The touches of all candidates, those of one together.
    let touches: PlainList<Touch>
    private let layout: CandidateLayout
    /// The largest candidates first, of equal ones that with the least index.
    var bySize: [Int] { layout.bySize }
    /// The candidates that fit alone and save bytes, those that save most for the space and time that they take first; of equal
    /// ones the largest, so that small ones fill what is left.
    let byDensity: [Int]
    /// What a region's time follows from beside its traffic.
    let rates: Rates
    /// The least room of any region: what weights may take.
    let leastRoom: Int
    /// Cycles with every tensor kept that fits alone: no residency takes fewer.
    let cyclesWithEverythingKept: Double
    /// Whether any candidate is open.
    let isOpen: Bool

    /// - Complexity: O(regions' movements + candidates' uses + candidates' live regions).
    init(_ schedules: [RegionSchedule], on view: SchedulingView, capacityBytes: Int, _ layout: CandidateLayout) {
        self.layout = layout
        rates = Rates(view)
        // What each movement of each region is, and where a region's begin.
        var movements = PlainList<Traffic>(capacity: 4 * schedules.count)
        var starts = PlainList<Int>(capacity: schedules.count)
        let regions = Self.regions(of: schedules, capacityBytes, rates, &movements, &starts)
        let leastRoom = regions.withElements { $0.lazy.map(\.room).min() ?? 0 }
        let touches = Self.touches(layout, movements, starts)

        // What fits alone, and each region's traffic with all of that kept.
        var candidates = PlainList<FlatCandidate>(capacity: layout.candidates.count)
        var rest = PlainList<Traffic>(capacity: regions.count)
        for region in regions.indices { rest.append(regions[region].traffic) }
        for index in layout.candidates.indices {
            var candidate = layout.candidates[index]
            candidate.fits = candidate.bytes <= leastRoom
            if !candidate.fits, !candidate.isWeight {
                candidate.fits = (candidate.first...candidate.last).allSatisfy {
                    candidate.bytes <= regions[$0].room
                }
            }
            for position in layout.touches(of: index) {
                let touch = touches[position]
                candidate.savedBytes += touch.saving.reads + touch.saving.writes
                if candidate.fits { rest[touch.region] = rest[touch.region] - touch.saving }
            }
            candidates.append(candidate)
        }
        // Open are those of which a region could become faster.
        var leastCycles = 0.0
        var canGain = PlainList<Bool>(capacity: regions.count)
        for region in regions.indices {
            let cycles = rates.cycles(of: regions[region], rest[region])
            canGain.append(cycles < rates.cycles(of: regions[region], regions[region].traffic))
            leastCycles += cycles
        }
        cyclesWithEverythingKept = leastCycles
        var isOpen = false
        for index in candidates.indices where candidates[index].fits {
            for position in layout.touches(of: index) where canGain[touches[position].region] {
                candidates[index].isOpen = true
                isOpen = true
                break
            }
        }
        self.regions = regions
        self.leastRoom = leastRoom
        self.touches = touches
        byDensity = Self.byDensity(candidates, layout.bySize)
        self.candidates = candidates
        self.isOpen = isOpen
    }

    /// - Parameters:
    ///   - movements: is given the movements of all regions.
    ///   - starts: is given where each region's begin.
    private static func regions(
        of schedules: [RegionSchedule], _ capacityBytes: Int, _ rates: Rates, _ movements: inout PlainList<Traffic>,
        _ starts: inout PlainList<Int>
    ) -> PlainList<FlatRegion> {
        var regions = PlainList<FlatRegion>(capacity: schedules.count)
        // By pointer: a copy of a schedule counts its references.
        schedules.withUnsafeBufferPointer { schedules in
            for index in schedules.indices {
                var traffic = Traffic(
                    reads: schedules[index].partialReadBytes, writes: schedules[index].partialWriteBytes)
                starts.append(movements.count)
                schedules[index].movements.withUnsafeBufferPointer {
                    for position in $0.indices {
                        let movement = Traffic(of: $0[position])
                        movements.append(movement)
                        traffic = traffic + movement
                    }
                }
                let (peReads, peWrites) = (schedules[index].peReadBytes, schedules[index].peWriteBytes)
                var floor = max(
                    schedules[index].arrayCycles, schedules[index].l2Cycles, schedules[index].vectorCycles)
                if !rates.isStaged { floor = max(floor, (peReads + peWrites) * rates.cyclesPerGlobalByte) }
                regions.append(
                    FlatRegion(
                        floor: floor, fixed: schedules[index].fixedCycles, peReads: peReads, peWrites: peWrites,
                        traffic: traffic, room: max(0, capacityBytes - schedules[index].tileBytes)))
            }
        }
        return regions
    }

    /// - Parameters:
    ///   - movements: the movements of all regions.
    ///   - starts: where each region's begin.
    private static func touches(
        _ layout: CandidateLayout, _ movements: borrowing PlainList<Traffic>, _ starts: borrowing PlainList<Int>
    ) -> PlainList<Touch> {
        var touches = PlainList<Touch>(capacity: layout.touchRegions.count)
        for touch in layout.touchRegions.indices {
            let region = layout.touchRegions[touch]
            var saving = Traffic()
            for position in layout.movementStarts[touch]..<layout.movementStarts[touch + 1] {
                saving = saving + movements[starts[region] + layout.movements[position]]
            }
            touches.append(Touch(region: region, saving: saving))
        }
        return touches
    }

    /// The order of `byDensity`.
    private static func byDensity(_ candidates: borrowing PlainList<FlatCandidate>, _ bySize: [Int]) -> [Int] {
        var ranked: [(density: Double, bytes: Int, index: Int)] = []
        ranked.reserveCapacity(candidates.count)
        // In the order that settles equal densities, so that what is sorted is in order for the most part.
        for index in bySize where candidates[index].fits && candidates[index].savedBytes > 0 {
            let candidate = candidates[index]
            let space = Double(candidate.bytes) * Double(candidate.last - candidate.first + 1)
            ranked.append((candidate.savedBytes / space, candidate.bytes, index))
        }
        ranked.sort { a, b in
            if a.density != b.density { return a.density > b.density }
            return (b.bytes, a.index) < (a.bytes, b.index)
        }
        return ranked.map(\.index)
    }

    /// The positions of a candidate's touches.
    @inline(__always) func touches(of candidate: Int) -> Range<Int> { layout.touches(of: candidate) }

    /// Cycles of a region with some traffic.
    @inline(__always) func cycles(_ region: Int, _ traffic: Traffic) -> Double {
        rates.cycles(of: regions[region], traffic)
    }

    /// What a byte costs.
    struct Rates {
        let cyclesPerGlobalByte: Double
        let cyclesPerDRAMByte: Double
        /// Whether DRAM's traffic passes through Global Memory's ports.
        let isStaged: Bool

        init(_ view: SchedulingView) {
            cyclesPerGlobalByte = 1 / view.globalMemoryBytesPerCycle
            cyclesPerDRAMByte = 1 / view.dramBytesPerCycle
            isStaged = view.stagingBytes != nil
        }

        /// Cycles of a region with some traffic: `RegionTiming.cycles`.
        @inline(__always) func cycles(of region: FlatRegion, _ traffic: Traffic) -> Double {
            var busiest = max(region.floor, (traffic.reads + traffic.writes) * cyclesPerDRAMByte)
            if isStaged {
                let port = max(region.peReads + traffic.writes, region.peWrites + traffic.reads)
                busiest = max(busiest, port * cyclesPerGlobalByte)
            }
            return busiest + region.fixed + traffic.exposed * cyclesPerDRAMByte
        }
    }
}

extension FlatResidency.Traffic {
    init(of movement: RegionSchedule.Movement) {
        self.init(
            reads: movement.isWrite ? 0 : movement.bytes, writes: movement.isWrite ? movement.bytes : 0,
            exposed: movement.exposedBytes)
    }
}
