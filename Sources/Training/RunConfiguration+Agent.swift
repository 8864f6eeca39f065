internal import Accelerators
internal import Economics
public import Agents
public import Configuration
public import Environments

extension RunConfiguration {
    /// The configuration of a run that applies an agent to a problem, with every file that they refer to.
    ///
    /// - Parameters:
    ///   - environment: A problem's name, or its file.
    ///   - agent: An agent's name, or the file of its recipe.
    /// - Throws: `DiagnosticError` where a file is missing or wrong.
    public init(
        environment: String, agent: String, seed: UInt64, trials: Int, threads: Int, files: InstalledFiles = .standard
    ) throws {
        try self.init(
            problem: Problem(named: environment, in: files), recipe: AgentRecipe(named: agent, in: files), seed: seed,
            trials: trials, threads: threads, files: files)
    }

    /// The configuration of a run that applies a recipe's agent to a problem, with every file that the problem refers to.
    ///
    /// - Throws: `DiagnosticError` where a file is missing or wrong.
    public init(
        problem: Problem, recipe: AgentRecipe, seed: UInt64, trials: Int, threads: Int,
        files: InstalledFiles = .standard
    ) throws {
        // Only what the objective asks for decides the trials.
        var economics: [Document] = []
        if problem.objective.needsCosts {
            let path = try Economics.path(named: problem.economics, in: files)
            economics = [Document(role: Role.economics, name: problem.economics, text: try readTextFile(path))]
        }
        self.init(
            seed: seed, trials: trials, threads: threads,
            documents: [
                Document(role: Role.problem, name: problem.name, text: problem.yamlText),
                Document(role: Role.agent, name: recipe.name, text: recipe.yamlText),
                Document(
                    role: Role.baseline, name: problem.baseline,
                    text: try Design(named: problem.baseline, in: files).yamlText),
                Document(
                    role: Role.technology, name: problem.technology,
                    text: try RunConfiguration.technologyText(problem.technology, in: files)),
            ] + economics)
    }

    /// What names the problem and the agent when the run is made again: the name of an installed file that says the same, else
    /// that of a file to save the document's text as.
    public func arguments(files: InstalledFiles = .standard) throws -> (problem: String, agent: String) {
        let (problem, agent) = (try document(Role.problem), try document(Role.agent))
        let isInstalledProblem = (try? Problem(named: problem.name, in: files)) == (try self.problem())
        // A recipe is recorded under its kind, whatever its file is called.
        let installedAgent = AgentRecipe.names(in: files).first { name in
            let recipe = try? AgentRecipe(named: name, in: files)
            return recipe.map { Document(role: agent.role, name: $0.name, text: $0.yamlText) } == agent
        }
        return (
            isInstalledProblem ? problem.name : "\(problem.name).yaml", installedAgent ?? "\(agent.name)-agent.yaml"
        )
    }

    /// The agent of the run, as it is before its first trial.
    public func makeAgent(for evaluator: ProblemEvaluator) throws -> any Agent {
        let document = try document(Role.agent)
        let recipe = try AgentRecipe(yaml: document.text, file: "configuration.yaml, agent")
        return try recipe.makeAgent(problem: evaluator, seed: seed)
    }
}
