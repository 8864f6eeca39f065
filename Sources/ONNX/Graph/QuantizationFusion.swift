internal import Workloads

/// Draws quantisation and dequantisation into the operators round them, as accelerators run them.
///
/// `Lowering` appends every conversion as element-wise work. Where an operator can do it as it reads or writes, this takes the
/// conversion's place:
///
/// - a tensor that goes only into quantisation is written as int8, and so is what the output stage of an array has not finished yet: a
///   tensor operator's result that goes only through biases, additions, rectifiers, maxima and moves to int8;
/// - tensor operators, and operators that write int8, read a dequantised tensor's int8;
/// - moves of dequantised elements are moves of int8 where all that reads them reads int8.
///
/// What remains is read and written by operators that are kept in float, by inputs or by outputs.
struct QuantizationFusion {
    /// Element-wise operators that stand for a node which changes how a tensor is stored.
    struct Conversion {
        enum Kind { case quantise, dequantise }

        var kind: Kind
        var operand: Value.ID
        var result: Value.ID
        /// The operators' positions: the first one reads the operand, the last one writes the result.
        var operators: Range<Int>
    }

    private var values: [Value]
    private var operators: [Operator]
    /// The conversion that begins with an operator, by its position.
    private let starting: [Int: Conversion]
    /// The tensor that each view shows, itself for others.
    private var root: [Value.ID]
    /// The views of each tensor, by its root.
    private var views: [[Int]]
    /// Operators but views that read a tensor or views of it, by its root.
    private var readers: [[Int]]
    /// Tensors that the workload gives back, themselves or as views, by their root.
    private var isOutput: [Bool]
    /// Tensors that are written as int8, by their root.
    private var isStoredQuantised: [Bool]
    /// What is read in the place of a value.
    private(set) var replacement: [Value.ID: Value.ID] = [:]

    /// Values and operators with what fuses drawn in, and what to read in the place of values that nothing writes any more; the
    /// operators of conversions that fused are still there.
    static func fused(
        _ conversions: [Conversion], _ values: [Value], _ operators: [Operator], outputs: [Value.ID]
    ) -> (values: [Value], operators: [Operator], replacement: [Value.ID: Value.ID]) {
        guard !conversions.isEmpty else { return (values, operators, [:]) }
        var fusion = QuantizationFusion(conversions, values, operators, outputs: outputs)
        fusion.storeQuantised()
        fusion.readQuantised(conversions)
        fusion.applyReplacements()
        return (fusion.values, fusion.operators, fusion.replacement)
    }

    private init(_ conversions: [Conversion], _ values: [Value], _ operators: [Operator], outputs: [Value.ID]) {
        self.values = values
        self.operators = operators
        starting = Dictionary(uniqueKeysWithValues: conversions.map { ($0.operators.lowerBound, $0) })
        root = values.map(\.id)
        views = Array(repeating: [], count: values.count)
        readers = views
        isOutput = Array(repeating: false, count: values.count)
        isStoredQuantised = Array(repeating: false, count: values.count)
        for node in operators where node.kind.isView {
            root[node.output.index] = root[node.inputs[0].index]
            views[root[node.output.index].index].append(node.output.index)
        }
        for output in outputs { isOutput[root[output.index].index] = true }
        let isNeeded = Operator.needed(of: operators, valueCount: values.count, for: outputs)
        for (position, node) in operators.enumerated() where !node.kind.isView && isNeeded[node.output.index] {
            for input in Set(node.inputs.map { root[$0.index] }) { readers[input.index].append(position) }
        }
    }

    // MARK: - Writing

    /// Decides, readers first, which operators write int8.
    private mutating func storeQuantised() {
        for node in operators.reversed() where !node.kind.isView {
            let output = node.output.index
            guard values[output].numericType.isFloat, !isOutput[output], !readers[output].isEmpty else { continue }
            let isFinished = readers[output].allSatisfy { isQuantisation($0) }
            let isInOutputStage =
                (node.kind.isTensorOperator || node.kind.isOutputStage)
                && readers[output].allSatisfy { reader in
                    isQuantisation(reader) || (operators[reader].kind.isOutputStage && writesQuantised(reader))
                }
            isStoredQuantised[output] = isFinished || isInOutputStage
        }
        for value in values.indices where isStoredQuantised[root[value].index] {
            values[value].numericType = .int8
        }
    }

