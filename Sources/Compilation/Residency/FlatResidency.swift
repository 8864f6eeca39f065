internal import Scheduling

/// A residency problem in flat arrays: what a solver's inner loops read.
///
/// Uses of one tensor by one region are one touch.
struct FlatResidency {
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

    var regions: [FlatRegion] = []
    var candidates: [FlatCandidate]
    /// The touches of a candidate, and where they begin; one entry more than candidates.
    var touches: [Touch] = []
    let touchStarts: [Int]
    /// The largest candidates first, of equal ones that with the least index.
    let bySize: [Int]
    let cyclesPerGlobalByte: Double
    let cyclesPerDRAMByte: Double
    /// Whether DRAM's traffic passes through Global Memory's ports.
    let isStaged: Bool
    /// The least room of any region: what weights may take.
    var leastRoom = Int.max

    /// - Complexity: O(regions' movements + candidates' uses + candidates' live regions).
    init(_ problem: ResidencyProblem) {
        let layout = problem.layout
        candidates = layout.candidates
        touchStarts = layout.touchStarts
        bySize = layout.bySize
        cyclesPerGlobalByte = 1 / problem.view.globalMemoryBytesPerCycle
        cyclesPerDRAMByte = 1 / problem.view.dramBytesPerCycle
        isStaged = problem.view.stagingBytes != nil
        regions.reserveCapacity(problem.schedules.count)
        // What each movement of each region is, and where a region's begin.
        var (movements, starts) = ([Traffic](), [Int]())
        starts.reserveCapacity(problem.schedules.count)
        // By pointer: a copy of a schedule counts four references.
        problem.schedules.withUnsafeBufferPointer { schedules in
            for index in schedules.indices {
                var traffic = Traffic(
                    reads: schedules[index].partialReadBytes, writes: schedules[index].partialWriteBytes)
                starts.append(movements.count)
                for movement in schedules[index].movements {
                    movements.append(Traffic(of: movement))
                    traffic = traffic + movements[movements.count - 1]
                }
                let (peReads, peWrites) = (schedules[index].peReadBytes, schedules[index].peWriteBytes)
                var floor = max(
                    schedules[index].arrayCycles, schedules[index].l2Cycles, schedules[index].vectorCycles)
                if !isStaged { floor = max(floor, (peReads + peWrites) * cyclesPerGlobalByte) }
                let room = max(0, problem.capacityBytes - schedules[index].tileBytes)
                leastRoom = min(leastRoom, room)
                regions.append(
                    FlatRegion(
                        floor: floor, fixed: schedules[index].fixedCycles, peReads: peReads, peWrites: peWrites,
                        traffic: traffic, room: room))
            }
        }
        if regions.isEmpty { leastRoom = 0 }
        readCandidates(layout, movements, starts)
        openCandidates()
    }

    /// - Parameters:
    ///   - movements: the movements of all regions.
    ///   - starts: where each region's begin.
    private mutating func readCandidates(_ layout: CandidateLayout, _ movements: [Traffic], _ starts: [Int]) {
        touches.reserveCapacity(layout.touchRegions.count)
        for index in candidates.indices {
            var savedBytes = 0.0
            for touch in touchStarts[index]..<touchStarts[index + 1] {
                let region = layout.touchRegions[touch]
                var saving = Traffic()
                for position in layout.movementStarts[touch]..<layout.movementStarts[touch + 1] {
                    let movement = movements[starts[region] + layout.movements[position]]
                    savedBytes += movement.reads + movement.writes
                    saving = saving + movement
                }
                touches.append(Touch(region: region, saving: saving))
            }
            let candidate = candidates[index]
            var fits = candidate.bytes <= leastRoom
            if !fits, !candidate.isWeight {
                fits = (candidate.first...candidate.last).allSatisfy { candidate.bytes <= regions[$0].room }
            }
            candidates[index].savedBytes = savedBytes
            candidates[index].fits = fits
        }
    }

    /// Opens the candidates of which a region could become faster.
    private mutating func openCandidates() {
        let rest = trafficWithEverythingKept
        let canGain = regions.indices.map { cycles($0, rest[$0]) < cycles($0, regions[$0].traffic) }
        for index in candidates.indices where candidates[index].fits {
            for position in touchStarts[index]..<touchStarts[index + 1] where canGain[touches[position].region] {
                candidates[index].isOpen = true
                break
            }
        }
    }

    /// The candidates that fit alone and save bytes, those that save most for the space and time that they take first; of equal
    /// ones the largest, so that small ones fill what is left.
    var byDensity: [Int] {
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

    /// Each region's traffic with every tensor kept that fits alone.
    private var trafficWithEverythingKept: [Traffic] {
        var traffic = regions.map(\.traffic)
        for index in candidates.indices where candidates[index].fits {
            for position in touchStarts[index]..<touchStarts[index + 1] {
                let touch = touches[position]
                traffic[touch.region] = traffic[touch.region] - touch.saving
            }
        }
        return traffic
    }

    /// Cycles with every tensor kept that fits alone: no residency takes fewer.
    var cyclesWithEverythingKept: Double {
        let traffic = trafficWithEverythingKept
        return regions.indices.reduce(0) { $0 + cycles($1, traffic[$1]) }
    }

    @inline(__always) func touches(of candidate: Int) -> ArraySlice<Touch> {
        touches[touchStarts[candidate]..<touchStarts[candidate + 1]]
    }

    /// Cycles of a region with some traffic: `RegionTiming.cycles`.
    @inline(__always) func cycles(_ region: Int, _ traffic: Traffic) -> Double {
        cycles(of: regions[region], traffic)
    }

    @inline(__always) func cycles(of region: FlatRegion, _ traffic: Traffic) -> Double {
        var busiest = max(region.floor, (traffic.reads + traffic.writes) * cyclesPerDRAMByte)
        if isStaged {
            let port = max(region.peReads + traffic.writes, region.peWrites + traffic.reads)
            busiest = max(busiest, port * cyclesPerGlobalByte)
        }
        return busiest + region.fixed + traffic.exposed * cyclesPerDRAMByte
    }
}

extension FlatResidency.Traffic {
    init(of movement: RegionSchedule.Movement) {
        self.init(
            reads: movement.isWrite ? 0 : movement.bytes, writes: movement.isWrite ? movement.bytes : 0,
            exposed: movement.exposedBytes)
    }
}
