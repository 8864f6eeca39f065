import Accelerators
import Diagnostics
import Environments
import Testing

@Suite struct DesignEpisodeTests {
    private static let simulator = FakeSimulator()

    /// Budgets from one that few designs meet to one that all do; area is scarce in some, power in others.
    static let budgets = [
        Budget(areaMM2: 4.2, tdpWatts: 7.2), Budget(areaMM2: 4.0, tdpWatts: 100), Budget(areaMM2: 100, tdpWatts: 7),
        Budget(areaMM2: 6, tdpWatts: 9), Budget(areaMM2: 8, tdpWatts: 14), Budget(areaMM2: 1000, tdpWatts: 1000),
    ]

    /// The mask of every reachable state equals what an enumeration of all designs says: a choice is allowed if and only if some
    /// design within the budget has it after these decisions.
    @Test(arguments: budgets)
    func masksAreExact(budget: Budget) throws {
        let feasible = enumerateSmallSpace().filter { entry in
            let totals = Self.simulator.totals(of: entry.design.datapath)
            return totals.areaMM2 <= budget.areaMM2 && totals.tdpWatts <= budget.tdpWatts
        }
        try #require(!feasible.isEmpty)
        var prefixes: Set<[Int?]> = []
        for entry in feasible {
            for length in 1...entry.decisions.count { prefixes.insert(Array(entry.decisions.prefix(length))) }
        }
        let budgetedSpace = try BudgetedSpace(space: .small, budget: budget, simulator: Self.simulator)
        var complete: Set<[Int?]> = []
        func explore(_ episode: DesignEpisode) throws {
            guard let position = episode.position, let parameter = episode.parameter, let mask = episode.mask else {
                complete.insert(episode.decisions)
                return
            }
            let prefix = Array(episode.decisions.prefix(position))
            #expect(mask.choices == (0..<parameter.count).filter { prefixes.contains(prefix + [$0]) })
            for choice in 0..<parameter.count {
                var next = episode
                guard mask.contains(choice) else {
                    let error = try #require(throws: EnvironmentError.self) { try next.apply(choice) }
                    #expect(
                        error
                            == .choiceDenied(
                                parameter: parameter.name, choice: choice, count: parameter.count, mask: mask))
                    #expect(next.decisions == episode.decisions && next.position == episode.position)
                    continue
                }
                try next.apply(choice)
                try explore(next)
            }
        }
        try explore(DesignEpisode(in: budgetedSpace))
        #expect(complete == Set(feasible.map(\.decisions)))
    }

    @Test(arguments: budgets)
    func marginalMasksHoldEveryFeasibleChoiceAndNoOther(budget: Budget) throws {
        let feasible = enumerateSmallSpace().filter {
            Self.simulator.totals(of: $0.design.datapath).meets(budget)
        }
        let masks = try BudgetedSpace(space: .small, budget: budget, simulator: Self.simulator).marginalMasks
        for index in SearchSpace.small.parameters.indices {
            #expect(Set(masks[index].choices) == Set(feasible.compactMap { $0.decisions[index] }))
        }
    }

    @Test func lowerBoundsNeverExceedACompletion() throws {
        let budgetedSpace = try BudgetedSpace(
            space: .small, budget: Budget(areaMM2: 1000, tdpWatts: 1000), simulator: Self.simulator)
        for index in 0..<200 {
            var stream = RandomStream(seed: 5, episode: index, purpose: .checking)
            var episode = DesignEpisode(in: budgetedSpace)
            var bounds: [HardwareTotals] = []
            while let choice = episode.mask?.randomChoice(using: &stream) {
                bounds.append(episode.lowerBound)
                try episode.apply(choice)
            }
            let design = try #require(episode.design)
            let totals = Self.simulator.totals(of: design.datapath)
            #expect(episode.lowerBound == totals)
            for bound in bounds { #expect(bound.areaMM2 <= totals.areaMM2 && bound.tdpWatts <= totals.tdpWatts) }
        }
    }

    @Test func aDisabledL2SkipsItsSizes() throws {
        let budgetedSpace = try BudgetedSpace(
            space: .full, budget: Budget(areaMM2: 1e6, tdpWatts: 1e6), simulator: Self.simulator)
        for (configuration, follower) in [(0, ParameterName.globalMemoryMiB), (1, .l2InputMultiplier)] {
            var episode = DesignEpisode(in: budgetedSpace)
            while episode.parameter?.name != .l2Configuration { try episode.apply(0) }
            try episode.apply(configuration)
            #expect(episode.parameter?.name == follower)
            var stream = RandomStream(seed: 1, purpose: .checking)
            episode.completeRandomly(using: &stream)
            #expect(episode.isComplete && episode.mask == nil)
            #expect((episode.decisions[10] == nil) == (configuration == 0))
            let design = try #require(episode.design)
            #expect(SearchSpace.full.decisions(of: design) == episode.decisions)
        }
    }

    @Test func nothingCanBeDecidedAfterTheEnd() throws {
        let budgetedSpace = try BudgetedSpace(
            space: .small, budget: Budget(areaMM2: 1000, tdpWatts: 1000), simulator: Self.simulator)
        var episode = DesignEpisode(in: budgetedSpace)
        #expect(episode.design == nil)
        var stream = RandomStream(seed: 1, purpose: .checking)
        episode.completeRandomly(using: &stream)
        #expect(throws: EnvironmentError.episodeOver) { try episode.apply(0) }
    }

    @Test(arguments: [-1, 2, 64, Int.max, Int.min])
    func choicesThatDoNotExistAreRefused(choice: Int) throws {
        let budgetedSpace = try BudgetedSpace(
            space: .small, budget: Budget(areaMM2: 1000, tdpWatts: 1000), simulator: Self.simulator)
        var episode = DesignEpisode(in: budgetedSpace)
        #expect(throws: EnvironmentError.self) { try episode.apply(choice) }
        #expect(episode.position == 0)
    }

    @Test func aSpaceBeyondTheBudgetIsRefused() throws {
        let error = try #require(throws: DiagnosticError.self) {
            try BudgetedSpace(
                space: .small, budget: Budget(areaMM2: 3, tdpWatts: 5.5), simulator: Self.simulator)
        }
        #expect(error.kind == .configuration)
        // The smallest design with private L1: 0.16 + 0.08 + 0.4 + 2.8 mm² and 0.32 + 0.12 + 0.4 + 5.6 W.
        #expect(error.message.contains("the cheapest needs 3.44 mm² and 6.44 W; the budget is 3.0 mm² and 5.5 W"))
    }

    /// Each of the two configurations breaks one budget: the bounds of area and of TDP alone would let the space pass.
    @Test func noConfigurationAloneMeetsBothBudgets() {
        let fixed = SearchSpace.small.parameters.map { Parameter($0.name, codes: [$0.codes[0]]) }
        let space = SearchSpace(replacing: fixed + [Parameter(.l1Configuration, codes: [0, 1])])
        // Private: 3.44 mm², 6.44 W; shared: 3.32 mm², 6.6 W.
        #expect(throws: DiagnosticError.self) {
            try BudgetedSpace(
                space: space, budget: Budget(areaMM2: 3.4, tdpWatts: 6.5), simulator: Self.simulator)
        }
        #expect(throws: Never.self) {
            try BudgetedSpace(
                space: space, budget: Budget(areaMM2: 3.4, tdpWatts: 6.7), simulator: Self.simulator)
        }
    }
}