    private func isQuantisation(_ position: Int) -> Bool { starting[position]?.kind == .quantise }

    /// Whether an operator writes int8 where the file has floats.
    private func writesQuantised(_ position: Int) -> Bool { isStoredQuantised[operators[position].output.index] }

    // MARK: - Reading

    /// Has operators read int8 in the place of what was made of it, and leaves out quantisations that find it done.
    private mutating func readQuantised(_ conversions: [Conversion]) {
        let ending = Dictionary(
            uniqueKeysWithValues: conversions.lazy.filter { $0.kind == .dequantise }.map { ($0.result, $0) })
        let accepts = quantisedReaders()
        for position in operators.indices {
            let node = operators[position]
            let isQuantised = values[node.inputs[0].index].numericType == .int8
            if let conversion = ending[node.output] {
                read(conversion, accepts)
            } else if let conversion = starting[position], conversion.kind == .quantise, isQuantised {
                replacement[conversion.result] = node.inputs[0]
            } else if node.kind.isMove, accepts[position], isQuantised, values[node.output.index].numericType.isFloat {
                retype(node.output)
            }
        }
    }

    /// Has the readers of a dequantised tensor that can do so read its int8; all or, but for those of its views, some.
    private mutating func read(_ conversion: Conversion, _ accepts: [Bool]) {
        let stored = resolved(conversion.operand)
        let result = conversion.result
        guard values[stored.index].numericType == .int8 else { return }
        let all = readers[result.index]
        if !isOutput[result.index], all.allSatisfy({ accepts[$0] }) {
            replacement[result] = stored
            retype(result)
        } else {
            for reader in all where accepts[reader] {
                operators[reader].inputs = operators[reader].inputs.map { $0 == result ? stored : $0 }
            }
        }
    }

    /// Whether each operator can read the int8 of a dequantised tensor.
    private func quantisedReaders() -> [Bool] {
        var accepts = [Bool](repeating: false, count: operators.count)
        for (position, node) in operators.enumerated().reversed() {
            let readers = readers[node.output.index]
            accepts[position] =
                node.kind.isTensorOperator || isQuantisation(position) || writesQuantised(position)
                || (node.kind.isMove && !isOutput[node.output.index] && !readers.isEmpty
                    && readers.allSatisfy { accepts[$0] })
        }
        return accepts
    }

    /// Stores a tensor, and so its views, as int8.
    private mutating func retype(_ value: Value.ID) {
        for index in [value.index] + views[value.index] { values[index].numericType = .int8 }
    }

    // MARK: - Replacing

    private func resolved(_ value: Value.ID) -> Value.ID {
        var value = value
        while let next = replacement[value] { value = next }
        return value
    }

    private mutating func applyReplacements() {
        for key in replacement.keys { replacement[key] = resolved(key) }
        for index in operators.indices {
            operators[index].inputs = operators[index].inputs.map { replacement[$0] ?? $0 }
        }
    }
}

extension Operator {
    /// Which values some outputs need, themselves included.
    static func needed(of operators: [Operator], valueCount: Int, for outputs: [Value.ID]) -> [Bool] {
        var isNeeded = [Bool](repeating: false, count: valueCount)
        for output in outputs { isNeeded[output.index] = true }
        for node in operators.reversed() where isNeeded[node.output.index] {
            for id in node.inputs + node.parameters { isNeeded[id.index] = true }
        }
        return isNeeded
    }
}

extension OperatorKind {
    /// Whether elements go to other places as they are.
    fileprivate var isMove: Bool {
        switch self {
        case .maxPool, .slice, .copy: true
        default: false
        }
    }

    /// Whether an array's output stage does the work before it rounds sums to int8.
    fileprivate var isOutputStage: Bool {
        switch self {
        case .elementwise(.biasAdd), .elementwise(.add), .elementwise(.relu), .elementwise(.clip),
            .elementwise(.leakyRelu), .batchNorm, .concat:
            true
        default: isMove
        }
    }
}
