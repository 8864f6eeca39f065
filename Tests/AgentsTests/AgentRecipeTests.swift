import Agents
import Configuration
import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing

@Suite struct AgentRecipeTests {
    /// The recipes that come with the project.
    private static let files = Repository.files

    private func complaint(about yaml: String) -> DiagnosticError? {
        #expect(throws: DiagnosticError.self) { try AgentRecipe(yaml: yaml, file: "my.yaml") }
    }

    @Test func everyAgentHasARecipeOfItsName() throws {
        #expect(AgentRecipe.agentNames == ["ppo", "random"])
        for name in AgentRecipe.agentNames {
            #expect(try AgentRecipe(named: name, in: Self.files).name == name)
        }
    }

    /// The files hold the recommended settings, every one of them with its comment.
    @Test(arguments: AgentRecipe.agentNames) func theFilesAreWhatTheCodeRecommends(name: String) throws {
        let path = try Self.files.file(named: name, in: "agents")
        let recommended = try AgentRecipe(yaml: "agent: \(name)", file: "test")
        #expect(try readTextFile(path) == recommended.yamlText)
    }

    /// The recipe for short searches is the other but for its batch.
    @Test func theShortRecipeIsOfSmallerBatches() throws {
        let short = try AgentRecipe(named: "ppo-short", in: Self.files)
        #expect(short.yamlText == (try AgentRecipe(yaml: "agent: ppo\nbatch: 16", file: "test").yamlText))
    }

    @Test func textKeepsEverySetting() throws {
        var yaml = "agent: ppo\n"
        let text = try AgentRecipe(yaml: yaml, file: "test").yamlText
        // Every number changed a little.
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("agent:") {
            let parts = line.split(separator: ":")
            let value = parts[1].trimmingCharacters(in: .whitespaces)
            yaml += "\(parts[0]): " + (Int(value).map { "\($0 + 1)" } ?? "\((Double(value) ?? 0) * 0.75)") + "\n"
        }
        let changed = try AgentRecipe(yaml: yaml, file: "test")
        #expect(changed.yamlText != text)
        #expect(try AgentRecipe(yaml: changed.yamlText, file: "test").yamlText == changed.yamlText)
        let settings = changed.yamlText.split(separator: "\n").filter { !$0.hasPrefix("#") }.sorted()
        #expect(settings == yaml.split(separator: "\n").sorted())
    }

    @Test func makesTheAgentThatItNames() throws {
        let problem = try ProblemEvaluator.mixed()
        let ppo = try AgentRecipe(yaml: "agent: ppo\nbatch: 5", file: "test").makeAgent(problem: problem, seed: 2)
        #expect(ppo is PPOAgent && ppo.batchSize == 5)
        let random = try AgentRecipe(yaml: "agent: random", file: "test").makeAgent(problem: problem, seed: 2)
        #expect(random is RandomAgent)
    }

    // MARK: Bad input

    @Test func anUnknownAgentIsNamedWithTheNearest() throws {
        let error = try #require(complaint(about: "# mine\nagent: pppo\n"))
        #expect(error.kind == .badData && error.location.line == 2 && error.location.field == "agent")
        #expect(error.message.contains("'pppo'") && error.remedy?.contains("'ppo'") == true)
    }

    @Test func anUnknownRecipeIsNamedWithTheNearest() throws {
        let error = try #require(
            #expect(throws: DiagnosticError.self) { try AgentRecipe(named: "randon", in: Self.files) })
        #expect(error.kind == .missingInput && error.remedy?.contains("'random'") == true)
    }

    @Test func anUnknownKeyIsNamedWithTheNearest() throws {
        let error = try #require(complaint(about: "agent: ppo\nbatch: 8\nlearningrate: 0.1\n"))
        #expect(error.location.line == 3 && error.remedy?.contains("'learningRate'") == true)
        #expect(error.location.file == "my.yaml")
    }

    @Test(arguments: [
        "batch: 0", "batch: 3.5", "batch: many", "batch: [3]", "learningRate: 0", "learningRate: -0.1",
        "learningRate: .nan", "learningRate: .inf", "epochs: 0", "minibatches: 0", "clipRange: 0", "clipRange: 1.5",
        "lambda: 1.01", "entropyDecayEpisodes: 0", "hiddenWidth: 0", "elites: -1", "batch:",
    ]) func aValueOutOfRangeIsPlaced(line: String) throws {
        let error = try #require(complaint(about: "agent: ppo\n" + line))
        #expect(error.kind == .badData && error.location.line == 2)
        #expect(error.location.field == String(line.prefix { $0 != ":" }))
    }

    @Test(arguments: ["", "batch: 3", "- ppo", "agent: [ppo]", "agent: ppo\nagent: ppo", "agent: {"])
    func aFileThatIsNoRecipeIsRefused(yaml: String) {
        #expect(complaint(about: yaml)?.kind == .badData)
    }
}
