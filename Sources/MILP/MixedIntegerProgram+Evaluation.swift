extension MixedIntegerProgram {
    /// The objective of an assignment, `values[i]` being that of the i-th variable.
    public func objective(of values: [Double]) -> Double {
        precondition(values.count == variableCount, "An assignment has a value for each variable.")
        return zip(objective, values).reduce(objectiveOffset) { $0 + $1.0 * $1.1 }
    }

    /// By how much an assignment breaks the rule that it breaks most, in that rule's unit: a variable's bounds, a constraint's
    /// bounds, or that a variable be whole. 0 where it keeps them all.
    public func largestViolation(of values: [Double]) -> Double {
        precondition(values.count == variableCount, "An assignment has a value for each variable.")
        var worst = 0.0
        for (index, value) in values.enumerated() {
            worst = max(worst, lowerBounds[index] - value, value - upperBounds[index])
            if isInteger[index] { worst = max(worst, abs(value - value.rounded())) }
        }
        for row in 0..<constraintCount {
            var sum = 0.0
            for term in termRange(of: Constraint(index: row)) {
                sum += termCoefficients[term] * values[Int(termVariables[term])]
            }
            worst = max(worst, constraintLowerBounds[row] - sum, sum - constraintUpperBounds[row])
        }
        return worst
    }
}
