internal import Configuration
internal import Diagnostics

extension TimeloopMapping {
    /// Reads `mapping: [{target, type, …}, …]` for a problem on an architecture.
    ///
    /// As with Timeloop, what is not said is the default: factors of 1, every tensor kept, spatial loops along x; a later directive for
    /// the same target and type replaces an earlier one.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String, architecture: TimeloopArchitecture, problem: TimeloopProblem) throws {
        let root = try ConfigurationNode.timeloopRoot(yaml, file: file, key: "mapping", what: "mapping")
        let keeps = [Bool](repeating: true, count: problem.dataSpaces.count)
        var levels = architecture.levels.map { _ in Level(keeps: keeps) }
        for index in levels.indices {
            levels[index].temporalLocation = root.location
            levels[index].spatialLocation = root.location
            levels[index].keepLocation = root.location
        }
        for node in try root.list() {
            let directive = try node.mapping(keys: Self.keys)
            let target = try Self.target(directive, architecture)
            let type = try directive.required("type")
            switch try type.string() {
            case "temporal":
                try Self.refuse(
                    ["no_temporal_reuse", "rmw_on_first_writeback"], in: directive)
                let factors = try TimeloopFactors(directive, problem: problem)
                levels[target].temporal = factors.ordered(factors.permutation)
                levels[target].temporalLocation = (directive.optional("factors") ?? node).location
            case "spatial":
                try Self.refuse(["no_multicast_no_reduction"], in: directive)
                guard architecture.fanout(of: target).instances > 1 else {
                    throw node.error(
                        expected: "a level with several instances of the next level in under it; "
                            + "'\(architecture.levels[target].name)' has one",
                        remedy: "remove the spatial directive")
                }
                let factors = try TimeloopFactors(directive, problem: problem)
                let split = try directive.optional("split")?.integer(in: 0...problem.dimensions.count)
                let alongX = split ?? problem.dimensions.count
                levels[target].spatialX = factors.ordered(factors.permutation.prefix(alongX))
                levels[target].spatialY = factors.ordered(factors.permutation.dropFirst(alongX))
                levels[target].spatialLocation = (directive.optional("factors") ?? node).location
            case "datatype", "bypass":
                try Self.refuse(["passthrough"], in: directive)
                for (key, value) in [("keep", true), ("bypass", false)] {
                    for space in try Self.dataSpaces(directive.optional(key), problem) {
                        levels[target].keeps[space] = value
                    }
                }
                levels[target].keepLocation = node.location
            default:
                throw type.error(
                    expected: "one of temporal, spatial, datatype, bypass",
                    remedy: "directives of other types are not supported")
            }
        }
        self.init(levels: levels, location: root.location)
    }

    /// What a directive may say. Neighbours don't forward to one another here, so there are no link transfers to forbid.
    private static let keys = [
        "target", "type", "factors", "permutation", "split", "keep", "bypass", "no_link_transfer",
        "no_multicast_no_reduction", "no_temporal_reuse", "rmw_on_first_writeback", "passthrough",
    ]

    /// Keys that would change the counts, and that only Timeloop knows.
    private static func refuse(_ keys: [String], in directive: ConfigurationMapping) throws {
        for key in keys {
            if let node = directive.timeloop(key), try !node.isList || !node.list().isEmpty {
                throw DiagnosticError(
                    .badData, "'\(key)' is not supported", at: node.location, remedy: "remove it")
            }
        }
    }

    /// A storage level by name, or by number from the inside out.
    private static func target(_ directive: ConfigurationMapping, _ architecture: TimeloopArchitecture) throws -> Int {
        let node = try directive.required("target")
        let names = architecture.levels.map(\.name)
        let name = try node.string()
        if let index = names.firstIndex(of: name) { return index }
        if let number = Int(name), names.indices.contains(number) { return number }
        throw node.error(
            expected: "a storage level of the architecture", remedy: remedyForUnknown(name, among: names))
    }

    private static func dataSpaces(_ node: ConfigurationNode?, _ problem: TimeloopProblem) throws -> [Int] {
        guard let node else { return [] }
        let names = problem.dataSpaces.map(\.name)
        return try node.list().map { element in
            let name = try element.string()
            guard let index = names.firstIndex(of: name) else {
                throw element.error(
                    expected: "a data space of the problem", remedy: remedyForUnknown(name, among: names))
            }
            return index
        }
    }
}
