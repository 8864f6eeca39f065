/// What is applied to every element between layers.
public enum Activation: String, Hashable, Sendable, Codable, CaseIterable {
    case identity
    case tanh
    case relu

    public func callAsFunction(_ x: Variable) -> Variable {
        switch self {
        case .identity: x
        case .tanh: x.tanh()
        case .relu: x.relu()
        }
    }
}
