public import Configuration
internal import Diagnostics
public import Environments

/// Which agent searches, and with which hyper-parameters: a file under `agents/`.
///
///     let recipe = try AgentRecipe(named: "ppo")
///     var agent = try recipe.makeAgent(problem: evaluator, seed: 1)
///
/// A recipe's text holds every hyper-parameter, also those that its file left out: it alone says what a run did.
public struct AgentRecipe: Sendable {
    /// The kinds of agents that there are: a new one is a file with its settings, and a line here.
    private static let kinds: [any RecipeSettings.Type] = [PPOConfiguration.self, RandomConfiguration.self]

    /// The folder of the recipes, from the project's root.
    private static let folder = "agents"

    private let settings: any RecipeSettings

    /// The names of the kinds of agents, as they stand behind `agent:`.
    public static var agentNames: [String] { kinds.map { $0.agent } }

    /// The names of the recipes that come with the software, in alphabetical order.
    public static func names(in files: InstalledFiles = .standard) -> [String] {
        files.names(in: folder)
    }

    /// Reads a recipe by its name, e.g. `ppo`, or any recipe file by its path.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` for an unknown name, with the nearest known one; else as
    ///   `init(yaml:file:)`.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        try self.init(contentsOfFile: files.file(named: name, in: AgentRecipe.folder))
    }

    /// Reads a recipe file.
    public init(contentsOfFile path: String) throws {
        try self.init(yaml: readTextFile(path), file: path)
    }

    /// Reads a recipe from a file's text; `file` is its name in complaints.
    ///
    ///     agent: ppo
    ///     batch: 64
    ///
    /// - Throws: `DiagnosticError` (`badData`) with line and field: an unknown agent or key, with the nearest right
    ///   one, or a value out of range.
    public init(yaml: String, file: String) throws {
        try self.init(ConfigurationNode(yaml: yaml, file: file))
    }

    /// Reads a recipe from a node of a larger file.
    public init(_ node: ConfigurationNode) throws {
        let agent = try node.mapping().required("agent")
        let name = try agent.string()
        guard let kind = AgentRecipe.kinds.first(where: { $0.agent == name }) else {
            throw DiagnosticError(
                .badData, "unknown agent '\(name)'", at: agent.location,
                remedy: remedyForUnknown(name, among: AgentRecipe.agentNames))
        }
        settings = try kind.init(node)
    }

    /// The kind of agent, e.g. `ppo`.
    public var name: String { type(of: settings).agent }

    /// The recipe as a file with every hyper-parameter; reading it gives the same recipe.
    public var yamlText: String { settings.yamlText }

    /// The agent as it is before its first trial.
    ///
    /// - Parameters:
    ///   - problem: what it searches.
    ///   - seed: of everything that it leaves to chance.
    public func makeAgent(problem: ProblemEvaluator, seed: UInt64) throws -> any Agent {
        try settings.makeAgent(problem: problem, seed: seed)
    }
}
