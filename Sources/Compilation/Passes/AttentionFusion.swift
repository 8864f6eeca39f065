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
        for softmax in draft.regions where workload[softmax.mainOperator].kind == .softmax {
            guard let group = group(around: softmax, draft.regions, workload, readers, results) else { continue }
            fused[group.context.index] = region(group, softmax, workload)
            gone.formUnion([group.scores.index, softmax.index])
        }
        guard !fused.isEmpty else { return }
        draft.regions = draft.regions.filter { !gone.contains($0.index) }.enumerated().map { index, region in
            (fused[region.index] ?? region).moved(to: index)
        }
        draft.notes.append("\(fused.count) attentions fused")
    }

    private struct Group {
        var scores: Region
        var context: Region
        var nest: AttentionNest
    }

    private func group(
        around softmax: Region, _ regions: [Region], _ workload: Workload, _ readers: [Value.ID: [Int]],
        _ results: Set<Value.ID>
    ) -> Group? {
        guard let input = softmax.reads.first(where: { $0.use == .input })?.value, softmax.writes.count == 1,
            let scores = regions.first(where: { $0.writes.contains(input) }),
            let context = readers[softmax.writes[0]].flatMap({ $0.count == 1 ? regions[$0[0]] : nil }),
            scores.writes == [input], readers[input] == [softmax.index], !results.contains(input),
            !results.contains(softmax.writes[0]),
            context.reads.first(where: { $0.use == .input })?.value == softmax.writes[0],
            let first = scores.tensorOperator.flatMap({ workload[$0].loopNest }), first.weightIsActivation,
            let second = context.tensorOperator.flatMap({ workload[$0].loopNest }), second.weightIsActivation,
            // Nothing between softmax and context: the weights are the second product's input as they are.
            context.operators.first == context.tensorOperator
        else { return nil }
        let queries = first.batch * first.outputHeight * first.outputWidth
        guard first.groups == second.groups, queries == second.batch * second.outputHeight * second.outputWidth,
            first.outputChannels == second.inputChannels, first.filterTaps == 1, second.filterTaps == 1
        else { return nil }
        let scoreCount = first.groups * queries * first.outputChannels
        // What stands with the softmax besides it: its own operations are counted by the mapping.
        let own = VectorWork.operations(
            of: workload[softmax.mainOperator], in: workload, softmax: softmax.passes == 3 ? .threePass : .twoPass,
            foldsIntoWeights: false)
        let others = scores.vectorOperations + softmax.vectorOperations - own
        return Group(
            scores: scores, context: context,
            nest: AttentionNest(
                groups: first.groups, queries: queries, keys: first.outputChannels, headSize: first.inputChannels,
                valueSize: second.outputChannels, scoreOperations: (max(0, others) + scoreCount - 1) / scoreCount))
    }

    private func region(_ group: Group, _ softmax: Region, _ workload: Workload) -> Region {
        let inner = Set(group.scores.writes + softmax.writes)
        var seen: Set<Value.ID> = []
        var reads: [Region.Read] = []
        for region in [group.scores, softmax, group.context] {
            for read in region.reads where !inner.contains(read.value) && seen.insert(read.value).inserted {
                reads.append(read)
            }
        }
        return Region(
            index: group.context.index, name: group.context.name, tensorOperator: nil,
            mainOperator: group.context.mainOperator,
            operators: group.scores.operators + softmax.operators + group.context.operators, reads: reads,
            parameters: group.scores.parameters + softmax.parameters + group.context.parameters,
            writes: group.context.writes, vectorOperations: group.context.vectorOperations, passes: 1,
            attention: group.nest)
    }
}

extension LoopNest {
    /// R·S
    fileprivate var filterTaps: Int { filterHeight * filterWidth }
}
