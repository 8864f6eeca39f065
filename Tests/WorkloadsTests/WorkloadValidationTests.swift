import Diagnostics
import Testing
import Workloads

/// Each rule of `validate()` is broken in turn, in a workload that kept them all.
@Suite struct WorkloadValidationTests {
    /// conv → norm → add(norm, x), of 4 values at work and 3 parameters.
    private func sound() throws -> Workload {
        var builder = try WorkloadBuilder(name: "sound", batch: 2)
        let x = try builder.input("x", shape: [2, 4, 6, 6])
        let y = try builder.convolution(x, channels: 4, window: Window(3, padding: .same), named: "conv")
        let z = try builder.batchNorm(y, named: "norm")
        return try builder.build(outputs: [try builder.elementwise(.add, z, x, named: "add")])
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        var name: String
        var field: String
        var apply: @Sendable (inout Workload) -> Void
        var testDescription: String { name }
    }

    static let damages: [Damage] = [
        Damage(name: "batch", field: "batch") { $0.batch = 0 },
        Damage(name: "other batch", field: "x") { $0.batch = 3 },
        Damage(name: "value id", field: "conv") { $0.values[2].id = Value.ID(0) },
        Damage(name: "operator id", field: "norm") { $0.operators[1].id = Operator.ID(0) },
        Damage(name: "zero extent", field: "x") { $0.values[0].shape[2] = 0 },
        Damage(name: "order", field: "norm") {
            $0.operators.swapAt(0, 1)
            $0.operators[0].id = Operator.ID(0)
            $0.operators[1].id = Operator.ID(1)
        },
        Damage(name: "written twice", field: "add") { $0.operators[2].output = $0.operators[1].output },
        Damage(name: "written by none", field: "add") { $0.operators.removeLast() },
        Damage(name: "input of another role", field: "conv.weight") { $0.inputs = [Value.ID(1)] },
        Damage(name: "unknown value", field: "norm") { $0.operators[1].inputs = [Value.ID(99)] },
        Damage(name: "unknown result", field: "sound") { $0.outputs = [Value.ID(-1)] },
        Damage(name: "parameter among inputs", field: "norm") { $0.operators[1].inputs = [Value.ID(1)] },
        Damage(name: "activation among parameters", field: "norm") { $0.operators[1].parameters = [Value.ID(0)] },
        Damage(name: "no loop nest", field: "conv") { $0.operators[0].loopNest = nil },
        Damage(name: "loop nest too many", field: "norm") { $0.operators[1].loopNest = $0.operators[0].loopNest },
        Damage(name: "loop nest of other channels", field: "conv") { $0.operators[0].loopNest?.inputChannels = 5 },
        Damage(name: "loop nest of other input", field: "conv") { $0.operators[0].loopNest?.inputHeight = 8 },
        Damage(name: "loop nest that overflows", field: "conv") { $0.operators[0].loopNest?.groups = Int.max },
        Damage(name: "loop nest with stride 0", field: "conv") { $0.operators[0].loopNest?.strideWidth = 0 },
        Damage(name: "norm of another shape", field: "norm") {
            $0.values[$0.operators[1].output.index].shape = [2, 1]
        },
        Damage(name: "weight that overflows", field: "conv") { $0.values[1].shape = [Int.max, 2] },
        Damage(name: "value that overflows", field: "huge") {
            let id = Value.ID($0.values.count)
            $0.values.append(Value(id: id, name: "huge", shape: [Int.max, 2], role: .parameter))
        },
        Damage(name: "values that overflow together", field: "huge") {
            for _ in 0..<2 {
                let id = Value.ID($0.values.count)
                let half = Workload.largestCount / 2
                $0.values.append(Value(id: id, name: "huge", shape: [half], role: .parameter))
            }
        },
        Damage(name: "no operators", field: "operators") { $0.operators = [] },
    ]

    @Test func aSoundWorkloadPasses() throws {
        #expect(throws: Never.self) { try sound().validate() }
    }

    @Test(arguments: damages)
    func damageIsFoundAndNamed(_ damage: Damage) throws {
        var workload = try sound()
        damage.apply(&workload)
        let error = #expect(throws: DiagnosticError.self) { try workload.validate() }
        #expect(error?.kind == .badData)
        #expect(error?.location.field == damage.field, "\(error?.description ?? "")")
    }

    @Test func producersAndConsumersEqualASearch() throws {
        let workload = try WorkloadZoo.workload(named: "efficientnet-b0", batch: 2)
        let (producers, consumers) = (workload.producers(), workload.consumers())
        for value in workload.values {
            #expect(producers[value.id.index] == workload.operators.first { $0.output == value.id }?.id)
            let readers = workload.operators.filter { ($0.inputs + $0.parameters).contains(value.id) }.map(\.id)
            #expect(consumers[value.id.index] == readers)
        }
    }
}
