internal import Scheduling
internal import Workloads

/// The tensors that a region moves, in the order of its schedule's movements, with all that scheduling and chains read of them for each design.
struct RegionTensors: Sendable {
    /// What a tensor is to the region's main operator.
    enum Part {
        /// The input of its loop nest, or a part of it.
        case input
        /// The weight of its loop nest: a trained parameter, a matmul's second operand, or a part of it.
        case weight
        /// An operand of element-wise work.
        case operand
        /// An operand that all rows of an image read, such as the scales of squeeze-and-excite.
        case operandOfAllRows
        /// A trained parameter beside the weight.
        case parameter
        case output
    }

    struct Tensor {
        let value: Value.ID
        let part: Part
        let bytes: Int
        /// The part of the loop nest's operand that it is: what is concatenated, or seen upsampled, is less than the whole.
        let share: Double
        let isParameter: Bool
        /// The table of an embedding.
        let isTable: Bool
        /// Bytes that vector work reads of it, once: of what is sliced the slice, of a table the rows that are looked up.
        let usedBytes: Int
        /// Bytes of its last axis.
        let rowBytes: Int
    }

    let all: [Tensor]
    /// The positions of trained parameters.
    let parameters: [Int]
    /// Bytes of an element of the main operator's output.
    let elementBytes: Int

    init(_ region: Region, of workload: Workload) {
        let main = workload[region.mainOperator]
        let nest = main.loopNest
        let output = workload[main.output]
        let isSlice = if case .slice = main.kind { true } else { false }
        func share(of value: Value, in operandElements: Int?) -> Double {
            min(1, Double(value.elements) / Double(operandElements ?? 1))
        }
        var all: [Tensor] = []
        func add(_ value: Value, _ part: Part, share: Double = 1) {
            let isParameter = value.role == .parameter
            let isTable = main.kind == .embedding && value.id == main.parameters.first
            all.append(
                Tensor(
                    value: value.id, part: part, bytes: value.bytes, share: share, isParameter: isParameter,
                    isTable: isTable, usedBytes: isTable || isSlice && !isParameter ? output.bytes : value.bytes,
                    rowBytes: (value.shape.last ?? 1) * value.numericType.bytes))
        }
        for read in region.reads {
            let value = workload[read.value]
            switch read.use {
            case .input: add(value, .input, share: share(of: value, in: nest?.inputElements))
            case .weight: add(value, .weight, share: share(of: value, in: nest?.weightElements))
            case .elementwise:
                let isOfAllRows =
                    main.inputs.first.map {
                        value.elements < min(workload[$0].elements, workload[main.output].elements)
                    } ?? false
                add(value, isOfAllRows ? .operandOfAllRows : .operand)
            }
        }
        for parameter in region.parameters {
            add(workload[parameter], parameter == main.parameters.first ? .weight : .parameter)
        }
        for value in region.writes { add(workload[value], .output) }
        self.all = all
        elementBytes = output.numericType.bytes
        parameters = all.indices.filter { all[$0].isParameter }
    }
}
