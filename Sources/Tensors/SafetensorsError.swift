/// What is wrong with a safetensors file, or with the tensors that it should have held.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file ends before the structure that its beginning announces.
    case truncated(expectedBytes: UInt64, foundBytes: Int)
    /// The header is not what the format prescribes.
    case badHeader(String)
    /// A tensor's entry in the header is wrong.
    case badTensor(name: String, String)
    /// A tensor that is needed is not in the file.
    case missingTensor(name: String)

    public var description: String {
        switch self {
        case .truncated(let expected, let found):
            "expected at least \(expected) bytes, found \(found): the file is cut off"
        case .badHeader(let fault): "safetensors header: \(fault)"
        case .badTensor(let name, let fault): "tensor \"\(name)\": \(fault)"
        case .missingTensor(let name): "tensor \"\(name)\": expected it in the file, found none of that name"
        }
    }
}
