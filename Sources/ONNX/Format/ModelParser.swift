internal import Diagnostics

/// Reads a model's structure out of its file.
struct ModelParser {
    private let bytes: UnsafeRawBufferPointer
    /// Nodes, names and numbers that were read: a file of two-byte nodes must not fill the memory.
    private var items = 0
    private var nameBytes = 0

    private static let mostItems = 1 << 21
    private static let mostNameBytes = 1 << 26
    private static let longestName = 4096

    /// - Throws: `DiagnosticError` (`badData`) that says what is wrong and at which byte.
    static func model(in file: MappedFile) throws -> ONNXModel {
        var parser = ModelParser(bytes: file.bytes)
        do {
            return try parser.model()
        } catch let fault as ProtobufReader.Fault {
            throw DiagnosticError(
                .badData, "expected an ONNX model, but at byte \(fault.offset): \(fault.message)",
                at: SourceLocation(file: file.path),
                remedy: "the file is cut off, damaged, or no ONNX file: export it again")
        }
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func model() throws -> ONNXModel {
        var model = ONNXModel()
        try forEachField(in: 0..<bytes.count) { parser, field in
            switch (field.number, field.content) {
            case (7, .bytes(let range)):
                model.graph = try parser.graph(range)
                model.hasGraph = true
            case (8, .bytes(let range)):
                let (domain, version) = try parser.opset(range)
                model.opsets[domain == "ai.onnx" ? "" : domain] = version
            case (25, .bytes(let range)): model.functions.append(try parser.function(range))
            default: break
            }
        }
        return model
    }

    private mutating func opset(_ range: Range<Int>) throws -> (domain: String, version: Int) {
        var domain = ""
        var version = 0
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .bytes(let range)): domain = try parser.name(range)
            case (2, .varint(let value)): version = Int(truncatingIfNeeded: value)
            default: break
            }
        }
        return (domain, version)
    }

    private mutating func graph(_ range: Range<Int>) throws -> ONNXModel.Graph {
        var graph = ONNXModel.Graph()
        try forEachField(in: range) { parser, field in
            guard case .bytes(let range) = field.content else { return }
            switch field.number {
            case 1: graph.nodes.append(try parser.node(range))
            case 2: graph.name = try parser.name(range)
            case 5: graph.initializers.append(try parser.tensor(range))
            case 11: graph.inputs.append(try parser.valueInfo(range))
            case 12: graph.outputs.append(try parser.valueInfo(range))
            case 15: graph.initializers.append(try parser.sparseTensor(range))
            default: break
            }
        }
        return graph
    }

    private mutating func node(_ range: Range<Int>) throws -> ONNXModel.Node {
        var node = ONNXModel.Node()
        try forEachField(in: range) { parser, field in
            guard case .bytes(let range) = field.content else { return }
            switch field.number {
            case 1: node.inputs.append(try parser.name(range))
            case 2: node.outputs.append(try parser.name(range))
            case 3: node.name = try parser.name(range)
            case 4: node.operatorType = try parser.name(range)
            case 5:
                let (name, attribute) = try parser.attribute(range)
                node.attributes[name] = attribute
            case 7:
                let domain = try parser.name(range)
                node.domain = domain == "ai.onnx" ? "" : domain
            default: break
            }
        }
        return node
    }

    private mutating func function(_ range: Range<Int>) throws -> ONNXModel.Function {
        var function = ONNXModel.Function()
        try forEachField(in: range) { parser, field in
            guard case .bytes(let range) = field.content else { return }
            switch field.number {
            case 1: function.name = try parser.name(range)
            case 4: function.inputs.append(try parser.name(range))
            case 5: function.outputs.append(try parser.name(range))
            case 7: function.nodes.append(try parser.node(range))
            case 10: function.domain = try parser.name(range)
            case 11:
                let (name, attribute) = try parser.attribute(range)
                function.defaults[name] = attribute
            default: break
            }
        }
        return function
    }

    private mutating func valueInfo(_ range: Range<Int>) throws -> ONNXModel.ValueInfo {
        var info = ONNXModel.ValueInfo()
        try forEachField(in: range) { parser, field in
            guard case .bytes(let range) = field.content else { return }
            switch field.number {
            case 1: info.name = try parser.name(range)
            case 2:
                try parser.forEachField(in: range) { parser, field in
                    guard field.number == 1, case .bytes(let range) = field.content else {
                        info.isTensor = info.isTensor && field.number == 6
                        return
                    }
                    try parser.tensorType(range, into: &info)
                }
            default: break
            }
        }
        return info
    }

    private mutating func tensorType(_ range: Range<Int>, into info: inout ONNXModel.ValueInfo) throws {
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .varint(let type)): info.elementType = Int(truncatingIfNeeded: type)
            case (2, .bytes(let range)):
                var shape: [ONNXModel.Extent] = []
                try parser.forEachField(in: range) { parser, field in
                    guard field.number == 1, case .bytes(let range) = field.content else { return }
                    try parser.count()
                    shape.append(try parser.extent(range))
                }
                info.shape = shape
            default: break
            }
        }
    }

    private mutating func extent(_ range: Range<Int>) throws -> ONNXModel.Extent {
        var extent = ONNXModel.Extent.unknown
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .varint(let value)): extent = .fixed(Int(truncatingIfNeeded: value))
            case (2, .bytes(let range)):
                let symbol = try parser.name(range)
                extent = symbol.isEmpty ? .unknown : .symbol(symbol)
            default: break
            }
        }
        return extent
    }
}

