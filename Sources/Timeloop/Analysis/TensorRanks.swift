/// A tensor's ranks, gathered into groups that share no dimension: what happens in one group says nothing about another.
struct TensorRanks {
    struct Rank {
        var terms: [(dimension: Int, coefficient: Double)]

        /// The extent that extents of the dimensions span: Σ coefficient · (extent − 1) + 1.
        func span(_ extent: (Int) -> Double) -> Double {
            var span = 1.0
            for (dimension, coefficient) in terms { span += coefficient * (extent(dimension) - 1) }
            return span
        }
    }

    struct Group {
        var ranks: [Rank]
        var dimensions: [Int]
    }

    /// A term of a rank.
    struct Term {
        var dimension: Int
        var coefficient: Double
        var endsRank: Bool
        /// The group of the rank.
        var group: Int
    }

    let groups: [Group]
    /// The terms of all ranks in one row.
    let terms: [Term]
    /// Whether a dimension is in the projection.
    let isRelevant: [Bool]

    init(_ space: TimeloopProblem.DataSpace, dimensionCount: Int) {
        var groups: [Group] = []
        var isRelevant = [Bool](repeating: false, count: dimensionCount)
        for terms in space.projection {
            let rank = Rank(terms: terms.map { ($0.dimension, Double($0.coefficient)) })
            var merged = Group(ranks: [rank], dimensions: [])
            for term in terms {
                isRelevant[term.dimension] = true
                if !merged.dimensions.contains(term.dimension) { merged.dimensions.append(term.dimension) }
            }
            let isShared = { (group: Group) in group.dimensions.contains { merged.dimensions.contains($0) } }
            for group in groups where isShared(group) {
                merged.ranks += group.ranks
                merged.dimensions += group.dimensions.filter { !merged.dimensions.contains($0) }
            }
            groups = groups.filter { group in !group.dimensions.contains { merged.dimensions.contains($0) } } + [merged]
        }
        terms = space.projection.flatMap { [groups] terms in
            terms.enumerated().map { position, term in
                Term(
                    dimension: term.dimension, coefficient: Double(term.coefficient),
                    endsRank: position == terms.count - 1,
                    group: groups.firstIndex { $0.dimensions.contains(term.dimension) } ?? 0)
            }
        }
        self.groups = groups
        self.isRelevant = isRelevant
    }

    /// Words of a tile.
    func words(_ extent: (Int) -> Double) -> Double {
        groups.reduce(1) { words, group in group.ranks.reduce(words) { $0 * $1.span(extent) } }
    }
}
