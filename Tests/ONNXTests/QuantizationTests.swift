import Accelerators
import ONNX
import Simulation
import Testing
import Workloads

/// Which tensors of a quantised graph are int8, and what conversions cost.
@Suite struct QuantizationTests {
    private static let quantised = OperandTypes(input: .int8, weight: .int8, output: .int8)

    /// A model with a scale, a zero point and an input of some shape, which is quantised if it says so.
    private func model(_ shape: [Int], type: Int = 3) -> TestModel {
        var model = TestModel()
        model.input("x", shape)
        model.constant("scale", floats: [0.1], shape: [])
        model.numbers("zero", [0], shape: [], type: type)
        return model
    }

    private func types(_ workload: Workload) -> [OperandTypes] { workload.operators.compactMap { $0.loopNest?.types } }
    private func kinds(_ workload: Workload) -> [String] { workload.operators.map(\.kind.name) }

    /// Work that stands for a conversion of the input, and for one of the output.
    private let quantisation = ["multiply", "round", "clip"]

    /// Q, DQ → Conv with bias → Relu → Q, DQ → Conv → Q, DQ, in the form that `quantises` says.
    private func twoConvolutions(quantises: Bool) throws -> Workload {
        var model = model([4, 64, 32, 32])
        let weightType = quantises ? 3 : 1
        model.weights("w1", [64, 64, 3, 3], type: weightType)
        model.weights("w2", [64, 64, 3, 3], type: weightType)
        model.weights("b", [64], type: quantises ? 6 : 1)
        model.weights("scales", [64])
        let padding: [String: TestModel.Attribute] = ["pads": .ints([1, 1, 1, 1])]
        guard quantises else {
            model.node("Conv", ["x", "w1", "b"], ["c"], padding)
            model.node("Relu", ["c"], ["r"])
            model.node("Conv", ["r", "w2"], ["y"], padding)
            model.output("y")
            return try model.network().workload
        }
        model.passed("x", as: "xd")
        model.node("DequantizeLinear", ["w1", "scales"], ["w1d"], ["axis": .int(0)])
        model.node("DequantizeLinear", ["w2", "scales"], ["w2d"], ["axis": .int(0)])
        model.node("DequantizeLinear", ["b", "scales"], ["bd"], ["axis": .int(0)])
        model.node("Conv", ["xd", "w1d", "bd"], ["c"], padding)
        model.node("Relu", ["c"], ["r"])
        model.passed("r", as: "rd")
        model.node("Conv", ["rd", "w2d"], ["d"], padding)
        model.passed("d", as: "y")
        model.output("y")
        return try model.network().workload
    }

    @Test func convolutionsBetweenConversionsAreOfInt8() throws {
        let workload = try twoConvolutions(quantises: true)
        let float = try twoConvolutions(quantises: false)
        #expect(kinds(workload) == quantisation + ["convolution", "biasAdd", "relu", "convolution", "multiply"])
        #expect(types(workload) == [Self.quantised, Self.quantised])
        #expect(workload.macs == float.macs)
        let stored = Dictionary(uniqueKeysWithValues: workload.values.map { ($0.name, $0) })
        #expect(stored["w1"]?.bytes == 64 * 64 * 9)
        #expect(stored["b"]?.numericType == .int32)
        #expect(workload[workload.operators[5].output].bytes == 4 * 64 * 32 * 32)
        #expect(workload.outputs.map { workload[$0].numericType } == [.bfloat16])
        #expect(types(float) == [.bfloat16, .bfloat16])
    }

    @Test func int8TakesLessTimeAndTraffic() throws {
        let (simulator, design) = try Fixture.tpuV3(batch: 4)
        let int8 = try simulator.evaluate(try twoConvolutions(quantises: true), on: design)
        let float = try simulator.evaluate(try twoConvolutions(quantises: false), on: design)
        func dramBytes(_ evaluation: Evaluation) -> Int { evaluation.regions.reduce(0) { $0 + $1.dramBytes } }
        #expect(int8.latencySeconds < float.latencySeconds)
        #expect(dramBytes(int8) < dramBytes(float))
        #expect(int8.energyJoules < float.energyJoules)
    }

