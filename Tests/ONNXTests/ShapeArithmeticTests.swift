import ONNX
import Testing
import Workloads

/// Shapes that a graph computes, constants that are folded, and what becomes of the rest of the graph.
@Suite struct ShapeArithmeticTests {
    /// view(x.size(0), x.size(1) · 2, -1), as the TorchScript exporter leaves it in the graph.
    @Test func aComputedShapeIsFollowed() throws {
        var model = TestModel()
        model.input("x", [4, 6, 10])
        model.node("Shape", ["x"], ["shape"])
        model.constant("zero", [0], shape: [])
        model.constant("one", [1], shape: [])
        model.constant("two", [2], shape: [])
        model.constant("axes", [0])
        model.constant("rest", [-1])
        model.node("Gather", ["shape", "zero"], ["batch"])
        model.node("Gather", ["shape", "one"], ["rows"])
        model.node("Mul", ["rows", "two"], ["doubled"])
        model.node("Unsqueeze", ["batch", "axes"], ["batch1"])
        model.node("Unsqueeze", ["doubled", "axes"], ["doubled1"])
        model.node("Concat", ["batch1", "doubled1", "rest"], ["target"], ["axis": .int(0)])
        model.node("Reshape", ["x", "target"], ["y"])
        model.node("Relu", ["y"], ["z"])
        model.output("z")
        let workload = try model.network().workload
        #expect(workload.operators.map(\.kind.name) == ["reshape", "relu"])
        #expect(workload.outputs.map { workload[$0].shape } == [[4, 12, 5]])
    }

    /// Range, Cast, Floor, Div, Equal, Where, ReduceProd and Expand of small constants.
    @Test func arithmeticOfShapes() throws {
        var model = TestModel()
        model.input("x", [2, 3, 8])
        model.node("Shape", ["x"], ["shape"])
        model.node("Cast", ["shape"], ["real"], ["to": .int(1)])
        model.constant("divisor", floats: [3], shape: [])
        model.node("Div", ["real", "divisor"], ["quotient"])
        model.node("Floor", ["quotient"], ["floor"])
        model.node("Cast", ["floor"], ["whole"], ["to": .int(7)])
        model.constant("zero", [0], shape: [])
        model.constant("ones", [1], shape: [])
        model.node("Equal", ["whole", "zero"], ["isZero"])
        // [0, 1, 2] → [1, 1, 2]
        model.node("Where", ["isZero", "ones", "whole"], ["parts"])
        model.node("ReduceProd", ["parts"], ["product"], ["keepdims": .int(0)])
        model.node("Range", ["zero", "product", "ones"], ["places"])
        model.node("Gather", ["x", "places"], ["y"], ["axis": .int(2)])
        model.output("y")
        let workload = try model.network().workload
        #expect(workload.outputs.map { workload[$0].shape } == [[2, 3, 2]])
    }

    @Test func nodesThatNoOutputNeedsAreDropped() throws {
        var model = TestModel()
        model.input("x", [1, 8])
        model.weights("w", [8, 4])
        model.node("MatMul", ["x", "w"], ["y"])
        model.node("Sigmoid", ["x"], ["unused"])
        model.node("NoSuchOperator", ["unused"], ["alsoUnused"])
        model.output("y")
        let workload = try model.network().workload
        #expect(workload.operators.map(\.kind.name) == ["linear"])
        #expect(workload.parameters == 32)
    }

