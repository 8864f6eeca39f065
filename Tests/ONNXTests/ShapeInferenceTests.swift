import ONNX
import Testing
import Workloads

/// The shapes and kinds that operators come to, worked out by hand from ONNX's specification.
@Suite struct ShapeInferenceTests {
    /// One node on inputs x0, x1, …, constants c0, c1, … and weights w0, w1, …
    struct Case: CustomTestStringConvertible, Sendable {
        var type: String
        var operands: [String]
        var inputs: [[Int]]
        var constants: [[Int]] = []
        var floats: [[Float]] = []
        var weights: [[Int]] = []
        var attributes: [String: TestModel.Attribute] = [:]
        var shapes: [[Int]]
        var kinds: [String]
        var opset = 17

        var testDescription: String { "\(type) \(inputs) \(constants) \(weights) → \(shapes)" }

        init(
            _ type: String, _ operands: String, _ inputs: [[Int]], constants: [[Int]] = [], floats: [[Float]] = [],
            weights: [[Int]] = [], _ attributes: [String: TestModel.Attribute] = [:], to shapes: [[Int]],
            _ kinds: String, opset: Int = 17
        ) {
            self.type = type
            self.operands = operands.split(separator: " ").map { $0 == "-" ? "" : String($0) }
            self.inputs = inputs
            self.constants = constants
            self.floats = floats
            self.weights = weights
            self.attributes = attributes
            self.shapes = shapes
            self.kinds = kinds.split(separator: " ").map(String.init)
            self.opset = opset
        }

        var model: TestModel {
            var model = TestModel(opset: opset)
            for (index, shape) in inputs.enumerated() { model.input("x\(index)", shape) }
            for (index, numbers) in constants.enumerated() { model.constant("c\(index)", numbers) }
            for (index, numbers) in floats.enumerated() { model.constant("f\(index)", floats: numbers) }
            for (index, shape) in weights.enumerated() { model.weights("w\(index)", shape) }
            let results = shapes.indices.map { "y\($0)" }
            model.node(type, operands, results, attributes)
            for result in results { model.output(result) }
            return model
        }

        func network() throws -> ONNXImporter.Network { try model.network() }
    }

