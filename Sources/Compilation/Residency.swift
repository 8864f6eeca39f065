public import Scheduling
public import Workloads

/// Which tensors are kept in Global Memory between regions, and what that saves.
public struct Residency: Hashable, Sendable {
    /// Activations that live in Global Memory from the region that writes them to the last that reads them, in order of their position.
    public var residentTensors: [Value.ID] = []
    /// Weights that stay in Global Memory from one inference to the next.
    public var pinnedWeights: [Value.ID] = []
    /// The positions of all of them among the problem's candidates.
    public var kept: [Int] = []
    /// Bytes of Global Memory in use while each region runs: resident tensors, pinned weights, and the region's own tiles.
    public var occupiedBytes: [Int]
    /// Bytes of Global Memory.
    public var capacityBytes: Int
    /// Cycles of all regions.
    public var objectiveCycles: Double
    /// No residency can take fewer: the cycles of all regions with nothing but partial sums in DRAM.
    public var lowerBoundCycles: Double

    /// The most bytes in use at any time.
    public var peakBytes: Int { occupiedBytes.max() ?? 0 }
}

/// What a residency solver decides about: regions in execution order, and tensors that could be kept.
public struct ResidencyProblem: Sendable {
    public var schedules: [RegionSchedule]
    public var view: SchedulingView
    public var capacityBytes: Int
    public var candidates: [Candidate]

    /// A tensor that could be kept in Global Memory.
    public struct Candidate: Hashable, Sendable {
        public var value: Value.ID
        public var bytes: Int
        /// Regions during which it takes space.
        public var live: ClosedRange<Int>
        public var isWeight: Bool
        /// Its traffic: the region, and the position among the region's movements.
        public var uses: [Use]

        public struct Use: Hashable, Sendable {
            public var region: Int
            public var movement: Int
        }
    }

    /// The problem of a scheduled workload.
    ///
    /// - Parameter candidates: those of the regions' graph, or none where nothing is to be kept.
    public init(
        _ schedules: [RegionSchedule], on view: SchedulingView, capacityBytes: Int, candidates: [Candidate]
    ) {
        self.schedules = schedules
        self.view = view
        self.capacityBytes = capacityBytes
        self.candidates = candidates
    }
}

/// Decides which tensors are kept in Global Memory.
public protocol ResidencySolver: Sendable {
    /// A residency within the capacity, and never slower than keeping nothing.
    func solve(_ problem: ResidencyProblem) -> Residency
}
