import Diagnostics
import Foundation
import Testing
import Workloads

/// Element-wise functions, numbers among their operands, and reductions.
@Suite struct ElementwiseTests {
    private func builder(_ shape: [Int] = [2, 6, 8]) throws -> (WorkloadBuilder, Value.ID) {
        var builder = try WorkloadBuilder(name: "test", batch: shape[0])
        let input = try builder.input("x", shape: shape)
        return (builder, input)
    }

    @Test func operandsStandInOrder() throws {
        var (builder, x) = try builder()
        let vector = try builder.parameter("vector", shape: [8])
        let mask = try builder.input("mask", shape: [2, 6, 1], numericType: .int8)
        let results = [
            try builder.elementwise(.subtract, 1, x, named: "left"),
            try builder.elementwise(.subtract, x, 1, named: "right"),
            try builder.elementwise(.multiply, x, vector, named: "trained"),
            try builder.elementwise(
                .select, operands: [.value(mask), .value(x), .scalar(-.infinity)], named: "selected"),
            try builder.clip(x, to: 0...6, named: "clip"), try builder.scale(x, by: 0.125, named: "scale"),
        ]
        let workload = try builder.build(outputs: results)
        #expect(
            workload.operators.map(\.operands) == [
                [.scalar(1), .value(x)], [.value(x), .scalar(1)], [.value(x), .value(vector)],
                [.value(mask), .value(x), .scalar(-.infinity)], [.value(x), .scalar(0), .scalar(6)],
                [.value(x), .scalar(0.125)],
            ])
        #expect(workload.operators[2].parameters == [vector])
        #expect(results.allSatisfy { workload[$0].shape == [2, 6, 8] && workload[$0].numericType == .bfloat16 })
        #expect(workload.parameters == 8)
    }

    @Test func trainedOperandsBroadcastToo() throws {
        var (builder, x) = try builder([2, 1, 8])
        let table = try builder.parameter("table", shape: [6, 8])
        let sum = try builder.elementwise(.add, x, table, named: "sum")
        #expect(try builder.build(outputs: [sum])[sum].shape == [2, 6, 8])
        let long = try builder.parameter("long", shape: [6, 7])
        let error = #expect(throws: DiagnosticError.self) { try builder.elementwise(.add, x, long, named: "bad") }
        #expect(error?.message.contains("[2, 1, 8] and [6, 7]") == true)
    }

    @Test(arguments: ElementwiseFunction.allCases)
    func everyFunctionTakesItsOperands(_ function: ElementwiseFunction) throws {
        for count in 1...4 {
            var (builder, x) = try builder()
            let operands: [Operator.Operand] = [.value(x)] + (1..<count).map { .scalar(Double($0)) }
            if function.operandCounts.contains(count) {
                let y = try builder.elementwise(function, operands: operands, named: "good")
                #expect(builder.shape(of: y) == [2, 6, 8])
            } else {
                let error = #expect(throws: DiagnosticError.self) {
                    try builder.elementwise(function, operands: operands, named: "bad")
                }
                #expect(error?.location.field == "bad")
                #expect(error?.message.contains("of \(function.rawValue), found \(count)") == true)
            }
        }
    }

    @Test func whatIsNoOperandIsRefused() throws {
        var (builder, x) = try builder()
        let vector = try builder.parameter("vector", shape: [8])
        #expect(throws: DiagnosticError.self) { try builder.elementwise(.add, x, .nan, named: "nan") }
        let error = #expect(throws: DiagnosticError.self) {
            try builder.elementwise(.add, vector, 1, named: "constant")
        }
        #expect(error?.message.contains("computed") == true && error?.remedy != nil)
    }

    struct Reduction: Sendable, CustomTestStringConvertible {
        var axes: [Int]
        var keepsAxes = true
        /// Nil where it is refused.
        var shape: [Int]?
        var testDescription: String { "\(axes) \(keepsAxes)" }
    }

    @Test(arguments: [
        Reduction(axes: [3], shape: [2, 6, 8, 1]), Reduction(axes: [-1], shape: [2, 6, 8, 1]),
        Reduction(axes: [2, 3], shape: [2, 6, 1, 1]), Reduction(axes: [3, -2], keepsAxes: false, shape: [2, 6]),
        Reduction(axes: [1], keepsAxes: false, shape: [2, 8, 10]), Reduction(axes: [1, 2, 3], shape: [2, 1, 1, 1]),
        Reduction(axes: [1, 2, 3], keepsAxes: false, shape: [2]), Reduction(axes: []), Reduction(axes: [4]),
        Reduction(axes: [-5]), Reduction(axes: [0]), Reduction(axes: [-4, 1]), Reduction(axes: [1, 1]),
        Reduction(axes: [3, -1]),
    ])
    func reductionShapes(_ reduction: Reduction) throws {
        var (builder, x) = try builder([2, 6, 8, 10])
        guard let shape = reduction.shape else {
            let error = #expect(throws: DiagnosticError.self) {
                try builder.reduce(.mean, x, axes: reduction.axes, named: "bad")
            }
            #expect(error?.location.field == "bad" && error?.message.contains("[2, 6, 8, 10]") == true)
            return
        }
        let y = try builder.reduce(
            .mean, x, axes: reduction.axes, keepsAxes: reduction.keepsAxes, named: "mean")
        let workload = try builder.build(outputs: [y])
        #expect(workload[y].shape == shape)
        #expect(workload.operators[0].kind.name == "reduce.mean")
        #expect(WorkloadFeatures(of: workload, scope: .allOperators).operators.count == 1)
    }

    @Test func damagedOperandsAreFound() throws {
        var (builder, x) = try builder()
        let y = try builder.elementwise(.add, x, 1, named: "add")
        let z = try builder.reduce(.sum, y, axes: [2], named: "sum")
        let sound = try builder.build(outputs: [z])
        let damages: [(String, (inout Workload) -> Void)] = [
            ("add", { $0.operators[0].scalars = [] }),
            ("add", { $0.operators[0].scalars[0].position = 2 }),
            ("add", { $0.operators[0].scalars[0].value = .nan }),
            ("add", { $0.operators[0].scalars.append(ScalarOperand(position: 0, value: 1)) }),
            ("sum", { $0.operators[1].scalars = [ScalarOperand(position: 1, value: 1)] }),
            ("sum", { $0.operators[1].kind = .reduce(.sum, axes: [1]) }),
            ("sum", { $0.operators[1].kind = .reduce(.sum, axes: [3]) }),
            ("sum", { $0.operators[1].kind = .reduce(.sum, axes: [2, 2]) }),
            ("sum", { $0.operators[1].kind = .reduce(.sum, axes: []) }),
        ]
        for (field, damage) in damages {
            var workload = sound
            damage(&workload)
            let error = #expect(throws: DiagnosticError.self) { try workload.validate() }
            #expect(error?.kind == .badData && error?.location.field == field, "\(error?.description ?? "")")
        }
    }

    @Test func codedFormsKeepNumbersAndReadOldFiles() throws {
        var (builder, x) = try builder()
        let bounds: [Operator.Operand] = [.value(x), .scalar(0), .scalar(.infinity)]
        let y = try builder.elementwise(.clip, operands: bounds, named: "clip")
        let z = try builder.elementwise(.maximum, y, -.infinity, named: "maximum")
        let mean = try builder.reduce(.mean, z, axes: [1, 2], named: "mean")
        let workload = try builder.build(outputs: [mean])
        let data = try JSONEncoder().encode(workload)
        #expect(try JSONDecoder().decode(Workload.self, from: data) == workload)

        // As written before numbers could be operands.
        let old = """
            {"id": {"index": 0}, "name": "add", "kind": {"elementwise": {"_0": "add"}},
             "inputs": [{"index": 0}, {"index": 1}], "parameters": [], "output": {"index": 2}}
            """
        let node = try JSONDecoder().decode(Operator.self, from: Data(old.utf8))
        #expect(node.kind == .elementwise(.add) && node.scalars.isEmpty && node.loopNest == nil)
        let coded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(node)) as? NSDictionary
        #expect(coded == (try JSONSerialization.jsonObject(with: Data(old.utf8)) as? NSDictionary))
    }
}
