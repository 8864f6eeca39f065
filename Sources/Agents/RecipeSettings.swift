internal import Configuration
internal import Environments

/// The hyper-parameters of one kind of agent, as its recipe holds them.
protocol RecipeSettings: Hashable, Sendable {
    /// What stands behind `agent:` in the recipe.
    static var agent: String { get }
    /// What the agent is, for the top of its recipe.
    static var summary: String { get }
    /// The hyper-parameters in the order of the file.
    static var fields: [RecipeField<Self>] { get }

    /// The settings that are recommended.
    init()

    /// The agent as it is before its first trial.
    func makeAgent(problem: ProblemEvaluator, seed: UInt64) throws -> any Agent
}

extension RecipeSettings {
    /// Reads a recipe; a hyper-parameter that it doesn't name has the recommended value.
    init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ["agent"] + Self.fields.map(\.key))
        self.init()
        for field in Self.fields {
            if let value = mapping.optional(field.key) { try field.read(value, &self) }
        }
    }

    /// The recipe as a file, every hyper-parameter with what it does.
    var yamlText: String {
        var text = Self.summary.split(separator: "\n").map { "# \($0)\n" }.joined() + "agent: \(Self.agent)\n"
        for field in Self.fields {
            text += "\n" + field.comment.split(separator: "\n").map { "# \($0)\n" }.joined()
            text += "\(field.key): \(field.text(self))\n"
        }
        return text
    }
}
