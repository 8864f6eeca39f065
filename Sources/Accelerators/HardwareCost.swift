/// The parts of a chip that area and power are counted for.
public enum HardwareComponent: String, Hashable, Sendable, Codable, CaseIterable {
    case systolicArrays = "systolic-arrays"
    case vectorUnits = "vector-units"
    case l1
    case l2
    case globalMemory = "global-memory"
    /// The wires between Global Memory, or DRAM where there is none, and the PEs.
    case network
    /// The off-chip memory's power, and the area of its interface.
    case dramInterface = "dram-interface"
    /// Clock tree, the PEs' sequencers, and the area between the blocks.
    case controlAndClock = "control-and-clock"
    /// Host interface and pads; for a published chip, its links to others.
    case host
}

/// What one component takes.
public struct ComponentCost: Hashable, Sendable, Codable {
    public var name: HardwareComponent
    public var areaMM2: Double
    /// Power at full activity, with leakage, W.
    public var tdpWatts: Double
}

/// Area and thermal design power of a chip: the sums over its components.
public struct HardwareCost: Hashable, Sendable, Codable {
    public var areaMM2: Double
    /// Power with every MAC, lane, port and DRAM pin active in every cycle, with leakage, W.
    public var tdpWatts: Double
    /// One entry a component, in the order of `HardwareComponent`.
    public var components: [ComponentCost]
}

/// A chip's sums without its components.
public struct HardwareTotals: Hashable, Sendable {
    public var areaMM2: Double
    public var tdpWatts: Double

    public init(areaMM2: Double, tdpWatts: Double) {
        self.areaMM2 = areaMM2
        self.tdpWatts = tdpWatts
    }
}
