import Accelerators
import RandomNumbers
import Workloads

/// Takes a network's functions apart the way exporters do, in one of many ways that a seed picks: operands in either
/// order, constants at any place and rounded, squares as powers or products.
///
/// The last operator of each function keeps the function's name and output, so that a network that is put together again
/// is equal to the one that was taken apart.
struct Decomposer {
    /// How constants are stored.
    enum Rounding: CaseIterable {
        case exact, float16, bfloat16

        func callAsFunction(_ value: Double) -> Double {
            switch self {
            case .exact: value
            case .float16: Double(Float16(value))
            case .bfloat16: Double(Float(bitPattern: (Float(value).bitPattern + 0x8000) & 0xffff_0000))
            }
        }
    }

    private typealias Operand = Operator.Operand

    private var workload: Workload
    private var operators: [Operator] = []
    private var random: SplitMix64
    private let round: Rounding

    static func decomposed(_ workload: Workload, seed: UInt64, rounding: Rounding = .exact) -> Workload {
        var decomposer = Decomposer(workload: workload, random: SplitMix64(seed: seed), round: rounding)
        for node in workload.operators { decomposer.take(node) }
        decomposer.workload.operators = decomposer.operators
        return decomposer.workload
    }

    private init(workload: Workload, random: SplitMix64, round: Rounding) {
        (self.workload, self.random, self.round) = (workload, random, round)
    }

    private mutating func take(_ node: Operator) {
        let x = node.inputs[0]
        switch node.kind {
        case .layerNorm: layerNorm(x, node.parameters)
        case .softmax: softmax(x)
        case .globalAveragePool: _ = reduce(.mean, x, axes: [2, 3])
        case .elementwise(.gelu): gelu(x)
        case .elementwise(.geluTanh): geluTanh(x)
        case .elementwise(.sigmoid): sigmoid(x)
        case .elementwise(.swish): swish(x)
        case .elementwise(.hardSwish): hardSwish(x)
        case .elementwise(.hardSigmoid): hardSigmoid(x)
        default: return append(node)
        }
        // What was written last is the function's result.
        workload.values.removeLast()
        operators[operators.count - 1].output = node.output
        operators[operators.count - 1].name = node.name
    }

    // MARK: - Functions

    private mutating func layerNorm(_ x: Value.ID, _ parameters: [Value.ID]) {
        let last = workload[x].shape.count - 1
        let mean = reduce(.mean, x, axes: [last])
        let drawsIntoFactors = parameters.count == 2 && random.below(3) == 0
        let variancePath = random.below(3)
        let difference =
            variancePath == 0 || !drawsIntoFactors ? apply(.subtract, .value(x), .value(mean)) : x
        let variance: Value.ID
        switch variancePath {
        case 0: variance = reduce(.mean, square(difference), axes: [last])
        // The difference, and the mean, once more.
        case 1:
            let again = apply(.subtract, .value(x), .value(reduce(.mean, x, axes: [last])))
            variance = reduce(.mean, square(again), axes: [last])
        default:
            let squares = reduce(.mean, square(x), axes: [last])
            variance = apply(.subtract, .value(squares), .value(square(mean)))
        }
        let shifted = sum(.value(variance), .scalar(1e-12))
        let inverse: Value.ID
        switch random.below(3) {
        case 0: inverse = apply(.reciprocal, .value(apply(.sqrt, .value(shifted))))
        case 1: inverse = apply(.divide, .scalar(1), .value(apply(.power, .value(shifted), .scalar(0.5))))
        default: inverse = apply(.power, .value(shifted), .scalar(-0.5))
        }
        if drawsIntoFactors {
            // TensorFlow: x · (scale / σ) + (shift − μ · (scale / σ)).
            let factor = product(.value(inverse), .value(parameters[0]))
            let offset = sum(
                .value(apply(.negate, .value(product(.value(mean), .value(factor))))), .value(parameters[1]))
            _ = sum(.value(product(.value(x), .value(factor))), .value(offset))
            return
        }
        var result = product(.value(difference), .value(inverse))
        if parameters.count > 0 { result = product(.value(result), .value(parameters[0])) }
        if parameters.count > 1 { _ = sum(.value(result), .value(parameters[1])) }
    }

    private mutating func softmax(_ x: Value.ID) {
        let last = workload[x].shape.count - 1
        let maximum = reduce(.maximum, x, axes: [last])
        let exponential = apply(.exp, .value(apply(.subtract, .value(x), .value(maximum))))
        let total = reduce(.sum, exponential, axes: [last])
        if random.below(2) == 0 {
            _ = apply(.divide, .value(exponential), .value(total))
        } else {
            _ = product(.value(exponential), .value(apply(.reciprocal, .value(total))))
        }
    }

    private mutating func gelu(_ x: Value.ID) {
        let argument = scaled(x, by: 0.5.squareRoot())
        finishGELU(x, apply(.erf, .value(argument)))
    }

    private mutating func geluTanh(_ x: Value.ID) {
        let scale = (2 / Double.pi).squareRoot()
        let argument: Value.ID
        if random.below(2) == 0 {
            let cube =
                random.below(2) == 0
                ? apply(.power, .value(x), .scalar(3)) : product(.value(x), .value(square(x)))
            argument = scaled(sum(.value(x), .value(scaled(cube, by: 0.044715))), by: scale)
        } else {
            let inner = sum(.value(scaled(square(x), by: 0.044715 * scale)), .scalar(round(scale)))
            argument = product(.value(x), .value(inner))
        }
        finishGELU(x, apply(.tanh, .value(argument)))
    }

