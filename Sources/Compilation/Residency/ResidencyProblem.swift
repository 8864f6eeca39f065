public import Scheduling
public import Workloads

/// What a residency solver decides about: regions in execution order, and tensors that could be kept.
///
/// A region takes `max(units, Global Memory, DRAM) + exposed` cycles, each of them linear in the tensors that are kept
/// (`RegionSchedule.timing`). Kept tensors, pinned weights and the region's own tiles must fit Global Memory while it runs.
/// An activation takes space from the region that writes it to the last that reads it, a weight all the time.
public struct ResidencyProblem: Sendable {
    public let schedules: [RegionSchedule]
    public let view: SchedulingView
    public let capacityBytes: Int
    public let candidates: [Candidate]
    /// What solvers' inner loops read of all that.
    let flat: FlatResidency

    /// A tensor that could be kept in Global Memory.
    public struct Candidate: Hashable, Sendable {
        public var value: Value.ID
        public var bytes: Int
        /// Regions during which it takes space.
        public var live: ClosedRange<Int>
        public var isWeight: Bool
        /// Its traffic: the region, and the position among the region's movements; regions ascend.
        public var uses: [Use]

        public struct Use: Hashable, Sendable {
            public var region: Int
            public var movement: Int

            public init(region: Int, movement: Int) {
                self.region = region
                self.movement = movement
            }
        }

        public init(value: Value.ID, bytes: Int, live: ClosedRange<Int>, isWeight: Bool, uses: [Use]) {
            self.value = value
            self.bytes = bytes
            self.live = live
            self.isWeight = isWeight
            self.uses = uses
        }
    }

    /// The problem of a scheduled workload.
    ///
    /// - Parameter candidates: those of the regions' graph, or none where nothing is to be kept.
    public init(
        _ schedules: [RegionSchedule], on view: SchedulingView, capacityBytes: Int, candidates: [Candidate]
    ) {
        self.init(
            schedules, on: view, capacityBytes: capacityBytes,
            RegionGraph.Candidates(all: candidates, layout: CandidateLayout(candidates)))
    }

    /// The same where the layout of the candidates is known.
    init(
        _ schedules: [RegionSchedule], on view: SchedulingView, capacityBytes: Int, _ candidates: RegionGraph.Candidates
    ) {
        self.schedules = schedules
        self.view = view
        self.capacityBytes = capacityBytes
        self.candidates = candidates.all
        flat = FlatResidency(schedules, on: view, capacityBytes: capacityBytes, candidates.layout)
    }
}

/// Decides which tensors are kept in Global Memory.
public protocol ResidencySolver: Sendable {
    /// The name that commands and reports give it.
    var name: String { get }
    /// A residency within the capacity, and never slower than keeping nothing.
    func solve(_ problem: ResidencyProblem) -> Residency
    /// The same where only one that takes fewer cycles than the limit is of use; nil where none is found.
    func solve(_ problem: ResidencyProblem, below limit: Double) -> Residency?
}

extension ResidencySolver {
    public func solve(_ problem: ResidencyProblem, below limit: Double) -> Residency? {
        let residency = solve(problem)
        return residency.objectiveCycles < limit ? residency : nil
    }
}
