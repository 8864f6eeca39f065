public import Accelerators
internal import Scheduling
internal import Workloads

/// Makes one region of scores, softmax and context, which is computed a tile of queries at a time: the scores never leave the PEs.
///
/// A group is fused where the softmax region is the only reader of the scores and the context region, as its input, the only reader of the
/// softmax. Its mapping decides the tiles; where none fits, or where the three regions are faster, the compiler does without the pass.
public struct AttentionFusion: CompilerPass {
    public static let name = "attention"
    public static let summary = "computes scores, softmax and context a tile of queries at a time"
    public static let isGraphPass = true

    public init?(_ options: CompilerOptions) {
        guard options.fusion == .tiles else { return nil }
    }

    public func transform(_ draft: inout GraphDraft) {
        let workload = draft.workload
        var readers: [Value.ID: [Int]] = [:]
        for region in draft.regions {
            for value in Set(region.reads.map(\.value)) { readers[value, default: []].append(region.index) }
        }
        let results = Set(workload.outputs)
        var fused: [Int: Region] = [:]
        var gone: Set<Int> = []
        for node in workload.operators where node.kind == .softmax {
            guard let group = group(around: node, draft.regions, workload, readers, results) else { continue }
            fused[group.context.index] = region(group)
            gone.formUnion(group.before.map(\.index))
        }
        guard !fused.isEmpty else { return }
        draft.regions = draft.regions.filter { !gone.contains($0.index) }.enumerated().map { index, region in
            (fused[region.index] ?? region).moved(to: index)
        }
        draft.notes.append("\(fused.count) attentions fused")
    }

    /// Regions that become one.
    private struct Group {
        /// The scores', and the softmax's where it has one of its own.
        var before: [Region]
        var context: Region
        /// Lane operations of the work on the queries, and of what follows the context.
        var otherOperations: Int
        var nest: AttentionNest
    }

    private func group(
        around softmax: Operator, _ regions: [Region], _ workload: Workload, _ readers: [Value.ID: [Int]],
        _ results: Set<Value.ID>
    ) -> Group? {
        // Alone, or, online, in the regions of both products.
        let around = regions.filter { $0.operators.contains(softmax.id) }
        let before: [Region]
        let context: Region
        if around.count == 1, around[0].mainOperator == softmax.id {
            guard let input = around[0].reads.first(where: { $0.use == .input })?.value,
                let scores = regions.first(where: { $0.writes.contains(input) }), around[0].writes.count == 1,
                let readers = readers[around[0].writes[0]], readers.count == 1
            else { return nil }
            before = [scores, around[0]]
            context = regions[readers[0]]
        } else if around.count == 2 {
            (before, context) = ([around[0]], around[1])
        } else {
            return nil
        }
        // Each writes but what the next alone reads, as its input.
        for (region, next) in zip(before, before.dropFirst() + [context]) {
            guard region.writes.count == 1, !results.contains(region.writes[0]),
                readers[region.writes[0]] == [next.index],
                next.reads.first(where: { $0.use == .input })?.value == region.writes[0]
            else { return nil }
        }
        guard let first = before[0].tensorOperator.flatMap({ workload[$0].loopNest }), first.weightIsActivation,
            let second = context.tensorOperator.flatMap({ workload[$0].loopNest }), second.weightIsActivation,
            // Nothing but a softmax's normalisation between it and the second product.
            context.operators.first(where: { $0 != softmax.id }) == context.tensorOperator,
            before[0].reads.filter({ $0.use == .weight }).count == 1,
            context.reads.filter({ $0.use == .weight }).count == 1
        else { return nil }
        let queries = first.batch * first.outputHeight * first.outputWidth
        guard first.types == second.types, first.groups == second.groups,
            queries == second.batch * second.outputHeight * second.outputWidth,
            first.outputChannels == second.inputChannels, first.filterTaps == 1, second.filterTaps == 1
        else { return nil }
        let scoreCount = first.groups * queries * first.outputChannels
        let isSeparate = before.count == 2
        // What stands with the softmax besides it: its own operations are counted by the mapping.
        let own =
            isSeparate
            ? VectorWork.softmaxOperations(before[1].passes == 3 ? .threePass : .twoPass) : VectorWork.onlineStatistics
        let others = max(0, before.reduce(0) { $0 + $1.vectorOperations } - own * scoreCount)
        let trailing = context.vectorOperations - (isSeparate ? 0 : VectorWork.softmaxNormalisation * scoreCount)
        var nest = AttentionNest(
            groups: first.groups, queries: queries, keys: first.outputChannels, headSize: first.inputChannels,
            valueSize: second.outputChannels, scoreOperations: others / scoreCount)
        nest.type = first.types.input
        return Group(
            // What is not done to each score is done to the queries, or behind the context.
            before: before, context: context, otherOperations: others % scoreCount + trailing, nest: nest)
    }

    private func region(_ group: Group) -> Region {
        let all = group.before + [group.context]
        let inner = Set(group.before.flatMap(\.writes))
        var seen: Set<Value.ID> = []
        let reads = all.flatMap(\.reads).filter { !inner.contains($0.value) && seen.insert($0.value).inserted }
        var operators: [Operator.ID] = []
        for id in all.flatMap(\.operators) where !operators.contains(id) { operators.append(id) }
        return Region(
            index: group.context.index, name: group.context.name, tensorOperator: nil,
            mainOperator: group.context.mainOperator, operators: operators, reads: reads,
            parameters: all.flatMap(\.parameters), writes: group.context.writes,
            vectorOperations: group.otherOperations, passes: 1, attention: group.nest)
    }
}

extension LoopNest {
    /// R·S
    fileprivate var filterTaps: Int { filterHeight * filterWidth }
}