    private mutating func finishGELU(_ x: Value.ID, _ inner: Value.ID) {
        let one = Operand.scalar(1)
        switch random.below(5) {
        case 0: _ = scaled(product(.value(x), .value(sum(.value(inner), one))), by: 0.5)
        case 1: _ = product(.value(scaled(x, by: 0.5)), .value(sum(.value(inner), one)))
        case 2: _ = product(.value(x), .value(scaled(sum(.value(inner), one), by: 0.5)))
        case 3: _ = product(.value(x), .value(sum(.value(scaled(inner, by: 0.5)), .scalar(0.5))))
        default:
            let half = scaled(x, by: 0.5)
            _ = sum(.value(half), .value(product(.value(half), .value(inner))))
        }
    }

    private mutating func sigmoid(_ x: Value.ID) {
        guard random.below(2) == 0 else {
            _ = apply(.sigmoid, .value(x))
            return
        }
        let denominator = sum(.value(apply(.exp, .value(apply(.negate, .value(x))))), .scalar(1))
        if random.below(2) == 0 {
            _ = apply(.reciprocal, .value(denominator))
        } else {
            _ = apply(.divide, .scalar(1), .value(denominator))
        }
    }

    private mutating func swish(_ x: Value.ID) {
        if random.below(3) == 0 {
            let denominator = sum(.value(apply(.exp, .value(scaled(x, by: -1)))), .scalar(1))
            _ = apply(.divide, .value(x), .value(denominator))
        } else {
            sigmoid(x)
            _ = product(.value(x), .value(operators[operators.count - 1].output))
        }
    }

    private mutating func hardSwish(_ x: Value.ID) {
        switch random.below(4) {
        case 0:
            let inner = apply(.hardSigmoid, .value(x), .scalar(round(1.0 / 6)), .scalar(0.5))
            _ = product(.value(x), .value(inner))
        case 1: _ = product(.value(x), .value(clippedLine(x)))
        case 2: _ = scaled(product(.value(x), .value(clip(sum(.value(x), .scalar(3)), 6))), by: 1.0 / 6)
        default: _ = product(.value(scaled(x, by: 1.0 / 6)), .value(clip(sum(.value(x), .scalar(3)), 6)))
        }
    }

    private mutating func hardSigmoid(_ x: Value.ID) { _ = clippedLine(x) }

    /// clip(x/6 + 1/2, 0, 1)
    private mutating func clippedLine(_ x: Value.ID) -> Value.ID {
        random.below(2) == 0
            ? scaled(clip(sum(.value(x), .scalar(3)), 6), by: 1.0 / 6)
            : clip(sum(.value(scaled(x, by: 1.0 / 6)), .scalar(0.5)), 1)
    }

    /// clip(x, 0, bound)
    private mutating func clip(_ x: Value.ID, _ bound: Double) -> Value.ID {
        switch random.below(4) {
        case 0: apply(.clip, .value(x), .scalar(0), .scalar(bound))
        case 1: apply(.minimum, .value(apply(.maximum, .value(x), .scalar(0))), .scalar(bound))
        case 2: apply(.maximum, .scalar(0), .value(apply(.minimum, .value(x), .scalar(bound))))
        default: apply(.minimum, .scalar(bound), .value(apply(.relu, .value(x))))
        }
    }

    // MARK: - Arithmetic in any order

    private mutating func square(_ x: Value.ID) -> Value.ID {
        random.below(2) == 0 ? apply(.power, .value(x), .scalar(2)) : apply(.multiply, .value(x), .value(x))
    }

    private mutating func scaled(_ x: Value.ID, by factor: Double) -> Value.ID {
        random.below(2) == 0
            ? product(.value(x), .scalar(round(factor))) : apply(.divide, .value(x), .scalar(round(1 / factor)))
    }

    private mutating func product(_ a: Operand, _ b: Operand) -> Value.ID {
        random.below(2) == 0 ? apply(.multiply, a, b) : apply(.multiply, b, a)
    }

    private mutating func sum(_ a: Operand, _ b: Operand) -> Value.ID {
        if case .scalar(let value) = b, random.below(3) == 0 { return apply(.subtract, a, .scalar(-value)) }
        return random.below(2) == 0 ? apply(.add, a, b) : apply(.add, b, a)
    }

    // MARK: - Appending

    private mutating func apply(_ function: ElementwiseFunction, _ operands: Operand...) -> Value.ID {
        var node = Operator(
            id: Operator.ID(0), name: "", kind: .elementwise(function), inputs: [], output: Value.ID(0))
        var shape: [Int] = []
        for (position, operand) in operands.enumerated() {
            switch operand {
            case .scalar(let value): node.scalars.append(ScalarOperand(position: position, value: value))
            case .value(let id):
                let value = workload[id]
                if value.role == .parameter { node.parameters.append(id) } else { node.inputs.append(id) }
                shape = broadcast(shape, value.shape)
            }
        }
        return appendInner(&node, shape: shape)
    }

    private func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
        let rank = max(a.count, b.count)
        func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
        return zip(padded(a), padded(b)).map(max)
    }

    private mutating func reduce(_ function: ReductionFunction, _ x: Value.ID, axes: [Int]) -> Value.ID {
        var shape = workload[x].shape
        for axis in axes { shape[axis] = 1 }
        var node = Operator(
            id: Operator.ID(0), name: "", kind: .reduce(function, axes: axes), inputs: [x], output: Value.ID(0))
        return appendInner(&node, shape: shape)
    }

    private mutating func appendInner(_ node: inout Operator, shape: [Int]) -> Value.ID {
        node.output = Value.ID(workload.values.count)
        node.name = "inner\(operators.count)"
        workload.values.append(Value(id: node.output, name: node.name, shape: shape, role: .activation))
        append(node)
        return node.output
    }

    private mutating func append(_ node: Operator) {
        var node = node
        node.id = Operator.ID(operators.count)
        operators.append(node)
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
