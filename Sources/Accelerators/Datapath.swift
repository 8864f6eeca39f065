/// The hardware of an accelerator: a grid of processing elements, each with a systolic array, a vector unit and scratchpads, in
/// front of an optional Global Memory and DRAM.
public struct Datapath: Hashable, Sendable {
    /// Processing elements along x and y.
    public var peGrid: Extent2D
    /// Multiply–accumulate units of one PE's systolic array: x columns, y rows.
    public var array: Extent2D
    /// Lanes of a PE's vector unit = multiplier × array columns.
    public var vectorMultiplier: Int
    /// The scratchpads next to the array.
    public var l1: L1Buffers
    /// The scratchpads behind L1; nil when disabled.
    public var l2: L2Buffers?
    /// Capacity of the memory shared by all PEs, MiB; 0 when there is none.
    public var globalMemoryMiB: Int
    /// Off-chip memory.
    public var dram: DRAM
    /// Clock, GHz (10⁹ cycles a second).
    public var clockGHz: Double
    /// Whether the array loads the next weights while it works with the present ones, as TPUs do.
    public var overlapsWeightLoading: Bool

    public init(
        peGrid: Extent2D, array: Extent2D, vectorMultiplier: Int, l1: L1Buffers, l2: L2Buffers? = nil,
        globalMemoryMiB: Int, dram: DRAM, clockGHz: Double = 1, overlapsWeightLoading: Bool = true
    ) {
        self.peGrid = peGrid
        self.array = array
        self.vectorMultiplier = vectorMultiplier
        self.l1 = l1
        self.l2 = l2
        self.globalMemoryMiB = globalMemoryMiB
        self.dram = dram
        self.clockGHz = clockGHz
        self.overlapsWeightLoading = overlapsWeightLoading
    }

    /// Processing elements in the grid.
    public var peCount: Int { peGrid.x * peGrid.y }

    /// Multiply–accumulate units on the chip.
    public var macUnits: Int { peCount * array.x * array.y }

    /// Vector lanes of one PE.
    public var vectorLanes: Int { vectorMultiplier * array.x }

    /// Peak arithmetic, 10¹² operations a second: two a MAC and cycle.
    public var peakTFLOPS: Double { 2 * Double(macUnits) * clockGHz / 1000 }

    /// Capacity of Global Memory, bytes.
    public var globalMemoryBytes: Int { globalMemoryMiB << 20 }
}

/// A pair of extents, x along columns and y along rows.
public struct Extent2D: Hashable, Sendable, Codable {
    public var x: Int
    public var y: Int

    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// The three kinds of operand that a scratchpad holds.
public enum Operand: Int, CaseIterable, Hashable, Sendable {
    case input, weight, output
}

/// Whether the operands of a level have a buffer each, or share one pool.
public enum BufferSharing: String, Hashable, Sendable, Codable, CaseIterable {
    case `private`, shared
}

/// The L1 scratchpads of one PE.
///
/// Shared, the three capacities add up to one pool, from which the mapper gives each operand what it needs.
public struct L1Buffers: Hashable, Sendable, Codable {
    public var configuration: BufferSharing
    public var inputKiB: Int
    public var weightKiB: Int
    public var outputKiB: Int

    public init(configuration: BufferSharing, inputKiB: Int, weightKiB: Int, outputKiB: Int) {
        self.configuration = configuration
        self.inputKiB = inputKiB
        self.weightKiB = weightKiB
        self.outputKiB = outputKiB
    }

    /// The capacity that is set aside for an operand, KiB.
    public subscript(operand: Operand) -> Int {
        switch operand {
        case .input: inputKiB
        case .weight: weightKiB
        case .output: outputKiB
        }
    }
}

/// The L2 scratchpads of one PE, each a multiple of the L1 buffer of the same operand.
public struct L2Buffers: Hashable, Sendable, Codable {
    public var configuration: BufferSharing
    public var inputMultiplier: Int
    public var weightMultiplier: Int
    public var outputMultiplier: Int

    public init(configuration: BufferSharing, inputMultiplier: Int, weightMultiplier: Int, outputMultiplier: Int) {
        self.configuration = configuration
        self.inputMultiplier = inputMultiplier
        self.weightMultiplier = weightMultiplier
        self.outputMultiplier = outputMultiplier
    }

    /// How many times L1's capacity for an operand stands behind it in L2.
    public subscript(operand: Operand) -> Int {
        switch operand {
        case .input: inputMultiplier
        case .weight: weightMultiplier
        case .output: outputMultiplier
        }
    }
}

/// Off-chip memory: its technology and peak bandwidth.
public struct DRAM: Hashable, Sendable, Codable {
    public enum Technology: String, Hashable, Sendable, Codable, CaseIterable {
        case gddr6, hbm2, ddr3, ddr4, lpddr4x, lpddr5

        /// Peak bandwidth of one channel, 10⁹ bytes a second: data pins × transfers a second, at the speed grade that is usual.
        ///
        /// | technology | pins | GT/s | standard |
        /// |---|---|---|---|
        /// | GDDR6, a device | 32 | 14 | JESD250 |
        /// | HBM2, a stack | 1,024 | 2.4 | JESD235C |
        /// | DDR3, DDR4 | 64 | 2.133, 3.2 | JESD79-3, JESD79-4 |
        /// | LPDDR4X, LPDDR5 | 16 | 4.266, 6.4 | JESD209-4-1, JESD209-5 |
        public var channelGigabytesPerSecond: Double {
            switch self {
            case .gddr6: 56
            case .hbm2: 307.2
            case .ddr3: 17.064
            case .ddr4: 25.6
            case .lpddr4x: 8.532
            case .lpddr5: 12.8
            }
        }
    }

    public var technology: Technology
    /// Peak bandwidth, 10⁹ bytes a second.
    public var gigabytesPerSecond: Double

    public init(technology: Technology, gigabytesPerSecond: Double) {
        self.technology = technology
        self.gigabytesPerSecond = gigabytesPerSecond
    }

    /// A number of whole channels.
    public init(technology: Technology, channels: Int) {
        self.init(
            technology: technology, gigabytesPerSecond: Double(channels) * technology.channelGigabytesPerSecond)
    }

    /// GDDR6 with a number of channels of 56 GB/s each.
    public static func gddr6(channels: Int) -> DRAM { DRAM(technology: .gddr6, channels: channels) }

    /// The number of channels, where the memory is a whole number of GDDR6 channels.
    public var gddr6Channels: Int? {
        guard technology == .gddr6 else { return nil }
        let channels = gigabytesPerSecond / technology.channelGigabytesPerSecond
        return channels == channels.rounded(.down) ? Int(channels) : nil
    }
}
