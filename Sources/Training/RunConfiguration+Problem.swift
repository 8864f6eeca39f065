internal import Accelerators
public import Configuration
internal import Diagnostics
public import Economics
public import Environments
internal import Simulation

extension RunConfiguration {
    /// What the documents of a run are for.
    enum Role {
        static let problem = "problem"
        static let agent = "agent"
        static let baseline = "baseline"
        static let technology = "technology"
        static let economics = "economics"
    }

    /// What the run folder is called when nothing else is said, e.g. `efficientnet-b7-ppo-1`.
    public var defaultName: String {
        (documents.filter { $0.role == Role.problem || $0.role == Role.agent }.map(\.name) + ["\(seed)"])
            .joined(separator: "-")
    }

    /// The problem of the run.
    public func problem() throws -> Problem {
        try Problem(yaml: try document(Role.problem).text, file: "configuration.yaml, problem")
    }

    /// What evaluates designs for the run.
    ///
    /// - Throws: `DiagnosticError`, `configuration`, where the technology is not what it was when the run began.
    public func makeEvaluator(files: InstalledFiles = .standard) throws -> ProblemEvaluator {
        let problem = try problem()
        let recorded = try document(Role.technology)
        let present = Document(
            role: Role.technology, name: recorded.name,
            text: try RunConfiguration.technologyText(problem.technology, in: files))
        guard recorded == present else {
            throw DiagnosticError(
                .configuration, "the technology '\(recorded.name)' was changed since the run began",
                at: SourceLocation(field: "technology"),
                remedy: "put it back as configuration.yaml has it, or start another run with `fast train`")
        }
        let technology = try Technology(named: problem.technology, in: files)
        let simulator = Simulator(hardware: HardwareModel(technology: technology))
        let baseline = try Design(yaml: try document(Role.baseline).text, file: "configuration.yaml, baseline")
        return try ProblemEvaluator(
            problem, simulator: ZooSimulator(simulator, dimensions: problem.dimensions), baseline: baseline,
            costs: try costModel(for: problem, node: technology.name))
    }

    /// The costs that the run was started with; nil where its objective doesn't ask for any.
    public func costModel(for problem: Problem, node: String) throws -> CostModel? {
        guard problem.objective.needsCosts else { return nil }
        return try Economics(yaml: try document(Role.economics).text, file: "configuration.yaml, economics")
            .costModel(node: node)
    }

    /// A technology's file, and after it the one that its constants come from.
    package static func technologyText(_ name: String, in files: InstalledFiles) throws -> String {
        try Technology.paths(named: name, in: files).map { try readTextFile($0) }.joined(separator: "\n---\n")
    }
}
