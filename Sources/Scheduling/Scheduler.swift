internal import Accelerators
internal import Parallelism
public import Workloads

/// Maps loop nests and remembers the answers: a mapping is worked out once for each (loop nest, part of the datapath it sees, constraints).
///
/// Safe to use from several threads; a remembered answer is the one that would be found anew. Memory is bounded: of two generations of
/// answers the older, which has not been asked for since the younger began, is forgotten when both together exceed the capacity.
public final class Scheduler: Sendable {
    /// What the answers of a design have in common.
    private struct Context: Hashable {
        var view: SchedulingView
        var constraints: MappingConstraints
    }

    /// The answers for one context.
    fileprivate final class Table: Sendable {
        let answers = Locked<[LoopNest: MappedOperator]>([:])
        let attentions = Locked<[AttentionNest: MappedAttention]>([:])
    }

    private struct Generations {
        var younger: [Context: Table] = [:]
        var older: [Context: Table] = [:]
        /// Answers in each.
        var youngerCount = 0
        var olderCount = 0
    }

    fileprivate let mapper: any Mapper
    private let generations = Locked(Generations())
    private let capacity: Int

    /// - Parameter capacity: how many mappings to remember, about 1 KB each; 0 remembers none.
    public init(mapper: any Mapper = BranchAndBoundMapper(), capacity: Int = 200_000) {
        self.mapper = mapper
        self.capacity = capacity
    }

    /// The scheduling of one design: asks for many mappings with the same view and constraints.
    public struct Session: Sendable {
        fileprivate let scheduler: Scheduler
        fileprivate let view: SchedulingView
        fileprivate let constraints: MappingConstraints
        fileprivate let table: Table?

        /// The mapper's best mapping.
        ///
        /// - Throws: `UnmappableOperator` where nothing fits.
        public func bestMapping(of nest: LoopNest) throws -> MappedOperator {
            if let known = table?.answers.withLock({ $0[nest] }) { return known }
            let mapped = try scheduler.mapper.bestMapping(of: nest, on: view, under: constraints)
            if let table {
                let isNew = table.answers.withLock { $0.updateValue(mapped, forKey: nest) == nil }
                if isNew { scheduler.count(1) }
            }
            return mapped
        }

        /// The best mapping of fused attention.
        ///
        /// - Throws: `UnmappableOperator` where not even the smallest tiles fit.
        public func bestMapping(of nest: AttentionNest, named name: String) throws -> MappedAttention {
            if let known = table?.attentions.withLock({ $0[nest] }) { return known }
            let mapped = AttentionMapper().bestMapping(
                of: nest, on: view, dataflow: constraints.dataflow, objective: constraints.objective)
            guard let mapped else {
                // Its first product needs no less than the whole.
                var unmappable = UnmappableOperator(nest.scoresNest, on: view)
                unmappable.name = name
                throw unmappable
            }
            table?.attentions.withLock { $0[nest] = mapped }
            return mapped
        }

        /// The same for an operator whose name is known: what is thrown names it.
        public func bestMapping(of nest: LoopNest, named name: String) throws -> MappedOperator {
            do {
                return try bestMapping(of: nest)
            } catch var unmappable as UnmappableOperator {
                unmappable.name = name
                throw unmappable
            }
        }
    }

    /// The scheduling of operators on a view under constraints.
    public func session(on view: SchedulingView, under constraints: MappingConstraints) -> Session {
        Session(
            scheduler: self, view: view, constraints: constraints,
            table: capacity > 0 ? table(for: Context(view: view, constraints: constraints)) : nil)
    }

    /// The mapper's best mapping of one operator.
    ///
    /// - Throws: `UnmappableOperator` where nothing fits.
    public func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        try session(on: view, under: constraints).bestMapping(of: nest)
    }

    private func table(for context: Context) -> Table {
        generations.withLock { generations in
            if let known = generations.younger[context] { return known }
            let table = generations.older.removeValue(forKey: context) ?? Table()
            generations.younger[context] = table
            let count = table.answers.withLock { $0.count }
            generations.olderCount -= count
            age(&generations, adding: count)
            return table
        }
    }

    private func count(_ answers: Int) {
        generations.withLock { age(&$0, adding: answers) }
    }

    private func age(_ generations: inout Generations, adding answers: Int) {
        generations.youngerCount += answers
        guard generations.youngerCount + generations.olderCount > capacity else { return }
        (generations.older, generations.olderCount) = (generations.younger, generations.youngerCount)
        (generations.younger, generations.youngerCount) = ([:], 0)
    }
}
