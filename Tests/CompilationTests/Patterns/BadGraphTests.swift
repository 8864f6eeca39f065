import Accelerators
import Compilation
import Diagnostics
import RandomNumbers
import TestSupport
import Testing
import Workloads

/// Graphs that are broken, tiny, tangled or random: an error that says so, or a network that computes the same.
@Suite struct BadGraphTests {
    private func chain() throws -> Workload {
        var builder = try WorkloadBuilder(name: "chain", batch: 1)
        let x = try builder.input("x", shape: [1, 8])
        let y = try builder.elementwise(.sigmoid, x, named: "sigmoid")
        return try builder.build(outputs: [try builder.elementwise(.multiply, x, y, named: "product")])
    }

    @Test func brokenGraphsAreRefused() throws {
        let damages: [(inout Workload) -> Void] = [
            // A cycle: the sigmoid reads the product.
            { $0.operators[0].inputs = [$0.operators[1].output] },
            // An operator that reads itself.
            { $0.operators[1].inputs[0] = $0.operators[1].output },
            // Nobody writes what the product reads.
            { $0.operators.removeFirst() },
            // No such value.
            { $0.operators[1].inputs[1] = Value.ID(17) },
            { $0.outputs = [Value.ID(-3)] },
            { $0.operators = [] },
            { $0.operators[1].scalars = [ScalarOperand(position: 1, value: 2)] },
        ]
        for damage in damages {
            var workload = try chain()
            damage(&workload)
            let error = #expect(throws: DiagnosticError.self) { try PatternRecognition().applied(to: workload) }
            #expect(error?.kind == .badData)
        }
    }

    @Test func oneOperatorAndNoTensorOperator() throws {
        var builder = try WorkloadBuilder(name: "one", batch: 1)
        let x = try builder.input("x", shape: [1, 8])
        let one = try builder.build(outputs: [try builder.elementwise(.exp, x, named: "exp")])
        #expect(try PatternRecognition().applied(to: one).workload == one)

        let recognized = try PatternRecognition().applied(to: try chain())
        #expect(recognized.workload.operators.map(\.kind) == [.elementwise(.swish)])
        #expect(recognized.workload.values.map(\.name) == ["x", "product"])
        // What was recognised once is whole.
        let again = try PatternRecognition().applied(to: recognized.workload)
        #expect(again.workload == recognized.workload && again.patterns.isEmpty)
    }

    /// Written out, 2⁴⁰⁰ terms: the rules give up long before.
    @Test func longArithmeticEnds() throws {
        var builder = try WorkloadBuilder(name: "long", batch: 1)
        let input = try builder.input("x", shape: [1, 8])
        var x = try builder.elementwise(.erf, input, named: "erf")
        for index in 0..<400 {
            let y = try builder.elementwise(.add, x, input, named: "add\(index)")
            x = try builder.elementwise(.multiply, y, x, named: "multiply\(index)")
            if index % 20 == 0 { x = try builder.elementwise(.tanh, x, named: "tanh\(index)") }
        }
        // One value with thousands of readers.
        let wide = try builder.elementwise(.exp, x, named: "exp")
        for index in 0..<3000 { _ = try builder.elementwise(.add, wide, input, named: "reader\(index)") }
        let workload = try builder.build(outputs: [x])
        #expect(try PatternRecognition().applied(to: workload).workload == workload)
    }

    /// Extreme numbers are constants like others.
    @Test(arguments: [0.0, -0.0, .infinity, -.infinity, 1e308, -1e19, Double(Int.min), .leastNonzeroMagnitude])
    func extremeNumbers(_ number: Double) throws {
        var builder = try WorkloadBuilder(name: "extreme", batch: 1)
        let x = try builder.input("x", shape: [1, 8])
        var y = try builder.elementwise(.erf, x, named: "erf")
        for function: ElementwiseFunction in [.add, .multiply, .divide, .power, .subtract, .minimum] {
            y = try builder.elementwise(function, y, number, named: function.rawValue)
            y = try builder.elementwise(function, number, y, named: "left." + function.rawValue)
        }
        y = try builder.elementwise(.multiply, x, y, named: "product")
        let workload = try builder.build(outputs: [y])
        #expect(try PatternRecognition().applied(to: workload).workload == workload)
    }

    /// Random graphs of the operators that patterns are made of: valid before and after, with the same inputs, results and
    /// parameters, nothing left to replace; and what is replaced is what the list says.
    @Test func randomGraphs() throws {
        let binary: [ElementwiseFunction] = [.add, .subtract, .multiply, .divide, .minimum, .maximum]
        let unary: [ElementwiseFunction] = [
            .exp, .sqrt, .reciprocal, .negate, .erf, .tanh, .sigmoid, .relu, .hardSigmoid,
        ]
        let numbers = [0, 0.5, 1, 2, 3, 6, 1.0 / 6, 0.5.squareRoot(), -1]
        var replaced = 0
        for seed in 0..<400 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var builder = try WorkloadBuilder(name: "random", batch: 1)
            var values = [try builder.input("x", shape: [1, 3, 4])]
            func pick() -> Value.ID { values[max(0, values.count - random.number(1...4))] }
            for index in 0..<random.number(5...40) {
                let name = "node\(index)"
                switch random.number(0...8) {
                case 0, 1:
                    values.append(try builder.elementwise(binary[random.number(0...5)], pick(), pick(), named: name))
                case 2, 3:
                    values.append(try builder.elementwise(unary[random.number(0...8)], pick(), named: name))
                case 4:
                    let number = numbers[random.number(0...8)]
                    values.append(
                        try builder.elementwise(binary[random.number(0...5)], pick(), number, named: name))
                case 5:
                    // Likely to be a swish, or to look like one.
                    let x = pick()
                    let gate = try builder.elementwise(.sigmoid, x, named: name + ".gate")
                    values.append(try builder.elementwise(.multiply, random.chance(4) ? pick() : x, gate, named: name))
                    if random.chance(4) { values.append(gate) }
                case 6:
                    // Likely to be a softmax.
                    let x = pick()
                    let largest = try builder.reduce(.maximum, x, axes: [2], named: name + ".largest")
                    let shifted = try builder.elementwise(.subtract, x, largest, named: name + ".shifted")
                    let power = try builder.elementwise(.exp, shifted, named: name + ".exp")
                    let sum = try builder.reduce(.sum, power, axes: [random.number(1...2)], named: name + ".sum")
                    values.append(try builder.elementwise(.divide, power, sum, named: name))
                    if random.chance(4) { values.append(sum) }
                default:
                    let function = ReductionFunction.allCases[random.number(0...2)]
                    values.append(try builder.reduce(function, pick(), axes: [2], named: name))
                }
            }
            let workload = try builder.build(outputs: [values[values.count - 1]])
            let recognized = try PatternRecognition().applied(to: workload)
            try recognized.workload.validate()
            #expect(recognized.workload.macs == workload.macs)
            #expect(recognized.workload.inputs.map { recognized.workload[$0].shape } == [[1, 3, 4]])
            #expect(
                recognized.workload.outputs.map { recognized.workload[$0].name }
                    == workload.outputs.map { workload[$0].name })
            #expect(try PatternRecognition().applied(to: recognized.workload).workload == recognized.workload)
            let gone = recognized.patterns.filter(\.kind.isReplaced).reduce(0) { $0 + $1.operators.count - 1 }
            #expect(recognized.workload.operators.count == workload.operators.count - gone)
            replaced += gone
        }
        #expect(replaced > 0)
    }
}
