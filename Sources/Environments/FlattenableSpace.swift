/// A space whose values can be written as a row of numbers, the same number for every value: what a learner in another language
/// reads.
public protocol FlattenableSpace<Element>: Space {
    /// Numbers in a row.
    var flatCount: Int { get }

    /// Writes a value's row.
    ///
    /// - Precondition: the value lies in the space, and the row has room for exactly `flatCount` numbers.
    func flatten(_ value: Element, into row: inout MutableSpan<Float>)
}

extension FlattenableSpace {
    /// A value's row.
    public func flattened(_ value: Element) -> [Float] {
        var row = [Float](repeating: 0, count: flatCount)
        var span = row.mutableSpan
        flatten(value, into: &span)
        return row
    }
}

extension Box: FlattenableSpace {
    public var flatCount: Int { count }

    public func flatten(_ value: [Float], into row: inout MutableSpan<Float>) {
        write(value, count: count, at: 0, of: &row)
    }
}

extension CompositeSpace: FlattenableSpace {
    public var flatCount: Int { names.reduce(0) { $0 + (self[$1]?.flatCount ?? 0) } }

    /// The components' rows one after the other, in the order of `names`; whole numbers as they are.
    public func flatten(_ value: [String: Value], into row: inout MutableSpan<Float>) {
        var start = 0
        for name in names {
            guard let component = self[name], let value = value[name] else {
                preconditionFailure("A value that is flattened lies in the space; '\(name)' is missing.")
            }
            switch value {
            case .discrete(let number): row[start] = Float(number)
            case .multiDiscrete(let numbers):
                for (index, number) in numbers.enumerated() { row[start + index] = Float(number) }
            case .box(let numbers): write(numbers, count: component.flatCount, at: start, of: &row)
            }
            start += component.flatCount
        }
    }
}

extension CompositeSpace.Component {
    /// Numbers in the row of a value.
    public var flatCount: Int {
        switch self {
        case .discrete: 1
        case .multiDiscrete(let space): space.counts.count
        case .box(let space): space.count
        }
    }
}

private func write(_ numbers: [Float], count: Int, at start: Int, of row: inout MutableSpan<Float>) {
    precondition(numbers.count == count, "A value that is flattened lies in the space.")
    for index in 0..<count { row[start + index] = numbers[index] }
}
