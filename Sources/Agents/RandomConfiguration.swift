internal import Environments

/// The hyper-parameters of the random agent.
public struct RandomConfiguration: RecipeSettings {
    /// How many designs are proposed at a time.
    public var batch = 64

    public init() {}

    static let agent = "random"
    static let summary = """
        Random search: every design that meets the budgets may come up, whatever was found before.
        """
    static let fields: [RecipeField<RandomConfiguration>] = [
        .integer("batch", \.batch, in: 1...4096, "Designs proposed at a time; it has no influence on which ones.")
    ]

    func makeAgent(problem: ProblemEvaluator, seed: UInt64) -> any Agent {
        RandomAgent(problem: problem, configuration: self, seed: seed)
    }
}
