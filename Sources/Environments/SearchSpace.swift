public import Accelerators
internal import Diagnostics

/// All designs that a search may propose: a list of choices for each parameter.
///
///     let space = SearchSpace.full
///     let decisions = space.randomDecisions(using: &stream)   // [3, 2, 5, …, nil, …]
///     let design = try space.design(from: decisions)
///
/// Parameters stand in the order of `ParameterName`; those of L2's sizes only apply where L2 isn't disabled.
public struct SearchSpace: Hashable, Sendable {
    /// One a name, in the order of the names.
    public let parameters: [Parameter]

    /// The paper's space with the compiler options: about 2 · 10¹⁵ designs.
    public static let full = SearchSpace(replacing: [])

    /// The full space with some parameters replaced.
    public init(replacing replacements: [Parameter]) {
        parameters = ParameterName.allCases.map { name in
            replacements.last { $0.name == name } ?? Parameter(name, codes: name.fullCodes)
        }
    }

    public subscript(name: ParameterName) -> Parameter {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("A search space has a parameter of every name.")
        }
        return parameter
    }

    /// The largest number of choices that a parameter has.
    public var maximumChoices: Int { parameters.reduce(1) { max($0, $1.count) } }

    /// The number of distinct designs: L2's sizes count once where L2 is disabled.
    ///
    /// Exact up to 2⁵³.
    public var size: Double {
        var size = 1.0
        for parameter in parameters where !parameter.name.needsL2 && parameter.name != .l2Configuration {
            size *= Double(parameter.count)
        }
        return size
            * (Double(self[.l2Configuration].count - enabledL2Configurations)
                + Double(enabledL2Configurations) * l2Sizes)
    }

    var enabledL2Configurations: Int { self[.l2Configuration].codes.count { $0 != 0 } }

    /// Combinations of L2's sizes.
    private var l2Sizes: Double {
        parameters.reduce(1) { $1.name.needsL2 ? $0 * Double($1.count) : $0 }
    }

    /// The design that decisions stand for.
    ///
    /// - Parameter decisions: the choice's position for each parameter, in order; nil exactly where a parameter doesn't apply.
    /// - Throws: `DiagnosticError` (`badData`) naming the parameter, where decisions aren't of this space.
    public func design(from decisions: [Int?]) throws -> Design {
        guard decisions.count == parameters.count else {
            throw DiagnosticError(
                .badData, "expected \(parameters.count) decisions, one a parameter, found \(decisions.count)")
        }
        var partial = PartialDesign(cheapestOf: self)
        for (parameter, decision) in zip(parameters, decisions) {
            let location = SourceLocation(field: parameter.name.rawValue)
            guard partial.needs(parameter.name) else {
                guard decision == nil else {
                    throw DiagnosticError(.badData, "expected no decision where L2 is disabled", at: location)
                }
                continue
            }
            guard let decision, parameter.codes.indices.contains(decision) else {
                throw DiagnosticError(
                    .badData,
                    "expected a choice from 0 to \(parameter.count - 1), "
                        + "found \(decision.map(String.init) ?? "none")", at: location)
            }
            partial.set(parameter.name, to: parameter.codes[decision])
        }
        return partial.design
    }

    /// The decisions that lead to a design; nil where the design isn't in the space.
    public func decisions(of design: Design) -> [Int?]? {
        var decisions: [Int?] = []
        for parameter in parameters {
            if parameter.name.needsL2, design.datapath.l2 == nil {
                decisions.append(nil)
                continue
            }
            guard let code = parameter.name.code(in: design), let choice = parameter.codes.firstIndex(of: code) else {
                return nil
            }
            decisions.append(choice)
        }
        // A design may hold what no parameter describes, such as another clock.
        guard let rebuilt = try? self.design(from: decisions), rebuilt == design else { return nil }
        return decisions
    }

    /// The decisions of a design of the space, all designs equally likely, whether or not they meet a budget.
    public func randomDecisions(using generator: inout some RandomNumberGenerator) -> [Int?] {
        var isL2Enabled = true
        return parameters.map { parameter in
            if parameter.name == .l2Configuration {
                let choice = randomL2Configuration(using: &generator)
                isL2Enabled = parameter.codes[choice] != 0
                return choice
            }
            if parameter.name.needsL2, !isL2Enabled { return nil }
            return Int.random(in: 0..<parameter.count, using: &generator)
        }
    }

    /// A choice of L2's configuration, each weighted with the designs that it leads to.
    private func randomL2Configuration(using generator: inout some RandomNumberGenerator) -> Int {
        let codes = self[.l2Configuration].codes
        guard codes.contains(0) else { return Int.random(in: 0..<codes.count, using: &generator) }
        let enabled = codes.count - 1
        guard Double.random(in: 0..<1 + Double(enabled) * l2Sizes, using: &generator) >= 1 else { return 0 }
        return 1 + Int.random(in: 0..<enabled, using: &generator)
    }
}
