import Testing
import Workloads

/// Tensors stored in other types.
@Suite struct NumericTypeTests {
    @Test(arguments: ["efficientnet-b0", "bert-base-128"], [NumericType.float16, .float32, .int8])
    func onlyFloatsChange(name: String, type: NumericType) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 2)
        let other = workload.storing(floatsAs: type)
        try other.validate()
        for (before, after) in zip(workload.values, other.values) {
            let isIndex = before.numericType == .int32
            #expect(after.numericType == (isIndex ? .int32 : type))
            #expect(after.bytes == before.elements * (isIndex ? 4 : type.bytes))
        }
        for node in other.operators {
            guard let nest = node.loopNest else { continue }
            #expect(nest.types == OperandTypes(input: type, weight: type, output: type))
        }
        #expect(other.storing(floatsAs: .bfloat16) == workload || type == .int8)
    }

    @Test func anArrayTakesWideOperandsInPasses() {
        func passes(_ input: NumericType, _ weight: NumericType) -> Int {
            OperandTypes(input: input, weight: weight, output: .float32).arrayPasses
        }
        #expect(passes(.bfloat16, .bfloat16) == 1 && passes(.float16, .float16) == 1 && passes(.int8, .int8) == 1)
        #expect(passes(.float32, .bfloat16) == 3 && passes(.int8, .float32) == 3 && passes(.float32, .float32) == 6)
    }
}
