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

    /// A value each of whose whole numbers its mask allows: a component that has masks takes one for each of its numbers; nil
    /// where a mask allows none.
    public func sample(
        masks: [String: [ChoiceMask]], using generator: inout some RandomNumberGenerator
    ) -> [String: Value]? {
        var values: [String: Value] = [:]
        for name in names {
            let value: Value? =
                switch (components[name], masks[name]) {
                case (.discrete(let space), let masks?):
                    masks.first.flatMap { space.sample(mask: $0, using: &generator) }.map(Value.discrete)
                case (.multiDiscrete(let space), let masks?):
                    space.sample(masks: masks, using: &generator).map(Value.multiDiscrete)
                case (let component, _): component?.sample(using: &generator)
                }
            guard let value else { return nil }
            values[name] = value
        }
        return values
    }

    public func sample(using generator: inout some RandomNumberGenerator) -> [String: Value] {
        var values: [String: Value] = [:]
        for name in names { values[name] = components[name]?.sample(using: &generator) }
        return values
    }
}

extension CompositeSpace.Component {
    fileprivate func sample(using generator: inout some RandomNumberGenerator) -> CompositeSpace.Value {
        switch self {
        case .discrete(let space): .discrete(space.sample(using: &generator))
        case .multiDiscrete(let space): .multiDiscrete(space.sample(using: &generator))
        case .box(let space): .box(space.sample(using: &generator))
        }
    }
}
