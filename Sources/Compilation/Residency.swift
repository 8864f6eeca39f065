public import Scheduling
public import Workloads

/// Which tensors are kept in Global Memory between regions, and what that saves.
public struct Residency: Hashable, Sendable {
    /// Activations that live in Global Memory from the region that writes them to the last that reads them, in order of their position.
    public var residentTensors: [Value.ID] = []
    /// Weights that stay in Global Memory from one inference to the next.
    public var pinnedWeights: [Value.ID] = []
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

    /// The problem of a scheduled workload: activations that one region writes and later ones read, and weights.
    ///
    /// Inputs come from DRAM and results go there, whatever is decided.
    public init(_ schedules: [RegionSchedule], of workload: Workload, on view: SchedulingView, capacityBytes: Int) {
        self.schedules = schedules
        self.view = view
        self.capacityBytes = capacityBytes
        var uses = [[Candidate.Use]](repeating: [], count: workload.values.count)
        for (region, schedule) in schedules.enumerated() {
            for (position, movement) in schedule.movements.enumerated() {
                uses[movement.value.index].append(Candidate.Use(region: region, movement: position))
            }
        }
        let results = Set(workload.outputs)
        candidates = workload.values.compactMap { value in
            let uses = uses[value.id.index]
            guard let first = uses.first, let last = uses.last, value.bytes <= capacityBytes else { return nil }
            switch value.role {
            case .input: return nil
            case .parameter:
                return Candidate(
                    value: value.id, bytes: value.bytes, live: 0...(schedules.count - 1), isWeight: true, uses: uses)
            case .activation:
                guard !results.contains(value.id), uses.count > 1 else { return nil }
                return Candidate(
                    value: value.id, bytes: value.bytes, live: first.region...last.region, isWeight: false, uses: uses)
            }
        }
    }
}

/// Decides which tensors are kept in Global Memory.
public protocol ResidencySolver: Sendable {
    /// A residency within the capacity, and never slower than keeping nothing.
    func solve(_ problem: ResidencyProblem) -> Residency
}
