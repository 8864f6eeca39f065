import Accelerators
import Agents
import Environments
import Simulation

/// A simulator for which area and TDP are the array's size, and every design is equally good: what is good, a test says
/// itself.
struct FlatSimulator: DesignSimulating {
    func totals(of datapath: Datapath) -> HardwareTotals {
        let macs = Double(datapath.array.x * datapath.array.y)
        return HardwareTotals(areaMM2: macs, tdpWatts: macs)
    }

    func evaluate(workload name: String, on design: Design, detail: Evaluation.Detail) throws -> Evaluation {
        let totals = totals(of: design.datapath)
        return Evaluation(
            workload: name, batch: design.batch, inferencesPerSecond: 1, latencySeconds: 1, energyJoules: 1,
            utilization: 1, areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts, regions: [])
    }
}

extension SearchSpace {
    /// A space in which some parameters have choices and all others one; nothing has an L2 unless its configuration is
    /// given.
    static func open(_ choices: KeyValuePairs<ParameterName, [Int]>) -> SearchSpace {
        SearchSpace(
            replacing: SearchSpace.full.parameters.map { parameter in
                let codes = choices.first { $0.key == parameter.name }?.value
                return Parameter(parameter.name, codes: codes ?? [parameter.codes[0]])
            })
    }
}

extension ProblemEvaluator {
    /// A problem on the flat simulator.
    static func flat(
        _ space: SearchSpace, mostMACs: Double = 65_536, workloads: [String] = ["bert-base-128"]
    ) throws -> ProblemEvaluator {
        let problem = Problem(
            name: "golden", workloads: workloads.map { .init(name: $0) },
            constraints: .init(areaMM2: .value(mostMACs), tdpWatts: .value(mostMACs)), searchSpace: space)
        return try ProblemEvaluator(problem, simulator: FlatSimulator(), baseline: .smallest)
    }

    /// A problem with a bit of everything: masks that bind, sizes of L2 that come and go, words, two workloads.
    static func mixed() throws -> ProblemEvaluator {
        try flat(
            .open([
                .arrayX: [1, 4, 16, 64], .arrayY: [1, 4, 16, 64], .l2Configuration: [0, 1, 2],
                .l2InputMultiplier: [1, 2, 4], .l2OutputMultiplier: [1, 8], .batch: [1, 2, 4, 8, 16],
                .dataflow: [0, 1, 2, 3],
            ]), mostMACs: 128, workloads: ["bert-base-128", "efficientnet-b0"])
    }
}

extension Design {
    static let smallest = Design(
        datapath: Datapath(
            peGrid: Extent2D(x: 1, y: 1), array: Extent2D(x: 1, y: 1), vectorMultiplier: 1,
            l1: L1Buffers(configuration: .private, inputKiB: 1, weightKiB: 1, outputKiB: 1), globalMemoryMiB: 0,
            dram: .gddr6(channels: 1)),
        batch: 1,
        compiler: CompilerOptions(fusion: .none, padding: .none, softmax: .threePass, dataflow: .best))
}

extension Outcome {
    /// A feasible outcome of a reward.
    static func earning(_ reward: Double) -> Outcome {
        Outcome(objective: 1, reward: reward, infeasibility: nil, areaMM2: 1, tdpWatts: 1, workloads: [])
    }
}

extension PPOConfiguration {
    /// Settings with which an update takes milliseconds.
    static var small: PPOConfiguration {
        var configuration = PPOConfiguration()
        configuration.batch = 16
        configuration.epochs = 3
        configuration.minibatches = 2
        configuration.hiddenWidth = 16
        configuration.embeddingWidth = 4
        configuration.elites = 4
        return configuration
    }
}

/// Lets an agent search with rewards that a test gives; returns each batch's mean reward.
@discardableResult
func search(
    with agent: inout some Agent, batches: Int, reward: ([Int?]) -> Double
) throws -> [Double] {
    try (0..<batches).map { _ in
        let rewards = try agent.ask().map(reward)
        _ = try agent.tell(rewards.map(Outcome.earning))
        return rewards.reduce(0, +) / Double(rewards.count)
    }
}

/// A reward of decisions without structure: a hash, in 0 ..< 1.
func arbitraryReward(_ decisions: [Int?]) -> Double {
    let hash = decisions.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, choice in
        (hash ^ UInt64(choice.map { $0 + 1 } ?? 0)) &* 0x0000_0100_0000_01b3
    }
    return Double((hash ^ (hash >> 29)) % 10_007) / 10_007
}
