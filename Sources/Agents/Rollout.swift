/// An episode that was proposed, with what learning needs of it.
package struct Rollout: Sendable {
    /// The design, as the proposal has it.
    package var decisions: [Int?] = []
    /// The steps at which there was a choice; where the mask allows but one, nothing is decided and there is nothing to
    /// learn.
    package var steps: [Step] = []
    /// log π of each step's choice when it was made.
    package var logProbabilities: [Float] = []
    /// V at each step when it was made.
    package var values: [Float] = []
    /// Whether it is a variation of elites instead of the policy's: then there are neither probabilities nor values.
    package var isVariation = false
}
