/// The tensors that could be kept in Global Memory, in flat arrays: all of `FlatResidency` that is the same whatever the schedules.
struct CandidateLayout: Sendable {
    private(set) var candidates: [FlatResidency.FlatCandidate] = []
    /// The largest first, of equal ones that with the least index.
    private(set) var bySize: [Int] = []
    /// Where a candidate's touches begin; one entry more than candidates.
    private(set) var touchStarts: [Int] = []
    /// The region of each touch.
    private(set) var touchRegions: [Int] = []
    /// Where a touch's movements begin; one entry more than touches.
    private(set) var movementStarts: [Int] = []
    /// Positions among the region's movements.
    private(set) var movements: [Int] = []

    /// - Parameter bySize: the candidates' positions by size, where they are known.
    init(_ all: [ResidencyProblem.Candidate], bySize known: [Int]? = nil) {
        candidates.reserveCapacity(all.count)
        touchStarts.reserveCapacity(all.count + 1)
        // Most tensors are written once and read once or twice.
        touchRegions.reserveCapacity(3 * all.count)
        movementStarts.reserveCapacity(3 * all.count)
        movements.reserveCapacity(3 * all.count)
        for index in all.indices {
            let (bytes, live, isWeight) = (all[index].bytes, all[index].live, all[index].isWeight)
            let start = touchRegions.count
            touchStarts.append(start)
            candidates.append(
                FlatResidency.FlatCandidate(
                    bytes: bytes, first: live.lowerBound, last: live.upperBound, isWeight: isWeight))
            all[index].uses.withUnsafeBufferPointer { uses in
                for use in uses {
                    if touchRegions.count == start || touchRegions[touchRegions.count - 1] != use.region {
                        touchRegions.append(use.region)
                        movementStarts.append(movements.count)
                    }
                    movements.append(use.movement)
                }
            }
        }
        touchStarts.append(touchRegions.count)
        movementStarts.append(movements.count)
        if let known {
            bySize = known
        } else {
            let sizes = candidates.map(\.bytes)
            bySize = sizes.indices.sorted { sizes[$0] == sizes[$1] ? $0 < $1 : sizes[$0] > sizes[$1] }
        }
    }

    /// The positions of a candidate's touches.
    @inline(__always) func touches(of candidate: Int) -> Range<Int> {
        touchStarts[candidate]..<touchStarts[candidate + 1]
    }
}