    @Test func constantsAreFoldedIntoParameters() throws {
        var model = TestModel()
        model.input("ids", [2, 6], type: 7)
        model.weights("table", [100, 16])
        model.constant("positions", [0, 1, 2, 3, 4, 5], shape: [1, 6])
        model.weights("positionTable", [32, 16])
        model.node("Gather", ["table", "ids"], ["words"])
        model.node("Gather", ["positionTable", "positions"], ["rows"])
        model.node("Add", ["words", "rows"], ["sum"])
        // The table again, as the weight of the last product.
        model.node("Transpose", ["table"], ["turned"], ["perm": .ints([1, 0])])
        model.node("MatMul", ["sum", "turned"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(workload.operators.map(\.kind.name) == ["embedding", "add", "linear"])
        #expect(workload.parameters == 100 * 16 + 6 * 16)
        #expect(workload[workload.inputs[0]].numericType == .int32)
    }

    /// GELU as exporters write it: numbers are numbers, so that the compiler recognises it.
    @Test func numbersAreOperands() throws {
        var model = TestModel()
        model.input("x", [1, 8])
        for (name, value) in [("root", Float(2).squareRoot()), ("one", 1), ("half", 0.5)] {
            model.constant(name, floats: [value], shape: [])
        }
        model.node("Div", ["x", "root"], ["a"])
        model.node("Erf", ["a"], ["b"])
        model.node("Add", ["b", "one"], ["c"])
        model.node("Mul", ["x", "c"], ["d"])
        model.node("Mul", ["d", "half"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(workload.operators.map { $0.scalars.map(\.position) } == [[1], [], [1], [], [1]])
        #expect(workload.parameters == 0)
    }

    /// Zeros round an image are the convolution's padding, through the transposes that Keras puts between.
    @Test func paddingIsDrawnIntoTheConvolution() throws {
        var model = TestModel()
        model.input("x", [1, 8, 8, 3])
        model.weights("w", [4, 3, 3, 3])
        model.constant("pads", [0, 1, 1, 0, 0, 0, 0, 0])
        model.node("Pad", ["x", "pads"], ["padded"])
        model.node("Transpose", ["padded"], ["image"], ["perm": .ints([0, 3, 1, 2])])
        model.node("Conv", ["image", "w"], ["y"])
        model.output("y")
        let workload = try model.network().workload
        #expect(workload.operators.map(\.kind.name) == ["reshape", "convolution"])
        let nest = try #require(workload.operators.last?.loopNest)
        #expect([nest.inputHeight, nest.inputWidth, nest.paddingTop, nest.paddingLeft] == [8, 8, 1, 1])
        #expect([nest.outputHeight, nest.outputWidth] == [7, 7])
    }

    @Test func functionsOfTheModelArePutInPlace() throws {
        var function = Message()
        function.string(1, "Scaled")
        function.string(10, "local")
        for (field, name) in [(4, "a"), (4, "weight"), (5, "result")] { function.string(field, name) }
        function.message(7, TestModel.node("MatMul", ["a", "weight"], ["product"], name: "product"))
        function.message(7, TestModel.node("Relu", ["product"], ["result"], name: "relu"))
        var model = TestModel()
        model.functions = [function]
        model.input("x", [1, 8])
        model.weights("w", [8, 8])
        model.node("Scaled", ["x", "w"], ["y"], domain: "local", name: "first")
        model.node("Scaled", ["y", "w"], ["z"], domain: "local", name: "second")
        model.output("z")
        let workload = try model.network().workload
        #expect(workload.operators.map(\.name) == ["first/product", "first/relu", "second/product", "second/relu"])
        #expect(workload.parameters == 64)
        #expect(workload.macs == 128)
    }

    @Test func symbolicAxesAreSet() throws {
        var model = TestModel()
        model.input("x", ["N", "length", 8])
        model.input("mask", ["N", ""])
        model.node("ReduceSum", ["x"], ["sums"], ["axes": .ints([2]), "keepdims": .int(0)], name: "sum")
        model.node("Mul", ["sums", "mask"], ["y"])
        model.output("y")
        model.opset = 12
        let options = ImportOptions(batch: 4, dimensions: ["length": 10, "mask[1]": 10])
        let workload = try model.network(options).workload
        #expect(workload.batch == 4)
        #expect(workload.outputs.map { workload[$0].shape } == [[4, 10]])
    }

    @Test func unknownOperatorsMayCountAsElementwiseWork() throws {
        var model = TestModel()
        model.input("x", [1, 8])
        model.input("y", [4, 1])
        model.node("Mystery", ["x", "y"], ["z"], domain: "com.nobody")
        model.output("z")
        let network = try model.network(ImportOptions(unknownOperators: .elementwise))
        #expect(network.workload.outputs.map { network.workload[$0].shape } == [[4, 8]])
        #expect(network.warnings.count == 1)
        #expect(network.warnings.first?.contains("Mystery") == true)
    }
}
