/// The datapaths of a space that meet its budget, without looking at those that don't: what no completion of a partial datapath
/// meets is left out as a whole, as the masks say.
extension BudgetedSpace {
    /// The index of the first design of every datapath that meets the budget, ascending; each has `designsPerDatapath` designs.
    ///
    /// Takes time and room for what is returned, whatever the size of the space.
    ///
    /// - Parameter limit: the most datapaths to look for.
    /// - Returns: nil where there are more than `limit`.
    /// - Precondition: the space is indexable.
    public func datapathsWithinBudget(limit: Int) -> [Int]? {
        var firstIndices: [Int] = []
        var decisions: [Int?] = Array(repeating: nil, count: space.parameters.count)
        let isComplete = visit(
            from: 0, PartialDesign(cheapestOf: space), &decisions,
            { decisions in
                guard firstIndices.count < limit else { return false }
                guard let index = space.index(of: decisions) else {
                    preconditionFailure("The decisions of a space have an index.")
                }
                firstIndices.append(index)
                return true
            })
        return isComplete ? firstIndices : nil
    }

    /// Calls the body with the decisions of each datapath within the budget, those that follow it at their first choice, until it
    /// returns false.
    private func visit(
        from position: Int, _ partial: PartialDesign, _ decisions: inout [Int?], _ body: ([Int?]) -> Bool
    ) -> Bool {
        guard position < decisions.count else { return body(decisions) }
        let parameter = space.parameters[position]
        decisions[position] = nil
        guard partial.needs(parameter.name) else { return visit(from: position + 1, partial, &decisions, body) }
        guard parameter.name.isHardware else {
            decisions[position] = 0
            return visit(from: position + 1, partial, &decisions, body)
        }
        for choice in mask(of: parameter, after: partial).choices {
            var next = partial
            next.set(parameter.name, to: parameter.codes[choice])
            decisions[position] = choice
            guard visit(from: position + 1, next, &decisions, body) else { return false }
        }
        return true
    }
}
