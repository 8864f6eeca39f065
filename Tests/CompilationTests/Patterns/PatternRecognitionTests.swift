import Accelerators
import Compilation
import Diagnostics
import Scheduling
import Testing
import Workloads

/// What was taken apart is put together again, whatever way it was taken apart.
@Suite struct PatternRecognitionTests {
    /// Every network of the zoo, taken apart, is recognised as itself: the same operators, values and results.
    @Test(arguments: WorkloadZoo.names, [0, 1, 2] as [UInt64])
    func aNetworkTakenApartIsItselfAgain(name: String, seed: UInt64) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 2)
        for rounding in Decomposer.Rounding.allCases {
            let apart = Decomposer.decomposed(workload, seed: seed, rounding: rounding)
            #expect(throws: Never.self) { try apart.validate() }
            #expect(apart.macs == workload.macs && apart.parameters == workload.parameters)
            let recognized = try PatternRecognition().applied(to: apart)
            #expect(recognized.workload == workload)
            let gone = recognized.patterns.filter(\.kind.isReplaced).reduce(0) { $0 + $1.operators.count - 1 }
            #expect(apart.operators.count - gone == workload.operators.count)
        }
    }

    /// Every function in every way of writing it that the decomposer knows, with constants as exporters round them.
    @Test(arguments: Decomposer.Rounding.allCases)
    func everyFunctionInEveryForm(rounding: Decomposer.Rounding) throws {
        var builder = try WorkloadBuilder(name: "functions", batch: 2)
        var x = try builder.input("x", shape: [2, 6, 24])
        for function: ElementwiseFunction in [.gelu, .geluTanh, .sigmoid, .swish, .hardSwish] {
            x = try builder.linear(x, features: 24, bias: true, named: "\(function.rawValue).linear")
            x = try builder.elementwise(function, x, named: function.rawValue)
        }
        x = try builder.elementwise(
            .hardSigmoid, operands: [.value(x), .scalar(1.0 / 6), .scalar(0.5)], named: "hardSigmoid")
        x = try builder.layerNorm(x, named: "norm")
        // The input of a norm is often a sum, which must not be taken for part of it.
        x = try builder.elementwise(.add, x, x, named: "sum")
        x = try builder.layerNorm(x, shifts: false, named: "norm.scaled")
        x = try builder.layerNorm(x, scales: false, named: "norm.shifted")
        x = try builder.layerNorm(x, scales: false, shifts: false, named: "norm.bare")
        let workload = try builder.build(outputs: [try builder.softmax(x, named: "softmax")])
        for seed in 0..<500 as Range<UInt64> {
            let apart = Decomposer.decomposed(workload, seed: seed, rounding: rounding)
            let recognized = try PatternRecognition().applied(to: apart)
            try #require(recognized.workload == workload, "seed \(seed): \(recognized.workload.operators.map(\.name))")
            // Each inner operator is listed once, and nothing twice but what one rule made for the next.
            let listed = recognized.patterns.flatMap(\.operators)
            let inner = apart.operators.filter { $0.name.hasPrefix("inner") }.map(\.name)
            try #require(Set(listed).isSuperset(of: inner), "seed \(seed)")
            try #require(listed.count { $0.hasPrefix("inner") } <= inner.count + 2, "seed \(seed)")
        }
    }

    /// The networks as they stand have nothing to replace, and keep their multiply–accumulates, inputs and results.
    @Test(arguments: WorkloadZoo.names)
    func aWholeNetworkIsLeftAlone(name: String) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 4)
        let recognized = try PatternRecognition().applied(to: workload)
        #expect(recognized.workload == workload)
        #expect(recognized.patterns.allSatisfy { !$0.kind.isReplaced })
    }

    @Test func thePatternsNameWhatTheyReplace() throws {
        var builder = try WorkloadBuilder(name: "gelu", batch: 1)
        let x = try builder.input("x", shape: [1, 8])
        let y = try builder.linear(x, features: 8, named: "Gemm_0")
        let root = try builder.elementwise(.divide, y, 2.0.squareRoot(), named: "Div_1")
        let erf = try builder.elementwise(.erf, root, named: "Erf_2")
        let sum = try builder.elementwise(.add, erf, 1, named: "Add_3")
        let product = try builder.elementwise(.multiply, y, sum, named: "Mul_4")
        let result = try builder.elementwise(.multiply, product, 0.5, named: "Mul_5")
        let recognized = try PatternRecognition().applied(to: try builder.build(outputs: [result]))
        #expect(
            recognized.patterns == [
                RecognizedPattern(
                    kind: .gelu, name: "Mul_5", operators: ["Div_1", "Erf_2", "Add_3", "Mul_4", "Mul_5"])
            ])
        #expect(recognized.workload.operators.map(\.name) == ["Gemm_0", "Mul_5"])
        #expect(recognized.workload.operators.map(\.kind) == [.linear, .elementwise(.gelu)])
        #expect(recognized.workload.outputs.map { recognized.workload[$0].shape } == [[1, 8]])
    }

    /// Once in a design, the recognised network is scheduled as the whole one is; the one taken apart costs more.
    @Test(arguments: ["bert-base-128", "efficientnet-b0"])
    func theScheduleIsThatOfTheWholeNetwork(name: String) throws {
        let whole = try WorkloadZoo.workload(named: name, batch: 8)
        let apart = Decomposer.decomposed(whole, seed: 3)
        let recognized = try PatternRecognition().applied(to: apart).workload
        let compiler = Compiler(scheduler: Scheduler())
        let design = Samples.design(fusion: .regions, batch: 8)
        let (a, b, c) = (
            try compiler.compile(whole, for: design), try compiler.compile(recognized, for: design),
            try compiler.compile(
                PreparedWorkload(apart), for: design,
                passes: CompilerPasses.list(for: design.compiler, without: [PatternPass.name]))
        )
        #expect(try compiler.compile(apart, for: design).cycles == a.cycles)
        #expect(a.regions == b.regions)
        #expect(a.trafficBefore == b.trafficBefore)
        #expect(a.cycles == b.cycles)
        func vectorOperations(_ compiled: CompiledWorkload) -> Double {
            compiled.schedules.reduce(0) { $0 + $1.vectorOperations }
        }
        #expect(vectorOperations(a) == vectorOperations(b))
        func bytes(_ compiled: CompiledWorkload) -> Double {
            compiled.trafficBefore.reduce(0) { $0 + $1.dramReadBytes + $1.dramWriteBytes }
        }
        // Taken apart, nothing is cheaper, and a norm or a softmax moves and takes more.
        #expect(vectorOperations(c) > vectorOperations(a) && c.cycles > a.cycles)
        #expect(bytes(c) >= bytes(a) && (name != "bert-base-128" || bytes(c) > bytes(a)))
    }
}
