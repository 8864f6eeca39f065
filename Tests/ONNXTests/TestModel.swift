import Foundation
import ONNX
import TestSupport
import Workloads

/// A small ONNX model, written byte by byte, so that tests depend on no other software.
struct TestModel {
    enum Attribute {
        case int(Int)
        case float(Float)
        case string(String)
        case ints([Int])
        case floats([Float])
    }

    var opset = 17
    /// The bytes of `GraphProto`.
    private(set) var graph = Message()
    var functions: [Message] = []

    init(opset: Int = 17) { self.opset = opset }

    /// An input; text extents are symbols, empty ones unknown.
    mutating func input(_ name: String, _ extents: [Any]?, type: Int = 1) {
        graph.message(11, TestModel.valueInfo(name, extents, type))
    }

    mutating func output(_ name: String) { graph.message(12, TestModel.valueInfo(name, nil, 1)) }

    /// Weights that are stored elsewhere.
    mutating func weights(_ name: String, _ shape: [Int], location: String = "weights.bin", type: Int = 1) {
        var tensor = TestModel.tensor(name, shape, type: type)
        var entry = Message()
        entry.string(1, "location")
        entry.string(2, location)
        tensor.message(13, entry)
        tensor.varint(14, 1)
        graph.message(5, tensor)
    }

    /// Whole numbers, a vector unless a shape is given.
    mutating func constant(_ name: String, _ numbers: [Int], shape: [Int]? = nil) {
        var tensor = TestModel.tensor(name, shape ?? [numbers.count], type: 7)
        tensor.bytes(9, numbers.flatMap { withUnsafeBytes(of: Int64($0).littleEndian) { Array($0) } })
        graph.message(5, tensor)
    }

    /// Numbers of one byte each.
    mutating func numbers(_ name: String, _ numbers: [UInt8], shape: [Int], type: Int) {
        var tensor = TestModel.tensor(name, shape, type: type)
        tensor.bytes(9, numbers)
        graph.message(5, tensor)
    }

    /// Numbers, packed as `float_data`.
    mutating func constant(_ name: String, floats: [Float], shape: [Int]? = nil) {
        var tensor = TestModel.tensor(name, shape ?? [floats.count], type: 1)
        tensor.bytes(4, floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
        graph.message(5, tensor)
    }

    /// An initializer as it is given.
    mutating func initializer(_ tensor: Message) { graph.message(5, tensor) }

    mutating func node(
        _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: Attribute] = [:],
        domain: String = "", name: String? = nil
    ) {
        graph.message(
            1,
            TestModel.node(
                type, inputs, outputs, attributes, domain: domain, name: name ?? "node_" + (outputs.first ?? type)))
    }

    static func node(
        _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: Attribute] = [:],
        domain: String = "", name: String = ""
    ) -> Message {
        var node = Message()
        for input in inputs { node.string(1, input) }
        for output in outputs { node.string(2, output) }
        node.string(3, name)
        node.string(4, type)
        for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
            var message = Message()
            message.string(1, name)
            switch attribute {
            case .int(let value):
                message.varint(3, value)
                message.varint(20, 2)
            case .float(let value):
                message.fixed32(2, value.bitPattern)
                message.varint(20, 1)
            case .string(let text):
                message.string(4, text)
                message.varint(20, 3)
            case .ints(let values):
                for value in values { message.varint(8, value) }
                message.varint(20, 7)
            case .floats(let values):
                for value in values { message.fixed32(7, value.bitPattern) }
                message.varint(20, 6)
            }
            node.message(5, message)
        }
        if !domain.isEmpty { node.string(7, domain) }
        return node
    }

    static func tensor(_ name: String, _ shape: [Int], type: Int) -> Message {
        var tensor = Message()
        for extent in shape { tensor.varint(1, extent) }
        tensor.varint(2, type)
        tensor.string(8, name)
        return tensor
    }

    private static func valueInfo(_ name: String, _ extents: [Any]?, _ type: Int) -> Message {
        var tensorType = Message()
        tensorType.varint(1, type)
        if let extents {
            var shape = Message()
            for extent in extents {
                var dimension = Message()
                if let size = extent as? Int { dimension.varint(1, size) }
                if let symbol = extent as? String { dimension.string(2, symbol) }
                shape.message(1, dimension)
            }
            tensorType.message(2, shape)
        }
        var outer = Message()
        outer.message(1, tensorType)
        var info = Message()
        info.string(1, name)
        info.message(2, outer)
        return info
    }

    /// The model's bytes.
    var bytes: [UInt8] {
        var model = Message()
        model.varint(1, 8)
        model.message(7, graph)
        var version = Message()
        version.varint(2, opset)
        model.message(8, version)
        for function in functions { model.message(25, function) }
        return model.content
    }

    /// The network that the model is read as.
    func network(_ options: ImportOptions = ImportOptions()) throws -> ONNXImporter.Network {
        let folder = try TemporaryFolder()
        return try ONNXImporter.network(at: try folder.write(bytes, to: "model.onnx"), options: options)
    }
}

/// The bytes of one protobuf message.
struct Message {
    private(set) var content: [UInt8] = []

    mutating func varint(_ field: Int, _ value: Int) {
        append(UInt64(field) << 3)
        append(UInt64(bitPattern: Int64(value)))
    }

    mutating func fixed32(_ field: Int, _ value: UInt32) {
        append(UInt64(field) << 3 | 5)
        content += withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    mutating func bytes(_ field: Int, _ bytes: [UInt8]) {
        append(UInt64(field) << 3 | 2)
        append(UInt64(bytes.count))
        content += bytes
    }

    mutating func string(_ field: Int, _ text: String) { bytes(field, Array(text.utf8)) }
    mutating func message(_ field: Int, _ message: Message) { bytes(field, message.content) }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            content.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        content.append(UInt8(rest))
    }
}

/// The files made by other software.
enum Fixture {
    static let folder = Repository.fixtures.appendingPathComponent("onnx")

    static func path(_ name: String) -> String { folder.appendingPathComponent(name + ".onnx").path }

    static func network(_ name: String, batch: Int? = nil) throws -> Workload {
        try ONNXImporter.network(at: path(name), options: ImportOptions(batch: batch)).workload
    }
}
