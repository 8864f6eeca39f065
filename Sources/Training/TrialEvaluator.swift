public import Accelerators
public import Environments

/// Evaluates designs for a run.
///
/// The outcome is a function of the decisions alone, so that designs can be evaluated on any thread and in any order.
public protocol TrialEvaluator: Sendable {
    /// The design that the others are compared with.
    var baselineDesign: Design { get }

    /// The baseline's outcome, found the same way as any other's: its objective is 1.
    func baselineOutcome() throws -> Outcome

    /// The design that decisions describe.
    func design(of decisions: [Int?]) throws -> Design

    /// What comes of a design.
    func outcome(of decisions: [Int?]) throws -> Outcome
}
