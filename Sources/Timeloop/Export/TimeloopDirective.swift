/// One entry of Timeloop's `mapping: […]`.
public struct TimeloopDirective: Hashable, Sendable, Codable {
    /// The storage level.
    public var target: String
    /// `datatype`, `spatial` or `temporal`.
    public var type: String
    /// Data spaces that the level holds and passes by; of `datatype` only.
    public var keep: [String]?
    public var bypass: [String]?
    /// A factor a dimension, `P=4` or with a residual `P=4,3`; of loops only.
    public var factors: String?
    /// Dimensions, innermost first.
    public var permutation: String?
    /// How many of the permutation's first dimensions lie along x; of `spatial` only.
    public var split: Int?

    /// The entry of a YAML list.
    var yaml: String {
        func list(_ names: [String]) -> String { "[\(names.joined(separator: ", "))]" }
        let fields: [(key: String, value: String?)] = [
            ("type", type), ("keep", keep.map(list)), ("bypass", bypass.map(list)), ("factors", factors),
            ("permutation", permutation), ("split", split.map(String.init)),
        ]
        return "- target: \(target)\n"
            + fields.map { key, value in value.map { "  \(key): \($0)\n" } ?? "" }.joined()
    }
}

extension TimeloopMapping {
    /// The mapping as Timeloop's directives: what each level keeps, then its loops, from the inside out.
    ///
    /// - Precondition: no dimension has two spatial loops, or two temporal ones, at one level: Timeloop has one factor for each.
    public func directives(on architecture: TimeloopArchitecture, of problem: TimeloopProblem) -> [TimeloopDirective] {
        let names = architecture.levels.map(\.name)
        var directives = zip(names, levels).map { name, level in
            let spaces = zip(problem.dataSpaces.map(\.name), level.keeps)
            return TimeloopDirective(
                target: name, type: "datatype", keep: spaces.filter(\.1).map(\.0),
                bypass: spaces.filter { !$0.1 }.map(\.0))
        }
        for (index, level) in levels.enumerated() {
            let spatial = level.spatialX + level.spatialY
            if architecture.fanout(of: index).instances > 1 {
                directives.append(
                    Self.directive(spatial, problem, at: names[index], "spatial", split: level.spatialX.count))
            }
            directives.append(Self.directive(level.temporal, problem, at: names[index], "temporal"))
        }
        return directives
    }

    /// The mapping's file, as timeloop-model and `TimeloopMapping(yaml:…)` read it; see `directives(on:of:)`.
    public func yaml(on architecture: TimeloopArchitecture, of problem: TimeloopProblem) -> String {
        "mapping:\n" + directives(on: architecture, of: problem).map(\.yaml).joined()
    }

    private static func directive(
        _ loops: [Loop], _ problem: TimeloopProblem, at target: String, _ type: String, split: Int? = nil
    ) -> TimeloopDirective {
        precondition(
            Set(loops.map(\.dimension)).count == loops.count, "A dimension has one \(type) loop a level at most.")
        let factors = problem.dimensions.indices.map { dimension in
            guard let loop = loops.first(where: { $0.dimension == dimension }) else {
                return "\(problem.dimensions[dimension])=1"
            }
            return "\(problem.dimensions[dimension])=\(loop.factor)"
                + (loop.residual == loop.factor ? "" : ",\(loop.residual)")
        }
        let inner = loops.map(\.dimension)
        let order = (inner + problem.dimensions.indices.filter { !inner.contains($0) }).map { problem.dimensions[$0] }
        return TimeloopDirective(
            target: target, type: type, factors: factors.joined(separator: " "),
            permutation: order.joined(separator: order.allSatisfy { $0.count == 1 } ? "" : " "), split: split)
    }
}
