/// The coded form leaves `scalars` out where there are none, as files written before they existed do.
extension Operator: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, name, kind, inputs, parameters, output, loopNest, scalars
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(ID.self, forKey: .id), name: try container.decode(String.self, forKey: .name),
            kind: try container.decode(OperatorKind.self, forKey: .kind),
            inputs: try container.decode([Value.ID].self, forKey: .inputs),
            parameters: try container.decode([Value.ID].self, forKey: .parameters),
            output: try container.decode(Value.ID.self, forKey: .output),
            loopNest: try container.decodeIfPresent(LoopNest.self, forKey: .loopNest),
            scalars: try container.decodeIfPresent([ScalarOperand].self, forKey: .scalars) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(output, forKey: .output)
        try container.encodeIfPresent(loopNest, forKey: .loopNest)
        if !scalars.isEmpty { try container.encode(scalars, forKey: .scalars) }
    }
}
