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
    /// No residency can take fewer.
    public var lowerBoundCycles: Double
    /// What the user should know of how it was found, e.g. that time ran out.
    public var warning: String?

    /// The most bytes in use at any time.
    public var peakBytes: Int { occupiedBytes.max() ?? 0 }

    /// By how much the best residency could be faster, as a part of this one's cycles.
    public var gap: Double {
        objectiveCycles > lowerBoundCycles ? (objectiveCycles - lowerBoundCycles) / objectiveCycles : 0
    }

    /// Whether no residency is faster, up to the rounding of sums.
    public var isProvenOptimal: Bool { gap <= Residency.rounding }

    /// Sums of the same cycles in another order differ by less than this part of them.
    static let rounding = 1e-9
}
