/// A number that an element-wise function takes as one of its operands: the 2 of x², the bounds of a clip.
///
/// It tells x · 0.5 from x · 0.7, which pattern recognition needs; it costs no memory traffic.
public struct ScalarOperand: Hashable, Sendable {
    /// Which operand it is, counted from 0; the operator's inputs, then its parameters, are the others in order.
    public var position: Int
    /// The number: finite or infinite, never NaN.
    public var value: Double

    public init(position: Int, value: Double) {
        self.position = position
        self.value = value
    }
}

extension ScalarOperand: Codable {
    private enum CodingKeys: String, CodingKey { case position, value }

    /// Infinities, which a mask or an open clip has and JSON has not, are written as words.
    private enum Infinity: String, Codable {
        case positive = "infinity"
        case negative = "-infinity"
        var value: Double { self == .positive ? .infinity : -.infinity }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        position = try container.decode(Int.self, forKey: .position)
        if let infinity = try? container.decode(Infinity.self, forKey: .value) {
            value = infinity.value
        } else {
            value = try container.decode(Double.self, forKey: .value)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(position, forKey: .position)
        if value.isInfinite {
            try container.encode(value > 0 ? Infinity.positive : .negative, forKey: .value)
        } else {
            try container.encode(value, forKey: .value)
        }
    }
}

extension Operator {
    /// One operand of an operator.
    public enum Operand: Hashable, Sendable {
        case value(Value.ID)
        case scalar(Double)
    }

    /// The operands in order: numbers at their positions, and inputs, then parameters, at the others.
    ///
    /// A trained operand therefore stands behind the computed ones, also where the network has it in front.
    public var operands: [Operand] {
        var tensors = (inputs + parameters).makeIterator()
        return (0..<(inputs.count + parameters.count + scalars.count)).compactMap { position in
            if let scalar = scalars.first(where: { $0.position == position }) { return .scalar(scalar.value) }
            return tensors.next().map { .value($0) }
        }
    }
}
