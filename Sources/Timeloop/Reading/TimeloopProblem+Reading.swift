internal import Configuration
internal import Diagnostics

extension TimeloopProblem {
    /// Reads `problem: {shape: {dimensions, coefficients, data_spaces}, instance: {…}}`.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        let root = try ConfigurationNode.timeloopRoot(yaml, file: file, key: "problem", what: "problem").mapping()
        let shapeNode = try root.required("shape")
        guard shapeNode.isMapping else {
            throw shapeNode.error(
                expected: "the shape's dimensions, coefficients and data_spaces", remedy: "write the shape out here")
        }
        let shape = try shapeNode.mapping()
        let instance = try root.required("instance").mapping()

        let dimensionNodes = try shape.required("dimensions").list()
        let dimensions = try dimensionNodes.map { try $0.string() }
        guard !dimensions.isEmpty else {
            throw try shape.required("dimensions").error(expected: "at least one dimension")
        }
        for (index, name) in dimensions.enumerated() where dimensions[..<index].contains(name) {
            throw dimensionNodes[index].error(expected: "each dimension once", remedy: "remove one '\(name)'")
        }
        let sizes = 1...largestTimeloopSize
        let bounds = try dimensions.map { name -> Int in
            guard let node = instance.optional(name) else {
                throw DiagnosticError(
                    .badData, "expected the size of the dimension '\(name)', found none", at: instance.location,
                    remedy: "add '\(name): 1' or what it is")
            }
            return try node.integer(in: sizes)
        }
        let coefficients = try Self.coefficients(shape, instance)

        let spacesNode = shape.timeloop("data_spaces")
        guard let spaceNodes = try spacesNode?.list(), !spaceNodes.isEmpty else {
            throw DiagnosticError(
                .badData, "expected the key 'data_spaces' with at least one data space, found none",
                at: shape.location, remedy: "list the tensors with their projections")
        }
        let dataSpaces = try spaceNodes.map { node in
            try DataSpace(node.mapping(), dimensions: dimensions, coefficients: coefficients)
        }
        for (index, space) in dataSpaces.enumerated()
        where dataSpaces[..<index].contains(where: { $0.name == space.name }) {
            throw spaceNodes[index].error(
                expected: "a name of its own for each data space", remedy: "rename one '\(space.name)'")
        }
        self.init(dimensions: dimensions, bounds: bounds, dataSpaces: dataSpaces)
        location = shape.location
    }

    /// Each coefficient's value: the instance's, or its default.
    private static func coefficients(_ shape: ConfigurationMapping, _ instance: ConfigurationMapping) throws
        -> [String: Int]
    {
        var values: [String: Int] = [:]
        for node in try shape.optional("coefficients")?.list() ?? [] {
            let coefficient = try node.mapping()
            let name = try coefficient.required("name").string()
            guard let value = instance.optional(name) ?? coefficient.optional("default") else {
                throw DiagnosticError(
                    .badData,
                    "expected the coefficient '\(name)' to have a default or a value in 'instance', found none",
                    at: coefficient.location, remedy: "add 'default: 1'")
            }
            values[name] = try value.integer(in: 1...largestTimeloopSize)
        }
        return values
    }
}

extension TimeloopProblem.DataSpace {
    fileprivate init(_ node: ConfigurationMapping, dimensions: [String], coefficients: [String: Int]) throws {
        let projection = try node.required("projection").list().map { rank in
            let terms = try rank.list()
            guard !terms.isEmpty else {
                throw rank.error(expected: "at least one [dimension] or [dimension, coefficient]")
            }
            return try terms.map { term in
                let parts = try term.list()
                guard (1...2).contains(parts.count) else {
                    throw term.error(expected: "[dimension] or [dimension, coefficient]")
                }
                let name = try parts[0].string()
                guard let dimension = dimensions.firstIndex(of: name) else {
                    throw parts[0].error(
                        expected: "a dimension of the shape", remedy: remedyForUnknown(name, among: dimensions))
                }
                guard parts.count == 2 else { return TimeloopProblem.Term(dimension: dimension, coefficient: 1) }
                let factor = try parts[1].string()
                if let value = coefficients[factor] {
                    return TimeloopProblem.Term(dimension: dimension, coefficient: value)
                }
                guard Int(factor) != nil else {
                    throw parts[1].error(
                        expected: "a coefficient of the shape, or a number",
                        remedy: remedyForUnknown(factor, among: coefficients.keys.sorted()))
                }
                return TimeloopProblem.Term(
                    dimension: dimension, coefficient: try parts[1].integer(in: 1...largestTimeloopSize))
            }
        }
        self.init(
            name: try node.required("name").string(), projection: projection,
            isReadWrite: try node.timeloop("read_write")?.timeloopBoolean() ?? false)
    }
}
