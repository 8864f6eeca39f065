internal import Accelerators
internal import Synchronization
public import Workloads

/// Maps loop nests and remembers the answers: a mapping is worked out once for each (loop nest, part of the datapath it sees, constraints).
///
/// Safe to use from several threads; a remembered answer is the one that would be found anew. Memory is bounded: a shard that is
/// full is emptied.
public final class Scheduler: Sendable {
    private struct Key: Hashable {
        var nest: LoopNest
        var view: SchedulingView
        var constraints: MappingConstraints
    }

    private final class Shard: Sendable {
        let entries = Mutex<[Key: MappedOperator]>([:])
    }

    private let mapper: any Mapper
    private let shards: [Shard]
    private let shardCapacity: Int

    /// - Parameter capacity: how many mappings to remember, about 1 KB each; 0 remembers none.
    public init(mapper: any Mapper = BranchAndBoundMapper(), capacity: Int = 40_000) {
        self.mapper = mapper
        shards = (0..<16).map { _ in Shard() }
        shardCapacity = capacity / 16
    }

    /// The mapper's best mapping.
    ///
    /// - Throws: `UnmappableOperator` where nothing fits.
    public func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        guard shardCapacity > 0 else { return try mapper.bestMapping(of: nest, on: view, under: constraints) }
        let key = Key(nest: nest, view: view, constraints: constraints)
        let shard = shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
        if let known = shard.entries.withLock({ $0[key] }) { return known }
        let mapped = try mapper.bestMapping(of: nest, on: view, under: constraints)
        shard.entries.withLock { entries in
            if entries.count >= shardCapacity { entries.removeAll(keepingCapacity: true) }
            entries[key] = mapped
        }
        return mapped
    }

    /// The same for an operator whose name is known: what is thrown names it.
    public func bestMapping(
        of nest: LoopNest, named name: String, on view: SchedulingView, under constraints: MappingConstraints
    ) throws -> MappedOperator {
        do {
            return try bestMapping(of: nest, on: view, under: constraints)
        } catch var unmappable as UnmappableOperator {
            unmappable.name = name
            throw unmappable
        }
    }
}
