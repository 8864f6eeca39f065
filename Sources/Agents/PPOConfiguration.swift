internal import Environments

/// The hyper-parameters of `PPOAgent`; what each does stands with its field below, as in the recipe.
public struct PPOConfiguration: RecipeSettings {
    public var batch = 64
    public var learningRate = 0.001
    public var epochs = 6
    public var minibatches = 4
    public var clipRange = 0.2
    public var maximumKL = 0.05
    public var lambda = 0.95
    public var valueCoefficient = 0.5
    public var entropyStart = 0.03
    public var entropyEnd = 0.005
    public var entropyDecayEpisodes = 500.0
    public var maximumGradientNorm = 0.5
    public var elites = 16
    public var eliteCoefficient = 0.3
    public var variationShare = 0.5
    public var hiddenWidth = 128
    public var hiddenLayers = 2
    public var embeddingWidth = 32

    public init() {}

    static let agent = "ppo"
    static let summary = """
        Proximal policy optimisation: a policy that decides a design parameter by parameter, and learns from each batch.
        Nothing depends on how many trials there will be: a search that goes on is the one that would have been longer.
        """
    static let fields: [RecipeField<PPOConfiguration>] = [
        .integer("batch", \.batch, in: 1...4096, "Designs that are proposed, evaluated and learned from at a time."),
        .number("learningRate", \.learningRate, in: 1e-9...1, "Step size of the Adam optimiser; constant."),
        .integer("epochs", \.epochs, in: 1...100, "Passes over a batch in one update, at most (see maximumKL)."),
        .integer(
            "minibatches", \.minibatches, in: 1...1024, "Equal parts of a batch's steps; each makes a gradient step."),
        .number(
            "clipRange", \.clipRange, in: 0.001...0.999,
            "PPO's epsilon: a choice's probability gains nothing by changing by more than this factor in an update."),
        .number(
            "maximumKL", \.maximumKL, in: 1e-6...1e6,
            "An update ends after the epoch in which the mean KL divergence from the old policy passes this, nats."),
        .number(
            "lambda", \.lambda, in: 0...1,
            "GAE's lambda: 1 takes the episode's whole return for the advantage, 0 the change of value in one step."),
        .number("valueCoefficient", \.valueCoefficient, in: 0...1e3, "Weight of the value head's loss."),
        .number(
            "entropyStart", \.entropyStart, in: 0...1e3,
            "Weight of the bonus for entropy at the first episode: more explores for longer."),
        .number("entropyEnd", \.entropyEnd, in: 0...1e3, "The weight that it decays to, exponentially."),
        .number(
            "entropyDecayEpisodes", \.entropyDecayEpisodes, in: 1...1e12,
            "Episodes in which it comes nearer by a factor of e."),
        .number(
            "maximumGradientNorm", \.maximumGradientNorm, in: 1e-6...1e6, "Gradients are scaled down to this norm."),
        .integer("elites", \.elites, in: 0...1024, "Best designs so far that are kept and imitated."),
        .number(
            "eliteCoefficient", \.eliteCoefficient, in: 0...1e3,
            "Weight of the imitation of elites; 0 is PPO as published."),
        .number(
            "variationShare", \.variationShare, in: 0...0.9,
            "Share of each batch that are variations of elites, as an evolutionary search makes them; 0 is PPO as published."
        ),
        .integer("hiddenWidth", \.hiddenWidth, in: 1...4096, "Units of each hidden layer of the trunk."),
        .integer("hiddenLayers", \.hiddenLayers, in: 1...16, "Hidden layers of the trunk."),
        .integer("embeddingWidth", \.embeddingWidth, in: 1...1024, "Units of each layer of the workload encoder."),
    ]

    func makeAgent(problem: ProblemEvaluator, seed: UInt64) throws -> any Agent {
        PPOAgent(problem: problem, configuration: self, seed: seed)
    }
}
