public import Configuration
internal import Diagnostics

extension SearchSpace {
    /// Reads the `searchSpace` of a problem file: for each parameter that is named a list of choices, or the one value that it
    /// is fixed to; the others keep the choices of the full space.
    ///
    ///     searchSpace:
    ///       peGridX: [4, 8, 16]
    ///       l2Configuration: disabled
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field: an unknown name, a value out of range or listed
    ///   twice, a list that is empty or has more than 64 choices.
    public init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ParameterName.allCases.map(\.rawValue))
        var replacements: [Parameter] = []
        for name in ParameterName.allCases {
            guard let value = mapping.optional(name.rawValue) else { continue }
            let elements = value.isList ? try value.list() : [value]
            guard (1...ChoiceMask.maximumCount).contains(elements.count) else {
                throw value.error(
                    expected: "from 1 to \(ChoiceMask.maximumCount) choices",
                    remedy: elements.isEmpty
                        ? "list a choice, or remove the line to search the full range" : "list fewer choices")
            }
            var codes: [Int] = []
            for element in elements {
                let code = try SearchSpace.code(of: element, for: name)
                guard !codes.contains(code) else {
                    throw element.error(expected: "every choice once", remedy: "remove the second one")
                }
                codes.append(code)
            }
            replacements.append(Parameter(name, codes: codes))
        }
        self.init(replacing: replacements)
    }

    private static func code(of node: ConfigurationNode, for name: ParameterName) throws -> Int {
        switch name.domain {
        case .numbers(let range):
            return try node.integer(in: range)
        case .words(let words):
            let word = try node.string()
            guard let code = words.firstIndex(of: word) else {
                throw node.error(
                    expected: "one of " + words.joined(separator: ", "),
                    remedy: nearestName(to: word, in: words).map { "did you mean '\($0)'?" })
            }
            return code
        }
    }

    /// The space as a problem file has it, every parameter written out, two blanks before each line.
    package var yamlText: String {
        parameters.map { parameter in
            let choices = parameter.codes.indices.map(parameter.text(ofChoice:)).joined(separator: ", ")
            return "  \(parameter.name.rawValue): [\(choices)]\n"
        }.joined()
    }
}
