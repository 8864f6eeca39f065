package import Environments

/// One decision of an episode, with all that the policy is asked about it when it learns: what it saw, what was
/// allowed, what it chose.
package struct Step: Sendable {
    /// The row of `ObservationEncoder`.
    package var observation: [Float]
    /// The position of the parameter that is decided.
    package var parameter: Int
    /// What was allowed when the choice was made: learning applies the same mask again.
    package var mask: ChoiceMask
    package var choice: Int

    package init(observation: [Float], parameter: Int, mask: ChoiceMask, choice: Int) {
        self.observation = observation
        self.parameter = parameter
        self.mask = mask
        self.choice = choice
    }
}

/// Where each parameter's choices stand among the logits of the policy: one slice a parameter, in the order of the
/// search space.
package struct LogitLayout: Hashable, Sendable {
    /// Where the slice of each parameter begins.
    package let starts: [Int]
    /// All logits.
    package let count: Int

    package init(_ space: SearchSpace) {
        var starts: [Int] = []
        var count = 0
        for parameter in space.parameters {
            starts.append(count)
            count += parameter.count
        }
        self.starts = starts
        self.count = count
    }

    /// The logit of a step's choice.
    package func column(of step: Step) -> Int { starts[step.parameter] + step.choice }

    /// Whether each logit is valid in each of the rows, row by row: only the choices that the row's parameter allows
    /// are.
    package func mask(of rows: [(parameter: Int, mask: ChoiceMask)]) -> [Bool] {
        var result = [Bool](repeating: false, count: rows.count * count)
        for (index, row) in rows.enumerated() {
            var rest = row.mask.bits
            while rest != 0 {
                result[index * count + starts[row.parameter] + rest.trailingZeroBitCount] = true
                rest &= rest - 1
            }
        }
        return result
    }
}
