internal import Accelerators
internal import Scheduling
internal import Workloads

/// Groups a workload's operators into regions.
///
/// The rules, tried in this order on each operator that is not a tensor operator, in execution order:
///
/// 1. **Into the producer**: element-wise work, batch normalisation, reductions and global pooling join the region that
///    computes their input, when that is as large as what they work on and nobody else needs it, or when they are a
///    reduction: then the region writes both. What needs a reduction's result for every element does not join the
///    region that reduces, since the result is known only when that is done.
/// 2. **Into the consumers**: element-wise work whose readers are all tensor operators is computed where it is read,
///    as the tensor operator's input streams in.
/// 3. **Into the producer all the same**, which then writes both tensors.
/// 4. **Alone**: a region of vector work.
///
/// An online softmax between two products stands in both: its maximum and sum, which are taken as the scores are made, and the normalisation.
///
/// Concatenation is such work too: where tensor operators read it, they read its parts. A slice joins the region that computes what it
/// is cut from, which then writes the slices. A recurrence takes nothing in behind it, since each step needs its results.
///
/// Views are no work: their output is their input under another name.
struct RegionFormation {
    private let workload: Workload
    private let softmax: CompilerOptions.Softmax
    private let fuses: Bool
    private let consumers: [[Operator.ID]]
    private var regions: [Draft] = []
    /// The region that computes each value, by the value's position.
    private var producer: [Int?]
    /// Element-wise work that waits for the tensor operators that read it, by the position of the value it makes.
    private var waiting: [Int: [Operator.ID]] = [:]
    /// The value that a view shows, by position.
    private let root: [Int]

    private struct Draft {
        var tensorOperator: Operator.ID?
        var main: Operator.ID
        var operators: [Operator.ID]
        /// Elements that the region's loop runs over: those of its main output.
        var elements: Int
        /// Whether rules 1 and 3 may add to it.
        var isOpen: Bool
        var inputChain: [Operator.ID] = []
        var weightChain: [Operator.ID] = []
    }

    /// The regions of a workload in execution order.
    ///
    /// - Parameter fuses: without it every operator is a region of its own.
    static func regions(of workload: Workload, softmax: CompilerOptions.Softmax, fuses: Bool) -> [Region] {
        var formation = RegionFormation(workload, softmax: softmax, fuses: fuses)
        for node in workload.operators { formation.place(node) }
        return formation.finished()
    }

    private init(_ workload: Workload, softmax: CompilerOptions.Softmax, fuses: Bool) {
        self.workload = workload
        self.softmax = softmax
        self.fuses = fuses
        producer = Array(repeating: nil, count: workload.values.count)
        let root = workload.viewedValues.map(\.index)
        // Who really reads a value: readers of views are readers of the root.
        var consumers = [[Operator.ID]](repeating: [], count: workload.values.count)
        for node in workload.operators where !node.kind.isView {
            for value in Set(node.inputs.map { root[$0.index] }).sorted() { consumers[value].append(node.id) }
        }
        self.consumers = consumers
        self.root = root
    }

    // MARK: - Placing

    private mutating func place(_ node: Operator) {
        switch node.kind {
        case .reshape, .upsample:
            return
        case .convolution, .linear, .matmul, .recurrence:
            begin(node)
        case .elementwise, .batchNorm:
            guard fuses else { return begin(node) }
            if let region = fusableProducer(of: node), isOnlyReader(node, within: region) {
                join(region, node)
            } else if isReadByTensorOperatorsOnly(node) {
                waiting[node.output.index] = [node.id]
            } else if let region = fusableProducer(of: node) {
                join(region, node)
            } else {
                begin(node)
            }
        case .concat:
            if fuses, isReadByTensorOperatorsOnly(node) {
                waiting[node.output.index] = [node.id]
            } else {
                begin(node)
            }
        case .slice:
            if let region = producer[root[node.inputs[0].index]], regions[region].isOpen {
                join(region, node)
            } else {
                begin(node)
            }
        case .globalAveragePool, .reduce:
            if fuses, let region = fusableProducer(of: node) { join(region, node) } else { begin(node) }
        case .softmax:
            if softmax == .online, fuses, let region = fusableProducer(of: node),
                regions[region].tensorOperator != nil, isOnlyReader(node, within: region),
                isReadByTensorOperatorsOnly(node)
            {
                // Its statistics here, the normalisation where it is read.
                regions[region].operators.append(node.id)
                waiting[root[node.output.index]] = [node.id]
            } else {
                begin(node)
            }
        case .layerNorm, .maxPool, .averagePool, .embedding, .copy:
            begin(node)
        }
    }

    /// The region that computes the latest input, if the work there runs over as many elements as this operator's.
    private func fusableProducer(of node: Operator) -> Int? {
        let inputs = node.inputs.map { root[$0.index] }
        guard !inputs.contains(where: { waiting[$0] != nil }),
            let region = inputs.compactMap({ producer[$0] }).max(), regions[region].isOpen
        else { return nil }
        let elements = workload[node.kind.isReduction ? node.inputs[0] : node.output].elements
        let waitsForReduction = inputs.contains {
            producer[$0] == region && workload.values[$0].elements < elements
        }
        guard !waitsForReduction else { return nil }
        let isFull = inputs.contains { producer[$0] == region && workload.values[$0].elements == elements }
        return isFull && regions[region].elements == elements ? region : nil
    }

    /// Whether an operator is the only reader of what it takes from a region.
    private func isOnlyReader(_ node: Operator, within region: Int) -> Bool {
        node.inputs.allSatisfy { input in
            let value = root[input.index]
            return producer[value] != region || (consumers[value] == [node.id] && !isResult(value))
        }
    }

