/// The parts of an ONNX model that decide its structure; numbers of large tensors stay in the file.
///
/// Source: onnx/onnx.proto3 of the ONNX project.
struct ONNXModel: Sendable {
    /// The version of the operators of each domain; the default domain's name is empty.
    var opsets: [String: Int] = [:]
    var graph = Graph()
    var hasGraph = false
    /// Operators that the model defines itself.
    var functions: [Function] = []

    struct Graph: Sendable {
        var name = ""
        var nodes: [Node] = []
        var initializers: [StoredTensor] = []
        var inputs: [ValueInfo] = []
        var outputs: [ValueInfo] = []
    }

    struct Node: Sendable {
        var name = ""
        var operatorType = ""
        var domain = ""
        /// Empty names are operands that are left out.
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]
    }

    /// A node's attribute.
    enum Attribute: Sendable {
        case int(Int)
        case float(Double)
        case string(String)
        case ints([Int])
        case floats([Double])
        case strings([String])
        case tensor(StoredTensor)
        /// Graphs, of control flow, and other kinds that no supported operator has.
        case unsupported
        /// Inside a function: the attribute, by its name, of the node that calls it.
        case reference(String)
    }

    /// An input or output of the graph.
    struct ValueInfo: Sendable {
        var name = ""
        var elementType: Int?
        /// Nil where the file does not say.
        var shape: [Extent]?
        /// Whether it is a sequence, a map or the like.
        var isTensor = true
    }

    /// An extent of an input's shape.
    enum Extent: Hashable, Sendable {
        case fixed(Int)
        case symbol(String)
        case unknown
    }

    /// An operator made of others.
    struct Function: Sendable {
        var name = ""
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        var nodes: [Node] = []
        /// Attributes with the values that they have where a call leaves them out.
        var defaults: [String: Attribute] = [:]
    }
}

/// A tensor as the file stores it.
struct StoredTensor: Sendable {
    var name = ""
    var shape: [Int] = []
    var elementType = 0
    var data = Data.none

    enum Data: Sendable {
        /// No data at all.
        case none
        /// Little-endian elements, by their place in the file.
        case raw(Range<Int>)
        /// Elements as fields of the tensor's message, by its place in the file.
        case fields(Range<Int>)
        /// In another file.
        case external(path: String, offset: Int, length: Int?)
    }
}