    @Test func productsWithAWeightAndOfTwoTensorsAreOfInt8() throws {
        var model = model([8, 16])
        model.constant("w", floats: Array(repeating: 0.5, count: 16 * 16), shape: [16, 16])
        model.passed("x", as: "xd")
        model.passed("w", as: "wd")
        model.node("Transpose", ["wd"], ["wt"], ["perm": .ints([1, 0])])
        model.node("MatMul", ["xd", "wt"], ["a"])
        model.passed("a", as: "ad")
        model.node("Gemm", ["ad", "ad"], ["g"], ["transB": .int(1)])
        model.passed("g", as: "gd")
        model.node("Softmax", ["gd"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(kinds(workload) == quantisation + ["linear", "reshape", "matmul", "multiply", "softmax"])
        #expect(types(workload) == [Self.quantised, Self.quantised])
        #expect(workload.values.filter { $0.role == .parameter }.map(\.bytes) == [256])
        #expect(workload.macs == 8 * 16 * 16 + 8 * 8 * 16)
    }

    @Test func residualsAreAddedAsInt8() throws {
        var model = model([1, 8, 6, 6])
        model.weights("w", [8, 8, 1, 1], type: 3)
        model.passed("x", as: "xd")
        model.node("DequantizeLinear", ["w", "scale", "zero"], ["wd"])
        model.node("Conv", ["xd", "wd"], ["c"])
        model.passed("c", as: "cd")
        model.node("Add", ["cd", "xd"], ["s"])
        model.passed("s", as: "sd")
        model.node("MaxPool", ["sd"], ["m"], ["kernel_shape": .ints([2, 2])])
        model.node("Conv", ["m", "wd"], ["d"])
        model.node("Add", ["d", "m"], ["t"])
        model.node("QuantizeLinear", ["t", "scale", "zero"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(
            kinds(workload) == quantisation + ["convolution", "add", "maxPool", "convolution", "add"])
        #expect(types(workload) == [Self.quantised, Self.quantised])
        for node in workload.operators.dropFirst(3) {
            #expect((node.inputs + [node.output]).allSatisfy { workload[$0].numericType == .int8 }, "\(node.name)")
        }
    }

    @Test func operatorsInFloatReadWhatIsDequantised() throws {
        var model = model([2, 8])
        model.weights("w", [8, 8], type: 3)
        model.node("DequantizeLinear", ["w", "scale", "zero"], ["wd"])
        // A weight alone: the activations stay floats.
        model.node("MatMul", ["x", "wd"], ["a"])
        // Read by an operator in float as well: both forms are stored.
        model.passed("a", as: "ad")
        model.node("Tanh", ["a"], ["t"])
        model.node("MatMul", ["ad", "wd"], ["b"])
        model.node("Exp", ["ad"], ["e"])
        model.node("Mul", ["t", "e"], ["u"])
        model.node("Add", ["u", "b"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(
            types(workload) == [
                OperandTypes(input: .bfloat16, weight: .int8, output: .bfloat16),
                OperandTypes(input: .int8, weight: .int8, output: .bfloat16),
            ])
        #expect(
            kinds(workload) == ["linear"] + quantisation + ["multiply", "tanh", "linear", "exp", "multiply", "add"])
    }

    @Test func integerFormsHaveWideResults() throws {
        var model = TestModel()
        model.input("x", [2, 4, 8, 8])
        model.weights("w", [4, 4, 3, 3], type: 3)
        model.weights("v", [36, 5], type: 3)
        model.node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"])
        model.node("ConvInteger", ["q", "w", "z"], ["c"])
        model.node("Cast", ["c"], ["f"], ["to": .int(1)])
        model.node("Mul", ["f", "s"], ["m"])
        model.constant("shape", [8, 36])
        model.node("Reshape", ["m", "shape"], ["r"])
        model.node("DynamicQuantizeLinear", ["r"], ["rq", "rs", "rz"])
        model.node("MatMulInteger", ["rq", "v", "rz"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        let integer = OperandTypes(input: .int8, weight: .int8, output: .int32)
        #expect(types(workload) == [integer, integer])
        #expect(kinds(workload).filter { $0.hasPrefix("reduce") }.count == 4)
        #expect(workload.macs == 2 * 36 * 4 * 36 + 8 * 36 * 5)
    }

    @Test func quantisedFormsReadAndWriteInt8() throws {
        var model = model([1, 3, 8, 8], type: 2)
        model.weights("w", [4, 3, 3, 3], type: 3)
        model.weights("v", [36, 5], type: 3)
        model.constant("shape", [4, 36])
        let pair = ["scale", "zero"]
        model.node("QuantizeLinear", ["x"] + pair, ["q"])
        model.node("QLinearConv", ["q"] + pair + ["w"] + pair + pair, ["c"])
        model.node("QLinearAdd", ["c"] + pair + ["c"] + pair + pair, ["a"], domain: "com.microsoft")
        model.node("Reshape", ["a", "shape"], ["r"])
        model.node("QLinearMatMul", ["r"] + pair + ["v"] + pair + pair, ["m"])
        model.node("DequantizeLinear", ["m"] + pair, ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(
            kinds(workload) == quantisation + ["convolution", "add", "reshape", "linear", "multiply"])
        #expect(types(workload) == [Self.quantised, Self.quantised])
    }

    @Test(arguments: [(22, 1, NumericType.int8), (17, 1, .int8), (5, 2, .bfloat16)])
    func otherWidthsAreNamed(type: Int, bytes: Int, expected: NumericType) throws {
        var model = TestModel(opset: 21)
        model.input("x", [2, 4])
        model.weights("w", [4, 4], type: type)
        model.weights("scale", [4])
        model.node("DequantizeLinear", ["w", "scale"], ["wd"])
        model.node("MatMul", ["x", "wd"], ["y"])
        model.output("y")
        let network = try model.network()
        #expect(types(network.workload).map(\.weight) == [expected])
        #expect(network.warnings.count == 1)
        #expect(network.workload.values.first { $0.role == .parameter }?.bytes == 16 * bytes)
    }
}

extension TestModel {
    /// A tensor that is quantised and dequantised.
    fileprivate mutating func passed(_ name: String, as result: String) {
        node("QuantizeLinear", [name, "scale", "zero"], [name + "q"])
        node("DequantizeLinear", [name + "q", "scale", "zero"], [result])
    }
}
