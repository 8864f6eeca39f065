import Scheduling
import Testing
import Workloads

@Suite struct VectorCostTests {
    /// Every function takes at least an operation, and a fused one no more than the steps of its formula.
    @Test func fusedFunctionsCostAtMostTheirSteps() {
        func cost(_ functions: ElementwiseFunction...) -> Int {
            functions.reduce(0) { $0 + VectorCost.operations(of: $1) }
        }
        #expect(ElementwiseFunction.allCases.allSatisfy { VectorCost.operations(of: $0) >= 1 })
        #expect(cost(.sigmoid) <= cost(.negate, .exp, .add, .reciprocal))
        #expect(cost(.swish) <= cost(.sigmoid, .multiply))
        #expect(cost(.gelu) <= cost(.multiply, .erf, .add, .multiply, .multiply))
        let cube = VectorCost.operations(of: .power, scalars: [ScalarOperand(position: 1, value: 3)])
        #expect(cost(.geluTanh) <= cube + cost(.multiply, .add, .multiply, .tanh, .add, .multiply, .multiply))
        #expect(cost(.softplus) <= cost(.exp, .add, .log))
        #expect(cost(.mish) <= cost(.softplus, .tanh, .multiply))
        #expect(cost(.softsign) <= cost(.absolute, .add, .divide))
        #expect(cost(.hardSigmoid) <= cost(.multiply, .add, .clip))
        #expect(cost(.hardSwish) <= cost(.hardSigmoid, .multiply))
        #expect(cost(.elu) <= cost(.exp, .subtract, .multiply, .less, .select))
        #expect(cost(.leakyRelu) <= cost(.multiply, .maximum))
        #expect(cost(.divide) <= cost(.reciprocal, .multiply))
    }

    /// What is known when the program is compiled is not computed again.
    @Test func divisionsByAndOfNumbers() {
        func cost(_ position: Int, _ value: Double) -> Int {
            VectorCost.operations(of: .divide, scalars: [ScalarOperand(position: position, value: value)])
        }
        #expect(cost(1, 3) == 1)
        #expect(cost(0, 1) == VectorCost.operations(of: .reciprocal))
        #expect(cost(0, 2) == VectorCost.operations(of: .divide))
    }

    /// A whole power takes as many multiplications as square-and-multiply does on its binary digits.
    @Test func powersEqualSquareAndMultiply() {
        func cost(_ exponent: Double) -> Int {
            VectorCost.operations(of: .power, scalars: [ScalarOperand(position: 1, value: exponent)])
        }
        for exponent in 1...16 {
            var multiplications = 0
            for digit in String(exponent, radix: 2).dropFirst() { multiplications += digit == "1" ? 2 : 1 }
            #expect(cost(Double(exponent)) == multiplications)
            #expect(cost(-Double(exponent)) == multiplications + VectorCost.transcendental)
        }
        let general = VectorCost.operations(of: .power)
        for exponent: Double in [0, 17, 2.5, 1e300, -Double.infinity, Double(Int.min)] {
            #expect(cost(exponent) == general)
        }
        #expect(cost(0.5) == VectorCost.operations(of: .sqrt))
        // 2ˣ: the number is the base.
        let base = ScalarOperand(position: 0, value: 2)
        #expect(VectorCost.operations(of: .power, scalars: [base]) == general)
    }
}
