public import Accelerators

/// A design being decided, one parameter after the other.
///
///     var episode = DesignEpisode(in: budgetedSpace)
///     while let mask = episode.mask, let choice = mask.randomChoice(using: &stream) {
///         try episode.apply(choice)
///     }
///     episode.design
///
/// Parameters that don't apply (the sizes of a disabled L2) are skipped. A copy is a snapshot.
public struct DesignEpisode: Sendable {
    public let budgetedSpace: BudgetedSpace
    /// The choices made so far, for each parameter of the space; nil where a parameter is undecided or doesn't apply.
    public private(set) var decisions: [Int?]
    /// The position of the parameter that is decided next; nil when all are.
    public private(set) var position: Int?
    private(set) var partial: PartialDesign

    public init(in budgetedSpace: BudgetedSpace) {
        self.budgetedSpace = budgetedSpace
        decisions = Array(repeating: nil, count: budgetedSpace.space.parameters.count)
        position = 0
        partial = PartialDesign(cheapestOf: budgetedSpace.space)
    }

    /// The complete episode of a row of decisions, whether or not it meets the budget.
    ///
    /// - Throws: `DiagnosticError` where the decisions aren't of the space.
    init(in budgetedSpace: BudgetedSpace, completedBy decisions: [Int?]) throws {
        self.init(in: budgetedSpace)
        _ = try budgetedSpace.space.design(from: decisions)
        for (parameter, decision) in zip(budgetedSpace.space.parameters, decisions) {
            if let decision { partial.set(parameter.name, to: parameter.codes[decision]) }
        }
        self.decisions = decisions
        position = nil
    }

    /// The parameter that is decided next; nil when all are.
    public var parameter: Parameter? {
        position.map { budgetedSpace.space.parameters[$0] }
    }

    public var isComplete: Bool { position == nil }

    /// The choices of the next parameter that can still lead to a design within the budget: never empty; nil when the design is
    /// complete.
    ///
    /// Takes from one to six evaluations of area and TDP a choice, and allocates nothing.
    public var mask: ChoiceMask? {
        parameter.map { budgetedSpace.mask(of: $0, after: partial) }
    }

    /// Whether a parameter is decided, or known not to apply.
    public func isSettled(_ index: Int) -> Bool {
        position.map { index < $0 } ?? true
    }

    /// Decides the next parameter.
    ///
    /// - Throws: `EnvironmentError`: `episodeOver` where nothing is left to decide, `choiceDenied` with the mask where the mask
    ///   doesn't allow the choice; the episode stays as it was.
    public mutating func apply(_ choice: Int) throws(EnvironmentError) {
        guard let position else { throw .episodeOver }
        let parameter = budgetedSpace.space.parameters[position]
        var next = partial
        if parameter.codes.indices.contains(choice) { next.set(parameter.name, to: parameter.codes[choice]) }
        guard parameter.codes.indices.contains(choice), !parameter.name.isHardware || budgetedSpace.admits(next) else {
            throw .choiceDenied(
                parameter: parameter.name, choice: choice, count: parameter.count,
                mask: budgetedSpace.mask(of: parameter, after: partial))
        }
        partial = next
        decisions[position] = choice
        self.position = ((position + 1)..<decisions.count).first {
            partial.needs(budgetedSpace.space.parameters[$0].name)
        }
    }

    /// Decides all that is left at random: each choice that the mask allows is equally likely.
    public mutating func completeRandomly(using generator: inout some RandomNumberGenerator) {
        while let choice = mask?.randomChoice(using: &generator) {
            do {
                try apply(choice)
            } catch {
                preconditionFailure("A choice that the mask allows must be accepted: \(error)")
            }
        }
    }

    /// The design; nil while anything is undecided.
    public var design: Design? {
        isComplete ? partial.design : nil
    }

    /// The design with whatever is undecided at its cheapest choice.
    public var cheapestDesign: Design { partial.design }

    /// The least area and the least TDP that any completion has.
    public var lowerBound: HardwareTotals {
        budgetedSpace.lowerBound(of: partial)
    }
}