extension ModelParser {
    private mutating func attribute(_ range: Range<Int>) throws -> (name: String, ONNXModel.Attribute) {
        var name = ""
        var scalar: ONNXModel.Attribute?
        var (ints, floats, strings) = ([Int](), [Double](), [String]())
        var type = 0
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .bytes(let range)): name = try parser.name(range)
            case (2, .fixed32(let bits)): scalar = .float(Double(Float(bitPattern: bits)))
            case (3, .varint(let value)): scalar = .int(Int(truncatingIfNeeded: value))
            // No known attribute is long text.
            case (4, .bytes(let range)): scalar = .string(try parser.name(range.prefix(ModelParser.longestName)))
            case (5, .bytes(let range)): scalar = .tensor(try parser.tensor(range))
            case (6, _), (10, _), (11, _), (14, _), (15, _), (22, _), (23, _): scalar = .unsupported
            case (7, .fixed32(let bits)):
                try parser.count()
                floats.append(Double(Float(bitPattern: bits)))
            case (7, .bytes(let range)):
                var packed = ProtobufReader(parser.bytes, in: range)
                while !packed.isAtEnd {
                    try parser.count()
                    floats.append(Double(Float(bitPattern: try packed.fixed(UInt32.self))))
                }
            case (8, let content): try parser.appendInts(content, to: &ints)
            case (9, .bytes(let range)): strings.append(try parser.name(range))
            case (20, .varint(let value)): type = Int(truncatingIfNeeded: value)
            case (21, .bytes(let range)):
                let reference = try parser.name(range)
                if !reference.isEmpty { scalar = .reference(reference) }
            default: break
            }
        }
        if let scalar { return (name, scalar) }
        if !ints.isEmpty { return (name, .ints(ints)) }
        if !floats.isEmpty { return (name, .floats(floats)) }
        if !strings.isEmpty { return (name, .strings(strings)) }
        // Proto3 leaves out zeros, and empty lists are nothing: the type says what is meant.
        switch type {
        case 1: return (name, .float(0))
        case 2: return (name, .int(0))
        case 3: return (name, .string(""))
        case 6: return (name, .floats([]))
        case 7: return (name, .ints([]))
        case 8: return (name, .strings([]))
        default: return (name, .unsupported)
        }
    }

    /// A tensor's name, shape and type, and where its elements are.
    private mutating func tensor(_ range: Range<Int>) throws -> StoredTensor {
        var tensor = StoredTensor()
        var isExternal = false
        var external: [String: String] = [:]
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, let content): try parser.appendInts(content, to: &tensor.shape)
            case (2, .varint(let type)): tensor.elementType = Int(truncatingIfNeeded: type)
            case (4...7, _), (10...11, _):
                if case .none = tensor.data { tensor.data = .fields(range) }
            case (8, .bytes(let range)): tensor.name = try parser.name(range)
            case (9, .bytes(let range)): tensor.data = .raw(range)
            case (13, .bytes(let range)):
                let (key, value) = try parser.entry(range)
                external[key] = value
            case (14, .varint(let location)): isExternal = location == 1
            default: break
            }
        }
        if isExternal {
            tensor.data = .external(
                path: external["location"] ?? "", offset: external["offset"].flatMap { Int($0) } ?? 0,
                length: external["length"].flatMap { Int($0) })
        }
        return tensor
    }

    /// A sparse tensor, of which name, shape and type are known, and no elements.
    private mutating func sparseTensor(_ range: Range<Int>) throws -> StoredTensor {
        var tensor = StoredTensor()
        var shape: [Int] = []
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .bytes(let range)): tensor = try parser.tensor(range)
            case (3, let content): try parser.appendInts(content, to: &shape)
            default: break
            }
        }
        tensor.shape = shape
        tensor.data = .external(path: "", offset: 0, length: nil)
        return tensor
    }

    private mutating func entry(_ range: Range<Int>) throws -> (key: String, value: String) {
        var (key, value) = ("", "")
        try forEachField(in: range) { parser, field in
            switch (field.number, field.content) {
            case (1, .bytes(let range)): key = try parser.name(range)
            case (2, .bytes(let range)): value = try parser.name(range)
            default: break
            }
        }
        return (key, value)
    }

    /// Whole numbers, each a field or packed into one.
    private mutating func appendInts(_ content: ProtobufReader.Content, to ints: inout [Int]) throws {
        switch content {
        case .varint(let value):
            try count()
            ints.append(Int(truncatingIfNeeded: value))
        case .bytes(let range):
            var packed = ProtobufReader(bytes, in: range)
            while !packed.isAtEnd {
                try count()
                ints.append(Int(truncatingIfNeeded: try packed.varint()))
            }
        case .fixed32, .fixed64: break
        }
    }

    /// A name or short text; bytes that are no UTF-8 are replaced, so that a message can show them.
    private mutating func name(_ range: Range<Int>) throws -> String {
        try count()
        nameBytes += range.count
        guard range.count <= ModelParser.longestName, nameBytes <= ModelParser.mostNameBytes else {
            throw ProtobufReader.Fault(
                message:
                    "expected names of at most \(ModelParser.longestName) bytes, and of \(ModelParser.mostNameBytes)"
                    + " together, found more", offset: range.lowerBound)
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    private mutating func count() throws {
        items += 1
        guard items <= ModelParser.mostItems else {
            throw ProtobufReader.Fault(
                message: "expected at most \(ModelParser.mostItems) nodes, names and numbers, found more", offset: 0)
        }
    }

    private mutating func forEachField(
        in range: Range<Int>, _ body: (inout ModelParser, ProtobufReader.Field) throws -> Void
    ) throws {
        try count()
        var reader = ProtobufReader(bytes, in: range)
        while let field = try reader.next() { try body(&self, field) }
    }
}