    private func isResult(_ value: Int) -> Bool {
        workload.outputs.contains { root[$0.index] == value }
    }

    /// Whether everything made of an operator's output is tensor operators, directly or through one chain of single readers.
    private func isReadByTensorOperatorsOnly(_ node: Operator) -> Bool {
        let value = root[node.output.index]
        let readers = consumers[value]
        guard !readers.isEmpty, !isResult(value) else { return false }
        if readers.allSatisfy({ workload[$0].kind.isTensorOperator }) { return true }
        guard readers.count == 1, workload[node.output].elements == workload[workload[readers[0]].output].elements
        else { return false }
        switch workload[readers[0]].kind {
        case .elementwise, .batchNorm: return isReadByTensorOperatorsOnly(workload[readers[0]])
        default: return false
        }
    }

    private mutating func begin(_ node: Operator) {
        var draft = Draft(
            tensorOperator: node.kind.isTensorOperator ? node.id : nil, main: node.id, operators: [],
            elements: workload[node.output].elements, isOpen: fuses && node.kind.steps == 1)
        for (position, input) in node.inputs.enumerated() {
            let chain = chain(behind: root[input.index])
            if position == 0 || draft.tensorOperator == nil {
                draft.inputChain += chain
            } else {
                draft.weightChain += chain
            }
        }
        draft.operators = draft.inputChain + draft.weightChain + [node.id]
        producer[root[node.output.index]] = regions.count
        regions.append(draft)
    }

    /// The waiting element-wise work that computes a value, in execution order.
    private func chain(behind value: Int) -> [Operator.ID] {
        guard let work = waiting[value] else { return [] }
        return work.flatMap { id in workload[id].inputs.flatMap { chain(behind: root[$0.index]) } + [id] }
    }

    private mutating func join(_ region: Int, _ node: Operator) {
        regions[region].operators.append(node.id)
        producer[root[node.output.index]] = region
    }

    // MARK: - Finishing

    private func finished() -> [Region] {
        // Values that cross from one region to another, or leave the workload.
        var isRead = [Bool](repeating: false, count: workload.values.count)
        var allReads: [[Region.Read]] = []
        for (index, draft) in regions.enumerated() {
            let reads = reads(of: draft, index: index)
            for read in reads { isRead[read.value.index] = true }
            allReads.append(reads)
        }
        for output in workload.outputs { isRead[root[output.index]] = true }

        return regions.enumerated().map { index, draft in
            let main = workload[draft.main]
            let own = draft.operators.map { workload[$0] }
            let writes = own.filter { producer[root[$0.output.index]] == index && isRead[root[$0.output.index]] }
            return Region(
                index: index, name: main.name, tensorOperator: draft.tensorOperator, mainOperator: draft.main,
                operators: draft.operators, reads: allReads[index], parameters: own.flatMap(\.parameters),
                writes: writes.map { Value.ID(root[$0.output.index]) },
                vectorOperations: own.reduce(0) { $0 + vectorOperations(of: $1, in: draft) },
                passes: VectorWork.passes(of: main.kind, softmax: softmax))
        }
    }

    /// What a region reads from outside, each value once; a tensor operator's own operands come first.
    private func reads(of draft: Draft, index: Int) -> [Region.Read] {
        let inside = Set(draft.operators)
        var seen: Set<Int> = []
        var reads: [Region.Read] = []
        func add(_ value: Int, _ use: Region.Read.Use) {
            guard workload.values[value].role != .parameter, seen.insert(value).inserted else { return }
            reads.append(Region.Read(value: Value.ID(value), use: use))
        }
        /// Inputs that the region does not compute itself.
        func outer(_ node: Operator) -> [Int] {
            node.inputs.map { root[$0.index] }.filter { value in
                producer[value] != index && !(waiting[value].map { work in work.allSatisfy(inside.contains) } ?? false)
            }
        }
        let main = workload[draft.main]
        let mainElements = workload[main.inputs[0]].elements
        for id in draft.inputChain {
            let node = workload[id]
            for value in outer(node) {
                add(value, node.isConcat || workload.values[value].elements == mainElements ? .input : .elementwise)
            }
        }
        for id in draft.weightChain { for value in outer(workload[id]) { add(value, .weight) } }
        for (position, value) in outer(main).enumerated() {
            let isWeight = draft.tensorOperator != nil && main.inputs.count > 1 && root[main.inputs[1].index] == value
            add(value, isWeight && !(position == 0 && root[main.inputs[0].index] == value) ? .weight : .input)
        }
        for id in draft.operators { for value in outer(workload[id]) { add(value, .elementwise) } }
        return reads
    }

    private func vectorOperations(of node: Operator, in draft: Draft) -> Int {
        if node.kind == .softmax, draft.main != node.id {
            let isRead = draft.inputChain.contains(node.id) || draft.weightChain.contains(node.id)
            return workload[node.output].elements
                * (isRead ? VectorWork.softmaxNormalisation : VectorWork.onlineStatistics)
        }
        let before = node.inputs.first.flatMap { input in
            draft.operators.first { root[workload[$0].output.index] == root[input.index] }
        }
        let followsTensorOperator = before != nil && before == draft.tensorOperator
        return VectorWork.operations(
            of: node, in: workload, softmax: softmax, foldsIntoWeights: followsTensorOperator)
    }
}

extension Operator {
    /// Whether its inputs are parts of its output.
    fileprivate var isConcat: Bool {
        if case .concat = kind { true } else { false }
    }
}

extension OperatorKind {
    /// Whether many elements become one that is complete only at the end, while the loop runs over the input.
    fileprivate var isReduction: Bool {
        switch self {
        case .globalAveragePool, .reduce: true
        default: false
        }
    }
}
