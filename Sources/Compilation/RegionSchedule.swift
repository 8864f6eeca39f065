public import Scheduling
public import Workloads

/// A region with its mapping, and what it moves and computes: everything that its time and energy follow from, whichever
/// tensors are kept in Global Memory.
public struct RegionSchedule: Sendable {
    public var region: Region
    /// The mappings of the region's tensor operator: one of all of it, one of a recurrence's step, or one for each size of tile in a chain; none for
    /// vector work alone.
    public var tiles: [MappedTile]
    /// The mapping of fused attention; nil for all other regions.
    public var attention: MappedAttention?
    /// The tile of the chain that the region runs in; nil for one that runs alone.
    public var chainTile: ChainTile?
    /// Cycles of the arrays.
    public var arrayCycles = 0.0
    /// Cycles of the vector units, for the tensor operator where it runs there and for the work fused with it.
    public var vectorCycles = 0.0
    /// Cycles of the busiest PE's L2.
    public var l2Cycles = 0.0
    /// Cycles that nothing overlaps, besides waiting for DRAM.
    public var fixedCycles = 0.0
    /// Lane operations, those of the tensor operator included.
    public var vectorOperations = 0.0
    /// Bytes from Global Memory (or straight from DRAM where there is none) to the PEs, and back.
    public var peReadBytes = 0.0
    public var peWriteBytes = 0.0
    /// Partial sums that go to DRAM and come back; no residency saves them.
    public var partialReadBytes = 0.0
    public var partialWriteBytes = 0.0
    /// Tensors that come from or go to DRAM unless they are kept in Global Memory.
    public var movements: [Movement] = []
    /// Bytes of Global Memory that the region's own tiles take.
    public var tileBytes = 0

    public init(region: Region, mapped: MappedOperator? = nil, attention: MappedAttention? = nil) {
        self.init(region: region, tiles: mapped.map { [MappedTile(mapped: $0, count: 1)] } ?? [])
        self.attention = attention
    }

    init(region: Region, tiles: [MappedTile]) {
        self.region = region
        self.tiles = tiles
    }

    /// A part of a tensor operator's outputs, or a step of a recurrence, with its mapping, which runs as often as there are parts like it.
    public struct MappedTile: Equatable, Sendable {
        public var mapped: MappedOperator
        public var count: Int

        public init(mapped: MappedOperator, count: Int) {
            self.mapped = mapped
            self.count = count
        }
    }

    /// The mapping of the region's tensor operator, in a chain that of the tile of which there are most; nil for vector work alone.
    public var mapped: MappedOperator? {
        tiles.first.map { first in tiles.reduce(first) { $1.count > $0.count ? $1 : $0 }.mapped }
    }

    /// One tensor between DRAM and a region.
    public struct Movement: Hashable, Sendable {
        public var value: Value.ID
        public var isWrite: Bool
        /// Bytes that cross DRAM's pins, as often as the mapping fetches them.
        public var bytes: Double
        /// Bytes that the region waits for before its first product, or after its last.
        public var exposedBytes: Double

        public init(value: Value.ID, isWrite: Bool, bytes: Double, exposedBytes: Double) {
            self.value = value
            self.isWrite = isWrite
            self.bytes = bytes
            self.exposedBytes = exposedBytes
        }
    }

    /// Multiply–accumulates.
    public var macs: Int { attention?.nest.macs ?? tiles.reduce(0) { $0 + $1.count * $1.mapped.nest.macs } }
}

/// What moves while a region runs, given which tensors are kept in Global Memory; from this follows its time.
public struct RegionTraffic: Hashable, Sendable {
    /// Bytes that DRAM reads and writes.
    public var dramReadBytes: Double
    public var dramWriteBytes: Double
    /// Bytes of DRAM's that nothing overlaps.
    public var exposedBytes: Double

    /// Traffic with every tensor from and to DRAM.
    public init(_ schedule: RegionSchedule) {
        dramReadBytes = schedule.partialReadBytes
        dramWriteBytes = schedule.partialWriteBytes
        exposedBytes = 0
        for movement in schedule.movements { add(movement, times: 1) }
    }

    /// Takes a tensor's traffic out, because it is kept in Global Memory.
    public mutating func remove(_ movement: RegionSchedule.Movement) { add(movement, times: -1) }

    private mutating func add(_ movement: RegionSchedule.Movement, times: Double) {
        if movement.isWrite {
            dramWriteBytes += times * movement.bytes
        } else {
            dramReadBytes += times * movement.bytes
        }
        exposedBytes += times * movement.exposedBytes
    }
}

extension [RegionSchedule] {
    /// Every region's traffic with every tensor from and to DRAM.
    var traffic: [RegionTraffic] {
        var all: [RegionTraffic] = []
        all.reserveCapacity(count)
        // By pointer: a copy of a schedule counts its references.
        withUnsafeBufferPointer { for region in $0.indices { all.append(RegionTraffic($0[region])) } }
        return all
    }

    /// Cycles of all regions with some traffic each.
    func cycles(_ traffic: [RegionTraffic], on view: SchedulingView) -> Double {
        withUnsafeBufferPointer { schedules in
            schedules.indices.reduce(0) { $0 + schedules[$1].timing(traffic[$1], on: view).cycles }
        }
    }
}

/// The resource that a region's time is limited by.
public enum Bottleneck: String, Hashable, Sendable {
    case compute, dram, globalMemory, vector
}

extension RegionSchedule {
    /// Cycles of each resource, and the region's time: the busiest resource, and what nothing overlaps.
    ///
    /// With a Global Memory, what comes from DRAM is written into it and what goes to DRAM is read out of it; its ports read
    /// and write at the same time. Without one, the network between DRAM and PEs carries everything.
    public func timing(_ traffic: RegionTraffic, on view: SchedulingView) -> RegionTiming {
        let globalBytes =
            view.stagingBytes == nil
            ? peReadBytes + peWriteBytes
            : max(peReadBytes + traffic.dramWriteBytes, peWriteBytes + traffic.dramReadBytes)
        return RegionTiming(
            compute: max(arrayCycles, l2Cycles), vector: vectorCycles,
            globalMemory: globalBytes / view.globalMemoryBytesPerCycle,
            dram: (traffic.dramReadBytes + traffic.dramWriteBytes) / view.dramBytesPerCycle,
            exposed: fixedCycles + traffic.exposedBytes / view.dramBytesPerCycle)
    }
}

/// Cycles of each resource of a region.
public struct RegionTiming: Hashable, Sendable {
    public var compute: Double
    public var vector: Double
    public var globalMemory: Double
    public var dram: Double
    /// What nothing overlaps.
    public var exposed: Double

    /// Cycles of the region.
    public var cycles: Double { max(compute, vector, globalMemory, dram) + exposed }

    /// The busiest resource; the first of compute, vector, Global Memory, DRAM where they tie.
    public var bottleneck: Bottleneck {
        let most = max(compute, vector, globalMemory, dram)
        if compute == most { return .compute }
        if vector == most { return .vector }
        return globalMemory == most ? .globalMemory : .dram
    }
}
