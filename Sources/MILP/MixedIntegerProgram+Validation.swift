extension MixedIntegerProgram {
    /// Solvers take a bound of at least this magnitude for none at all.
    public static let unboundedMagnitude = 1e20
    /// The magnitudes of coefficients that solvers neither take for 0 nor refuse.
    public static let coefficientMagnitudes = 1e-9...1e15

    /// Checks that solvers will read the program as it is meant.
    ///
    /// Numbers must be numbers, coefficients finite, lower bounds not above upper ones, names of variables and of constraints
    /// unique among themselves, and terms of variables that the program has. Finite bounds, the objective and its offset must
    /// be smaller than `unboundedMagnitude`, and the constraints' coefficients within `coefficientMagnitudes`: beyond these,
    /// solvers silently solve another program.
    ///
    /// - Throws: the first fault found.
    /// - Complexity: O(variables + constraints + terms).
    public func validate() throws(MILPError) {
        guard abs(objectiveOffset) < Self.unboundedMagnitude else {
            throw MILPError(.notFinite, "expected a finite objective offset below 1e20, found \(objectiveOffset)")
        }
        try Self.checkNames(variableNames, of: "variables")
        try Self.checkNames(constraintNames, of: "constraints")
        for index in 0..<variableCount {
            guard abs(objective[index]) < Self.unboundedMagnitude else {
                throw MILPError(
                    .notFinite,
                    "expected a finite objective coefficient below 1e20, found \(objective[index])",
                    at: "variable '\(variableNames[index])'")
            }
            try Self.checkBounds(lowerBounds[index], upperBounds[index]) { "variable '\(variableNames[index])'" }
        }
        for row in 0..<constraintCount {
            try Self.checkBounds(constraintLowerBounds[row], constraintUpperBounds[row]) {
                "constraint '\(constraintNames[row])'"
            }
            for term in termRange(of: Constraint(index: row)) { try checkTerm(term, of: row) }
        }
    }

    private func checkTerm(_ term: Int, of row: Int) throws(MILPError) {
        let (variable, coefficient) = (Int(termVariables[term]), termCoefficients[term])
        guard variable >= 0, variable < variableCount else {
            throw MILPError(
                .unknownVariable,
                "expected terms of the program's \(variableCount) variables, found one of variable \(variable)",
                at: "constraint '\(constraintNames[row])'")
        }
        guard coefficient.isFinite else {
            throw MILPError(
                .notFinite, "expected a finite coefficient of '\(variableNames[variable])', found \(coefficient)",
                at: "constraint '\(constraintNames[row])'")
        }
        guard Self.coefficientMagnitudes.contains(abs(coefficient)) else {
            throw MILPError(
                .outOfRange,
                "expected a coefficient of '\(variableNames[variable])' from 1e-9 to 1e15, found \(coefficient)",
                at: "constraint '\(constraintNames[row])'", remedy: "use a larger or a smaller unit")
        }
    }

    private static func checkNames(_ names: [String], of things: String) throws(MILPError) {
        var seen: Set<String> = []
        seen.reserveCapacity(names.count)
        for name in names where !seen.insert(name).inserted {
            throw MILPError(.duplicateName, "expected \(things) with names of their own, found '\(name)' twice")
        }
    }

    private static func checkBounds(
        _ lower: Double, _ upper: Double, of thing: () -> String
    ) throws(MILPError) {
        guard !lower.isNaN, !upper.isNaN, lower != .infinity, upper != -.infinity else {
            throw MILPError(
                .notFinite,
                "expected a lower bound below infinity and an upper one above -infinity, found "
                    + "\(lower)...\(upper)", at: thing())
        }
        guard lower <= upper else {
            throw MILPError(
                .boundsCrossed, "expected a lower bound that is not above the upper one, found \(lower) and \(upper)",
                at: thing())
        }
        for bound in [lower, upper] where bound.isFinite && abs(bound) >= unboundedMagnitude {
            throw MILPError(
                .outOfRange, "expected bounds below 1e20 or infinite ones, found \(bound)", at: thing(),
                remedy: "use a larger unit, or infinity where there is no bound")
        }
    }
}
