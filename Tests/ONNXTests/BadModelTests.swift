import Diagnostics
import Foundation
import ONNX
import TestSupport
import Testing
import Workloads

/// What is wrong with a model is said in one paragraph that names the file and the node.
@Suite struct BadModelTests {
    @Test(
        arguments: [
            ("01_truncated", "byte"), ("02_empty", "empty"), ("03_png_renamed", "ONNX"),
            ("04_unknown_op_domain", "FancyFusedThing"), ("05_conv_channel_mismatch", "input channels"),
            ("06_cycle", "cycle"), ("07a_negative_dim", "-32"), ("08a_huge_dims_input", "2^53"),
            ("09_initializer_without_data", "'w'"), ("13_stride_zero", "strides"), ("16_future_opset", "9999"),
            ("18_no_static_shape", "'x'"),
        ])
    func brokenFilesAreNamed(file: String, hint: String) throws {
        let path = Fixture.path("bad/" + file)
        let error = #expect(throws: DiagnosticError.self) { try ONNXImporter.network(at: path) }
        #expect(error?.kind == .badData)
        #expect(error?.location.file == path)
        #expect(error?.description.contains(hint) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("\n") == false)
    }

    @Test func filesThatAreNoFiles() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: DiagnosticError.self) {
            try ONNXImporter.network(at: folder.url.appendingPathComponent("none.onnx").path)
        }
        #expect(missing?.kind == .missingInput)
        for path in [folder.url.path, "/dev/zero"] {
            let error = #expect(throws: DiagnosticError.self) { try ONNXImporter.network(at: path) }
            #expect(error?.kind == .badData)
        }
    }

    /// An error that a model must end with.
    private func fault(_ model: TestModel, _ options: ImportOptions = ImportOptions()) -> DiagnosticError? {
        #expect(throws: DiagnosticError.self) { try model.network(options) }
    }

    private func model(_ build: (inout TestModel) -> Void) -> TestModel {
        var model = TestModel()
        model.input("x", [1, 8])
        build(&model)
        model.output("y")
        return model
    }

    @Test func graphsThatDoNotHangTogether() {
        let dangling = fault(model { $0.node("Add", ["x", "ghost"], ["y"], name: "sum") })
        #expect(dangling?.description.contains("'ghost'") == true && dangling?.description.contains("'sum'") == true)
        let twice = fault(
            model {
                $0.node("Relu", ["x"], ["y"])
                $0.node("Tanh", ["x"], ["y"], name: "second")
            })
        #expect(twice?.description.contains("'second'") == true)
        let missing = fault(model { $0.node("Relu", ["x"], ["z"]) })
        #expect(missing?.description.contains("'y'") == true)
        var empty = TestModel()
        empty.input("x", [1, 8])
        empty.node("Relu", ["x"], ["y"])
        #expect(fault(empty)?.description.contains("output") == true)
        #expect(fault(model { $0.node("If", ["x"], ["y"], name: "choice") })?.description.contains("'choice'") == true)
    }

    @Test func openAxesAreNamedWithTheirOption() {
        var model = TestModel()
        model.input("x", ["N", "length"])
        model.node("Relu", ["x"], ["y"])
        model.output("y")
        #expect(fault(model)?.remedy?.contains("--batch") == true)
        let length = fault(model, ImportOptions(batch: 2))
        #expect(length?.remedy?.contains("--dimension 'length=SIZE'") == true)
        let misspelt = fault(model, ImportOptions(batch: 2, dimensions: ["length": 3, "lenth": 3]))
        #expect(misspelt?.kind == .usage)
        #expect(misspelt?.description.contains("length") == true)
        #expect(fault(model, ImportOptions(batch: 2, dimensions: ["length": 0]))?.kind == .badData)
        #expect(fault(model, ImportOptions(batch: -1, dimensions: ["length": 1]))?.kind == .badData)
    }

    @Test func aFixedBatchIsKept() {
        let fixed = model { $0.node("Relu", ["x"], ["y"]) }
        #expect(fault(fixed, ImportOptions(batch: 2))?.kind == .usage)
        #expect(throws: Never.self) { try fixed.network(ImportOptions(batch: 1)) }
    }

    @Test func externalDataStaysInTheModelsFolder() throws {
        for location in ["/etc/passwd", "../weights.bin", "a/../../b", "C:\\x"] {
            let error = fault(
                model {
                    $0.weights("w", [8, 8], location: location)
                    $0.node("MatMul", ["x", "w"], ["y"])
                })
            #expect(error?.description.contains("the model's folder") == true)
        }
        let good = model {
            $0.weights("w", [8, 8], location: "link/weights.bin")
            $0.node("MatMul", ["x", "w"], ["y"])
        }
        let folder = try TemporaryFolder()
        let path = try folder.write(good.bytes, to: "model.onnx")
        #expect(throws: Never.self) { try ONNXImporter.network(at: path) }
        let link = folder.url.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/")
        let error = #expect(throws: DiagnosticError.self) { try ONNXImporter.network(at: path) }
        #expect(error?.description.contains("the model's folder") == true)
    }

    /// The numbers of a shape that are in a file beside the model are read; without the file the error says what is missing.
    @Test func shapesMayBeExternal() throws {
        var tensor = TestModel.tensor("shape", [2], type: 7)
        var entry = Message()
        entry.string(1, "location")
        entry.string(2, "shape.bin")
        tensor.message(13, entry)
        tensor.varint(14, 1)
        let model = model {
            $0.initializer(tensor)
            $0.node("Reshape", ["x", "shape"], ["y"], name: "view")
        }
        let folder = try TemporaryFolder()
        let path = try folder.write(model.bytes, to: "model.onnx")
        let error = #expect(throws: DiagnosticError.self) { try ONNXImporter.network(at: path) }
        #expect(error?.description.contains("shape.bin") == true && error?.description.contains("'view'") == true)
        let numbers = [2, 4].flatMap { withUnsafeBytes(of: Int64($0).littleEndian) { Array($0) } }
        _ = try folder.write(numbers, to: "shape.bin")
        let workload = try ONNXImporter.network(at: path).workload
        #expect(workload.outputs.map { workload[$0].shape } == [[2, 4]])
    }

    /// Numbers of any size, in places where sums, products and allocations are made of them.
    @Test(arguments: [Int.max, Int.min, -1, 0, 1 << 40, 1 << 62])
    func numbersOfAnySize(_ number: Int) throws {
        func tryImport(_ shape: [Any] = [1, 8, 8, 8], _ build: (inout TestModel) -> Void) {
            var model = TestModel()
            model.input("x", shape)
            build(&model)
            model.output("y")
            // Whether it is an error depends on the number; that it ends does not.
            _ = try? model.network()
        }
        for attribute in ["strides", "dilations", "kernel_shape", "group", "pads"] {
            let values = Array(repeating: number, count: attribute == "pads" ? 4 : 2)
            tryImport {
                $0.weights("w", [8, 8, 3, 3])
                $0.node(
                    "Conv", ["x", "w"], ["y"],
                    [attribute: attribute == "group" ? .int(number) : .ints(values)])
            }
        }
        for type in ["Softmax", "Concat", "Split", "Flatten", "ReduceMean", "LayerNormalization", "Gather", "ArgMax"] {
            tryImport { $0.node(type, ["x", "x", "x"], ["y"], ["axis": .int(number), "axes": .ints([number])]) }
        }
        for type in [
            "Reshape", "Expand", "Tile", "Resize", "Pad", "Slice", "TopK", "ConstantOfShape", "Unsqueeze", "Gather",
        ] {
            for count in [1, 4, 8] {
                tryImport {
                    $0.constant("c", Array(repeating: number, count: count))
                    $0.node(type, ["x", "c", "c", "c"], ["y"])
                    $0.node(type, ["c", "c"], ["z"])
                }
            }
        }
        tryImport {
            $0.constant("a", [0], shape: [])
            $0.constant("b", [number], shape: [])
            $0.constant("c", [1], shape: [])
            $0.node("Range", ["a", "b", "c"], ["r"])
            $0.node("ConstantOfShape", ["r"], ["s"])
            $0.node("Add", ["x", "r"], ["y"])
        }
        tryImport([number, 8, number, 8]) { $0.node("Relu", ["x"], ["y"]) }
        tryImport {
            $0.weights("w", [number, number])
            $0.node("MatMul", ["x", "w"], ["y"])
        }
    }
}