    static let cases: [Case] = [
        // Convolutions
        Case("Conv", "x0 w0", [[2, 3, 9, 11]], weights: [[8, 3, 3, 3]], to: [[2, 8, 7, 9]], "convolution"),
        Case(
            "Conv", "x0 w0 w1", [[2, 4, 9, 11]], weights: [[8, 2, 3, 5], [8]],
            ["group": .int(2), "strides": .ints([2, 3]), "pads": .ints([1, 0, 2, 4]), "dilations": .ints([1, 2])],
            to: [[2, 8, 5, 3]], "convolution biasAdd"),
        Case(
            "Conv", "x0 w0", [[1, 3, 10, 10]], weights: [[8, 3, 3, 3]],
            ["auto_pad": .string("SAME_UPPER"), "strides": .ints([3, 3])], to: [[1, 8, 4, 4]], "convolution"),
        Case(
            "Conv", "x0 w0", [[4, 16, 50]], weights: [[16, 1, 3]], ["group": .int(16), "pads": .ints([1, 1])],
            to: [[4, 16, 50]], "reshape convolution reshape"),
        Case(
            "ConvTranspose", "x0 w0", [[1, 8, 5, 6]], weights: [[8, 4, 4, 4]],
            ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])], to: [[1, 4, 10, 12]], "convolution reshape"),
        Case(
            "ConvTranspose", "x0 w0", [[1, 8, 5, 6]], weights: [[8, 4, 3, 3]],
            ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1]), "output_padding": .ints([1, 1])],
            to: [[1, 4, 10, 12]], "convolution reshape averagePool"),
        // Products
        Case("MatMul", "x0 w0", [[2, 5, 7]], weights: [[7, 3]], to: [[2, 5, 3]], "linear"),
        Case("MatMul", "w0 x0", [[7, 3]], weights: [[5, 7]], to: [[5, 3]], "linear"),
        Case("MatMul", "x0 x1", [[2, 4, 5, 7], [2, 4, 7, 3]], to: [[2, 4, 5, 3]], "matmul"),
        Case("MatMul", "x0 x1", [[2, 4, 5, 7], [7, 3]], to: [[2, 4, 5, 3]], "matmul"),
        Case("MatMul", "x0 x1", [[5, 7], [2, 4, 7, 3]], to: [[2, 4, 5, 3]], "matmul"),
        Case("MatMul", "x0 x1", [[2, 1, 5, 7], [1, 4, 7, 3]], to: [[2, 4, 5, 3]], "copy matmul"),
        Case("MatMul", "x0 x1", [[7], [7, 3]], to: [[3]], "matmul"),
        Case(
            "Gemm", "x0 w0 w1", [[6, 7]], weights: [[3, 7], [3]], ["transB": .int(1)], to: [[6, 3]], "linear biasAdd"),
        Case(
            "Gemm", "x0 w0 w1", [[7, 6]], weights: [[7, 3], [6, 3]], ["transA": .int(1), "alpha": .float(0.5)],
            to: [[6, 3]], "reshape linear multiply add"),
        Case(
            "Einsum", "x0 x1", [[2, 5, 4, 7], [2, 6, 4, 7]], ["equation": .string("bqhd,bkhd->bhqk")],
            to: [[2, 4, 5, 6]], "matmul"),
        Case(
            "Einsum", "x0 w0", [[2, 5, 7]], weights: [[7, 4, 3]], ["equation": .string("...d,dhk->...hk")],
            to: [[2, 5, 4, 3]], "linear"),
        // Pools
        Case(
            "MaxPool", "x0", [[1, 3, 8, 8]], ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2])],
            to: [[1, 3, 3, 3]], "maxPool"),
        Case(
            "MaxPool", "x0", [[1, 3, 8, 8]],
            ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "ceil_mode": .int(1)], to: [[1, 3, 4, 4]],
            "maxPool"),
        Case(
            "AveragePool", "x0", [[1, 3, 9]], ["kernel_shape": .ints([3])], to: [[1, 3, 7]],
            "reshape averagePool reshape"),
        Case("GlobalAveragePool", "x0", [[2, 3, 4, 5]], to: [[2, 3, 1, 1]], "globalAveragePool"),
        // Normalisations
        Case(
            "LayerNormalization", "x0 w0 w1", [[2, 3, 4, 5]], weights: [[4, 5], [4, 5]], ["axis": .int(2)],
            to: [[2, 3, 4, 5]], "reshape layerNorm reshape"),
        Case(
            "GroupNormalization", "x0 w0 w1", [[2, 8, 4, 5]], weights: [[8], [8]], ["num_groups": .int(4)],
            to: [[2, 8, 4, 5]], "reshape layerNorm reshape batchNorm", opset: 21),
        Case("Softmax", "x0", [[2, 3, 4]], ["axis": .int(1)], to: [[2, 3, 4]], "reshape softmax reshape"),
        Case("Softmax", "x0", [[2, 3, 4]], to: [[2, 3, 4]], "reshape softmax reshape", opset: 11),
        // Views
        Case("Reshape", "x0 c0", [[2, 3, 4]], constants: [[0, -1]], to: [[2, 12]], "reshape"),
        Case("Transpose", "x0", [[2, 3, 4]], ["perm": .ints([2, 0, 1])], to: [[4, 2, 3]], "reshape"),
        Case("Flatten", "x0", [[2, 3, 4]], ["axis": .int(-1)], to: [[6, 4]], "reshape"),
        Case("Squeeze", "x0", [[2, 1, 4, 1]], to: [[2, 4]], "reshape"),
        Case("Unsqueeze", "x0 c0", [[2, 3]], constants: [[0, -1]], to: [[1, 2, 3, 1]], "reshape"),
        Case("DepthToSpace", "x0", [[1, 8, 2, 3]], ["blocksize": .int(2)], to: [[1, 2, 4, 6]], "reshape"),
        // Parts
        Case(
            "Slice", "x0 c0 c1 c2 c3", [[2, 10, 6]], constants: [[-1, 1], [Int.min, Int.max], [1, 2], [-3, 2]],
            to: [[2, 4, 3]], "slice slice"),
        Case(
            "Split", "x0 c0", [[2, 9]], constants: [[4, 5]], ["axis": .int(1)], to: [[2, 4], [2, 5]], "slice slice"),
        Case(
            "Split", "x0", [[2, 10]], ["axis": .int(1), "num_outputs": .int(3)], to: [[2, 4], [2, 4], [2, 2]],
            "slice slice slice", opset: 18),
        Case(
            "Concat", "x0 x1 w0", [[2, 3], [2, 4]], weights: [[2, 5]], ["axis": .int(-1)], to: [[2, 12]], "concat"),
        // Movement
        Case("Gather", "w0 x0", [[2, 7]], weights: [[100, 16]], to: [[2, 7, 16]], "embedding"),
        Case("Gather", "x0 c0", [[2, 7, 16]], constants: [[1, 5, 2]], ["axis": .int(1)], to: [[2, 3, 16]], "copy"),
        Case("Gather", "x0 c0", [[2, 7, 16]], constants: [[2, 3, 4]], ["axis": .int(1)], to: [[2, 3, 16]], "slice"),
        Case(
            "Pad", "x0 c0", [[2, 3, 5]], constants: [[0, 1, 2, 0, 0, -1]], to: [[2, 4, 6]], "copy"),
        Case("Expand", "x0 c0", [[2, 1, 5]], constants: [[4, 1, 3, 1]], to: [[4, 2, 3, 5]], "copy"),
        Case("Tile", "x0 c0", [[2, 3]], constants: [[1, 2]], to: [[2, 6]], "copy"),
        Case(
            "Resize", "x0 - f0", [[1, 3, 4, 5]], floats: [[1, 1, 2, 2]], ["mode": .string("nearest")],
            to: [[1, 3, 8, 10]], "upsample"),
        Case(
            "Resize", "x0 - - c0", [[1, 3, 4, 5]], constants: [[1, 3, 7, 9]], ["mode": .string("linear")],
            to: [[1, 3, 7, 9]], "averagePool"),
        // Reductions
        Case("ReduceMean", "x0", [[2, 3, 4]], ["axes": .ints([-1])], to: [[2, 3, 1]], "reduce.mean"),
        Case(
            "ReduceSum", "x0 c0", [[2, 3, 4]], constants: [[1, 2]], ["keepdims": .int(0)], to: [[2]], "reduce.sum"),
        Case("ReduceMax", "x0", [[2, 3, 4]], ["keepdims": .int(0)], to: [[1]], "reduce.maximum reshape"),
        Case("ArgMax", "x0", [[2, 3, 4]], ["axis": .int(1), "keepdims": .int(0)], to: [[2, 4]], "reduce.maximum"),
        Case("TopK", "x0 c0", [[2, 30]], constants: [[5]], to: [[2, 5]], "maximum copy"),
        // Element-wise
        Case("Add", "x0 x1", [[2, 1, 4], [3, 1]], to: [[2, 3, 4]], "add"),
        Case("Clip", "x0 f0 f1", [[2, 3]], floats: [[0], [6]], to: [[2, 3]], "clip reshape"),
        Case("PRelu", "x0 w0", [[2, 3, 4, 4]], weights: [[3, 1, 1]], to: [[2, 3, 4, 4]], "leakyRelu"),
        Case("Where", "x0 x1 f0", [[2, 3], [2, 1]], floats: [[0]], to: [[2, 3]], "select"),
        Case("Max", "x0 x1 x2", [[2, 3], [2, 1], [1]], to: [[2, 3]], "maximum maximum"),
        // Attention with four query heads on two key heads.
        Case(
            "Attention", "x0 x1 x2", [[2, 4, 5, 8], [2, 2, 6, 8], [2, 2, 6, 8]], to: [[2, 4, 5, 8]],
            "reshape reshape matmul reshape multiply softmax reshape matmul reshape", opset: 23),
    ]

    @Test(arguments: cases)
    func shapesAndKinds(_ example: Case) throws {
        let workload = try example.network().workload
        let distinct = example.shapes.map { $0.isEmpty ? [1] : $0 }
        #expect(workload.outputs.map { workload[$0].shape } == distinct)
        let kinds = workload.operators.map(\.kind.name)
        #expect(kinds == example.kinds || kinds == example.kinds.filter { $0 != "reshape" })
    }

    /// Multiply–accumulates of transposed convolutions: each pixel of the input with all taps.
    @Test func transposedConvolutionsCountEachPixelOnce() throws {
        for example in Self.cases where example.type == "ConvTranspose" {
            let weight = example.weights[0].reduce(1, *)
            let pixels = example.inputs[0][0] * example.inputs[0][2] * example.inputs[0][3]
            #expect(try example.network().workload.macs == weight * pixels)
        }
    }

    /// Each element of a product is a sum of 7 terms in all of the cases, however they are broadcast.
    @Test func productsCountEachPair() throws {
        for example in Self.cases where ["MatMul", "Einsum"].contains(example.type) {
            #expect(try example.network().workload.macs == 7 * example.shapes[0].reduce(1, *))
        }
    }
}
