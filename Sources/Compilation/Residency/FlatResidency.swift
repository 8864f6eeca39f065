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
    var candidates: [FlatCandidate] = []
    /// The touches of a candidate, and where they begin; one entry more than candidates.
    var touches: [Touch] = []
    var touchStarts: [Int] = []
    let cyclesPerGlobalByte: Double
    let cyclesPerDRAMByte: Double
    /// Whether DRAM's traffic passes through Global Memory's ports.
    let isStaged: Bool
    /// The least room of any region: what weights may take.
    var leastRoom = Int.max

    /// - Complexity: O(regions' movements + candidates' uses + candidates' live regions).
    init(_ problem: ResidencyProblem) {
        cyclesPerGlobalByte = 1 / problem.view.globalMemoryBytesPerCycle
        cyclesPerDRAMByte = 1 / problem.view.dramBytesPerCycle
        isStaged = problem.view.stagingBytes != nil
        regions.reserveCapacity(problem.schedules.count)
        // What each movement of each region is, and where a region's begin.
        var (movements, starts) = ([Traffic](), [Int]())
        starts.reserveCapacity(problem.schedules.count)
        for schedule in problem.schedules {
            var traffic = Traffic(reads: schedule.partialReadBytes, writes: schedule.partialWriteBytes)
            starts.append(movements.count)
            for movement in schedule.movements {
                movements.append(Traffic(of: movement))
                traffic = traffic + movements[movements.count - 1]
            }
            var floor = max(schedule.arrayCycles, schedule.l2Cycles, schedule.vectorCycles)
            if !isStaged { floor = max(floor, (schedule.peReadBytes + schedule.peWriteBytes) * cyclesPerGlobalByte) }
            let room = max(0, problem.capacityBytes - schedule.tileBytes)
            leastRoom = min(leastRoom, room)
            regions.append(
                FlatRegion(
                    floor: floor, fixed: schedule.fixedCycles, peReads: schedule.peReadBytes,
                    peWrites: schedule.peWriteBytes, traffic: traffic, room: room))
        }
        if regions.isEmpty { leastRoom = 0 }
        readCandidates(of: problem, movements, starts)
        openCandidates()
    }

    /// - Parameters:
    ///   - movements: the movements of all regions.
    ///   - starts: where each region's begin.
    private mutating func readCandidates(of problem: ResidencyProblem, _ movements: [Traffic], _ starts: [Int]) {
        candidates.reserveCapacity(problem.candidates.count)
        touches.reserveCapacity(2 * problem.candidates.count)
        touchStarts.reserveCapacity(problem.candidates.count + 1)
        for candidate in problem.candidates {
            let start = touches.count
            touchStarts.append(start)
            var flat = FlatCandidate(
                bytes: candidate.bytes, first: candidate.live.lowerBound, last: candidate.live.upperBound,
                isWeight: candidate.isWeight)
            for use in candidate.uses {
                let saving = movements[starts[use.region] + use.movement]
                flat.savedBytes += saving.reads + saving.writes
                if touches.count > start, touches[touches.count - 1].region == use.region {
                    touches[touches.count - 1].saving = touches[touches.count - 1].saving + saving
                } else {
                    touches.append(Touch(region: use.region, saving: saving))
                }
            }
            flat.fits = candidate.bytes <= leastRoom
            if !flat.fits, !candidate.isWeight {
                flat.fits = (flat.first...flat.last).allSatisfy { candidate.bytes <= regions[$0].room }
            }
            candidates.append(flat)
        }
        touchStarts.append(touches.count)
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
