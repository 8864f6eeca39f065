import Accelerators
import Environments
import Testing

@Suite struct IndexingTests {
    /// A small space's decisions, sorted by comparing them position by position.
    private static let sorted = enumerateSmallSpace().map(\.decisions).sorted { first, second in
        first.map { $0 ?? -1 }.lexicographicallyPrecedes(second.map { $0 ?? -1 })
    }

    @Test func anIndexIsTheLexicographicRank() {
        let space = SearchSpace.small
        for (rank, decisions) in Self.sorted.enumerated() {
            #expect(space.index(of: decisions) == rank)
            #expect(space.decisions(at: rank) == decisions)
        }
    }

    @Test func largeSpacesRoundTrip() throws {
        // A quarter of the full space, whose size is exact.
        let space = SearchSpace(replacing: [Parameter(.padding, codes: [1]), Parameter(.order, codes: [0])])
        #expect(space.isIndexable && !SearchSpace.full.isIndexable)
        var stream = RandomStream(seed: 5, purpose: .checking)
        var previous: (index: Int, decisions: [Int])?
        for _ in 0..<2000 {
            let decisions = space.randomDecisions(using: &stream)
            let index = try #require(space.index(of: decisions))
            #expect(space.decisions(at: index) == decisions)
            let key = decisions.map { $0 ?? -1 }
            if let previous, previous.decisions != key {
                #expect((previous.index < index) == previous.decisions.lexicographicallyPrecedes(key))
            }
            previous = (index, key)
        }
        #expect(space.decisions(at: 0).compactMap { $0 }.allSatisfy { $0 == 0 })
        let last = space.decisions(at: Int(space.size) - 1)
        #expect(zip(last, space.parameters).allSatisfy { $0 == $1.count - 1 })
    }

    @Test func foreignDecisionsHaveNoIndex() {
        var decisions = Self.sorted[7]
        decisions[0] = 9
        #expect(SearchSpace.small.index(of: decisions) == nil)
        #expect(SearchSpace.small.index(of: []) == nil)
    }

    /// Pruning by masks finds what looking at every design finds.
    @Test(arguments: [3.5, 5, 8, 1000])
    func datapathsWithinBudgetAreThoseThatMeetIt(area: Double) throws {
        let evaluator = try ProblemEvaluator.fake(
            constraints: .init(areaMM2: .value(area), tdpWatts: .value(area * 2)))
        let simulator = FakeSimulator()
        let expected = Self.sorted.indices.filter { rank in
            guard let design = try? SearchSpace.small.design(from: Self.sorted[rank]) else { return false }
            let totals = simulator.totals(of: design.datapath)
            // Batch, 1 or 16, is the only decision after the datapath.
            return rank % 2 == 0 && totals.areaMM2 <= area && totals.tdpWatts <= area * 2
        }
        #expect(!expected.isEmpty)
        #expect(SearchSpace.small.designsPerDatapath == 2)
        let space = evaluator.budgetedSpace
        #expect(space.datapathsWithinBudget(limit: 10_000) == expected)
        #expect(space.datapathsWithinBudget(limit: expected.count) == expected)
        #expect(space.datapathsWithinBudget(limit: expected.count - 1) == nil)
    }
}
