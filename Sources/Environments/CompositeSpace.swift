/// Named spaces side by side, as Gymnasium's `Dict`.
public struct CompositeSpace: Space, Hashable {
    /// A space of one of the kinds that can be put together.
    public enum Component: Hashable, Sendable {
        case discrete(Discrete)
        case multiDiscrete(MultiDiscrete)
        case box(Box)
    }

    /// A value of one component.
    public enum Value: Hashable, Sendable {
        case discrete(Int)
        case multiDiscrete([Int])
        case box([Float])
    }

    /// The names, in a fixed order.
    public let names: [String]
    private let components: [String: Component]

    public init(_ components: KeyValuePairs<String, Component>) {
        names = components.map(\.key)
        precondition(Set(names).count == names.count, "The components of a composite space have distinct names.")
        self.components = Dictionary(uniqueKeysWithValues: components.map { ($0.key, $0.value) })
    }

    public subscript(name: String) -> Component? { components[name] }

    public func contains(_ value: [String: Value]) -> Bool {
        value.count == names.count
            && components.allSatisfy { name, component in
                switch (component, value[name]) {
                case (.discrete(let space), .discrete(let value)): space.contains(value)
                case (.multiDiscrete(let space), .multiDiscrete(let value)): space.contains(value)
                case (.box(let space), .box(let value)): space.contains(value)
                default: false
                }
            }
    }

    public func sample(using generator: inout some RandomNumberGenerator) -> [String: Value] {
        var values: [String: Value] = [:]
        for name in names {
            switch components[name] {
            case .discrete(let space): values[name] = .discrete(space.sample(using: &generator))
            case .multiDiscrete(let space): values[name] = .multiDiscrete(space.sample(using: &generator))
            case .box(let space): values[name] = .box(space.sample(using: &generator))
            case nil: break
            }
        }
        return values
    }
}
